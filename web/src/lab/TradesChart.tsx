import { NativeSelect, useComputedColorScheme } from "@mantine/core";
import {
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import { useEffect, useMemo, useRef, useState } from "react";
import { useBacktestTrades } from "../api/lab";
import type { BacktestResult, BacktestTrade } from "../api/types";
import { palette } from "../chart/palette";
import { count } from "./figures";
import classes from "./Result.module.css";

type Candles = BacktestResult["candles"][number];

const MARKED = 200;

/** A symbol's bars, gathered into candles, with the first or the last trades on them. */
export function TradesChart({
  id,
  candles,
  kept,
}: {
  id: string;
  candles: readonly Candles[];
  kept: number;
}) {
  const [symbol, setSymbol] = useState(candles[0]?.symbol);
  const [isLast, setLast] = useState(false);
  const drawn = candles.find((one) => one.symbol === symbol);
  const trades = useBacktestTrades(id, isLast ? Math.max(kept - MARKED, 0) : 0, MARKED);
  const own = useMemo(
    () => trades.data?.trades.filter((trade) => trade.symbol === symbol) ?? [],
    [trades.data, symbol],
  );
  if (drawn === undefined) return null;
  return (
    <figure className={classes.figure}>
      <CandleBox candles={drawn} trades={own} />
      <figcaption className={classes.legend}>
        <span>▲ entry of a long, ▼ of a short; ● exit, green where it won. Candles gather many bars.</span>
        {candles.length > 1 && (
          <NativeSelect
            size="xs"
            aria-label="Symbol"
            value={symbol}
            onChange={(event) => setSymbol(event.currentTarget.value)}
            data={candles.map((one) => one.symbol)}
          />
        )}
        {kept > MARKED && (
          <NativeSelect
            size="xs"
            aria-label="Trades that are marked"
            value={isLast ? "last" : "first"}
            onChange={(event) => setLast(event.currentTarget.value === "last")}
            data={[
              { value: "first", label: `the first ${MARKED} of ${count(kept)} trades` },
              { value: "last", label: `the last ${MARKED} of ${count(kept)} trades` },
            ]}
          />
        )}
      </figcaption>
    </figure>
  );
}

function CandleBox({ candles, trades }: { candles: Candles; trades: readonly BacktestTrade[] }) {
  const box = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme("dark");

  useEffect(() => {
    if (box.current === null) return;
    const colours = palette(scheme);
    const chart = createChart(box.current, {
      ...colours.chart,
      autoSize: true,
      handleScroll: { vertTouchDrag: false },
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
    chart.timeScale().fitContent();
    return () => chart.remove();
  }, [candles, trades, scheme]);

  const won = trades.filter(({ pnl }) => pnl > 0).length;
  const label = `${candles.symbol} with ${trades.length} trades, ${won} of them won; the table below lists them`;
  return <div ref={box} className={classes.canvas} role="img" aria-label={label} />;
}

/** Entries and exits on the candles that hold their moments, in order. */
export function marksOf(
  trades: readonly Pick<BacktestTrade, "side" | "entry_time" | "exit_time" | "pnl">[],
  at: readonly number[],
  colours: { up: string; down: string; entry: string },
): SeriesMarker<Time>[] {
  const marks = trades.flatMap((trade): SeriesMarker<Time>[] => {
    const isLong = trade.side === "long";
    return [
      {
        time: candleOf(at, trade.entry_time),
        position: isLong ? "belowBar" : "aboveBar",
        shape: isLong ? "arrowUp" : "arrowDown",
        color: colours.entry,
      },
      {
        time: candleOf(at, trade.exit_time),
        position: isLong ? "aboveBar" : "belowBar",
        shape: "circle",
        color: trade.pnl > 0 ? colours.up : colours.down,
        size: 0.6,
      },
    ];
  });
  return marks.sort((one, other) => Number(one.time) - Number(other.time));
}

/** The beginning of the candle that a moment lies in: the last one that began by then. */
function candleOf(at: readonly number[], moment: string): UTCTimestamp {
  const second = Date.parse(moment) / 1_000;
  let low = 0;
  let high = at.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((at[middle] ?? 0) <= second) low = middle;
    else high = middle - 1;
  }
  return (at[low] ?? 0) as UTCTimestamp;
}
