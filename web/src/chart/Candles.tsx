import { useComputedColorScheme } from "@mantine/core";
import { CandlestickSeries, createChart } from "lightweight-charts";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { Bar, Quote } from "../api/types";
import { digitsOf } from "../money/format";
import classes from "./ChartPanel.module.css";
import { type Candle, candlesOf, moved } from "./candle";
import { palette } from "./palette";
import { type Drawn, DrawnContext } from "./series";

interface CandlesProps {
  history: readonly Bar[];
  quote: Quote | undefined;
  seconds: number;
  tick: string | undefined;
  children: ReactNode;
}

/** Room beside the last candle for the labels of the lines, in pixels. */
const LABELS = 96;

/** A candle chart that follows the last price. Its children draw on the series. */
export function Candles({ history, quote, seconds, tick, children }: CandlesProps) {
  const box = useRef<HTMLDivElement>(null);
  const last = useRef<Candle | undefined>(undefined);
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  const scheme = useComputedColorScheme("dark");

  useEffect(() => {
    if (box.current === null) return;
    const chart = createChart(box.current, {
      autoSize: true,
      timeScale: { timeVisible: true, rightOffsetPixels: LABELS },
    });
    setDrawn({ chart, series: chart.addSeries(CandlestickSeries) });
    return () => {
      setDrawn(null);
      chart.remove();
    };
  }, []);

  useEffect(() => {
    if (drawn === null) return;
    const { chart, candles } = palette(scheme);
    drawn.chart.applyOptions(chart);
    drawn.series.applyOptions(candles);
  }, [drawn, scheme]);

  useEffect(() => {
    if (drawn === null || tick === undefined) return;
    const precision = digitsOf(tick);
    drawn.series.applyOptions({ priceFormat: { type: "price", precision, minMove: Number(tick) } });
  }, [drawn, tick]);

  useEffect(() => {
    if (drawn === null) return;
    const candles = candlesOf(history);
    drawn.series.setData(candles);
    last.current = candles.at(-1);
  }, [drawn, history]);

  useEffect(() => {
    if (drawn === null || quote === undefined) return;
    const candle = moved(last.current, quote, seconds);
    if (candle === last.current) return;
    last.current = candle;
    drawn.series.update(candle);
  }, [drawn, quote, seconds]);

  return (
    <div ref={box} className={classes.canvas} role="img" aria-label="Candle chart">
      {drawn !== null && <DrawnContext value={drawn}>{children}</DrawnContext>}
    </div>
  );
}
