import { useComputedColorScheme } from "@mantine/core";
import {
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import { useEffect, useRef } from "react";
import type { BacktestCandles, BacktestTrade } from "../api/types";
import { palette } from "../chart/palette";
import classes from "./Result.module.css";

/** Candles with trades on them. */
export function CandleBox({
  candles,
  trades,
}: {
  candles: BacktestCandles;
  trades: readonly BacktestTrade[];
}) {
  const box = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme("dark");

  useEffect(() => {
    if (box.current === null) return;
    const colours = palette(scheme);
    const chart = createChart(box.current, {
      ...colours.chart,
      autoSize: true,
      handleScroll: { vertTouchDrag: false, mouseWheel: false },
      handleScale: { mouseWheel: false },
    });
    chart.applyOptions({ timeScale: { timeVisible: true, minBarSpacing: 0.02 } });
    const series = chart.addSeries(CandlestickSeries, { ...colours.candles, priceLineVisible: false });
    series.setData(
      candles.at.map((time, row) => ({
        time: time as UTCTimestamp,
        open: candles.open[row] ?? 0,
        high: candles.high[row] ?? 0,
        low: candles.low[row] ?? 0,
        close: candles.close[row] ?? 0,
      })),
    );
    const ours = { up: colours.levels.target, down: colours.levels.stop, entry: colours.levels.entry };
    createSeriesMarkers(series, marksOf(trades, candles.at, ours));
    const whole = () => chart.timeScale().fitContent();
    chart.timeScale().subscribeSizeChange(whole);
    whole();
    return () => chart.remove();
  }, [candles, trades, scheme]);

  const won = trades.filter(({ pnl }) => pnl > 0).length;
  const label = `${candles.symbol} with ${trades.length} trades, ${won} of them won; the table below lists them`;
  return <div ref={box} className={classes.canvas} role="img" aria-label={label} />;
}

/** Entries and exits on the candles that hold their moments, in order; those beyond the candles are left out. */
export function marksOf(
  trades: readonly Pick<BacktestTrade, "side" | "entry_time" | "exit_time" | "pnl">[],
  at: readonly number[],
  colours: { up: string; down: string; entry: string },
): SeriesMarker<Time>[] {
  const marks = trades.flatMap(({ side, entry_time, exit_time, pnl }): SeriesMarker<Time>[] => {
    const [entered, left] = [candleOf(at, entry_time), candleOf(at, exit_time)];
    const isLong = side === "long";
    const entry: SeriesMarker<Time>[] =
      entered === undefined
        ? []
        : [
            {
              time: entered,
              position: isLong ? "belowBar" : "aboveBar",
              shape: isLong ? "arrowUp" : "arrowDown",
              color: colours.entry,
            },
          ];
    const exit: SeriesMarker<Time>[] =
      left === undefined
        ? []
        : [
            {
              time: left,
              position: isLong ? "aboveBar" : "belowBar",
              shape: "circle",
              color: pnl > 0 ? colours.up : colours.down,
              size: 0.6,
            },
          ];
    return [...entry, ...exit];
  });
  return marks.sort((one, other) => Number(one.time) - Number(other.time));
}

/** The beginning of the candle that a moment lies in: the last one that began by then. */
function candleOf(at: readonly number[], moment: string): UTCTimestamp | undefined {
  const second = Date.parse(moment) / 1_000;
  const [first = Infinity, next = Infinity] = at;
  if (second < first || second > (at.at(-1) ?? 0) + (next - first)) return undefined;
  let low = 0;
  let high = at.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((at[middle] ?? 0) <= second) low = middle;
    else high = middle - 1;
  }
  return at[low] as UTCTimestamp;
}
