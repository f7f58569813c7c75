import {
  type CandlestickSeriesPartialOptions,
  type ChartOptions,
  ColorType,
  CrosshairMode,
  type DeepPartial,
  LineStyle,
} from "lightweight-charts";
import type { LevelKind } from "./levels";

interface Palette {
  chart: DeepPartial<ChartOptions>;
  candles: CandlestickSeriesPartialOptions;
  levels: Record<LevelKind, string>;
}

/** The chart's colours, which a canvas cannot take from the style sheet. */
export function palette(scheme: "light" | "dark"): Palette {
  const isDark = scheme === "dark";
  const up = isDark ? "#2ebd85" : "#0a7d5a";
  const down = isDark ? "#f6566b" : "#c4283b";
  const line = isDark ? "#151c26" : "#eceff3";
  const border = isDark ? "#1b222e" : "#dfe4ea";
  return {
    chart: {
      layout: {
        background: { type: ColorType.Solid, color: isDark ? "#0d1219" : "#ffffff" },
        textColor: isDark ? "#8390a5" : "#5b6778",
        fontFamily: "'Inter Variable', sans-serif",
        fontSize: 11,
        panes: { separatorColor: border, enableResize: false },
        attributionLogo: true, // TradingView's licence asks for it
      },
      grid: { vertLines: { color: line }, horzLines: { color: line } },
      rightPriceScale: { borderColor: border },
      timeScale: { borderColor: border },
      crosshair: { mode: CrosshairMode.Normal },
    },
    candles: {
      upColor: up,
      downColor: down,
      wickUpColor: up,
      wickDownColor: down,
      borderVisible: false,
      priceLineStyle: LineStyle.Dotted,
    },
    levels: { entry: isDark ? "#61b4f0" : "#0069bb", stop: down, target: up },
  };
}
