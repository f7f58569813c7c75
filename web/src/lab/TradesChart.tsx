import { Button, NativeSelect } from "@mantine/core";
import { useMemo, useState } from "react";
import { useBacktestCandles } from "../api/lab";
import type { BacktestCandles, BacktestTrade } from "../api/types";
import { CandleBox } from "./CandleBox";
import { minute } from "./figures";
import classes from "./Result.module.css";

interface TradesChartProps {
  id: string;
  /** The whole history of each symbol, for as long as nothing nearer is there. */
  whole: readonly BacktestCandles[];
  trades: readonly BacktestTrade[];
  near: BacktestTrade | null;
  onWhole: () => void;
}

/** The bars under a page of trades, or under one of them, with entries and exits. */
export function TradesChart({ id, whole, trades, near, onWhole }: TradesChartProps) {
  const [chosen, setChosen] = useState(whole[0]?.symbol);
  const symbol = near?.symbol ?? chosen;
  const own = useMemo(() => trades.filter((trade) => trade.symbol === symbol), [trades, symbol]);
  const span = useMemo(() => spanOf(near === null ? own : [near]), [near, own]);
  const nearby = useBacktestCandles(id, whole.length === 1 ? span : null);
  const candles = nearby.data ?? whole.find((one) => one.symbol === symbol);
  if (candles === undefined) return null;
  return (
    <figure className={classes.figure}>
      <CandleBox candles={candles} trades={own} />
      <figcaption className={classes.legend}>
        <span>▲ entry of a long, ▼ of a short; ● exit, green where it won</span>
        {nearby.error !== null && (
          <span className="warn">The history is not there any more: drawn from afar.</span>
        )}
        {whole.length > 1 && (
          <NativeSelect
            size="xs"
            aria-label="Symbol"
            value={symbol}
            onChange={(event) => {
              setChosen(event.currentTarget.value);
              onWhole();
            }}
            data={whole.map((one) => one.symbol)}
          />
        )}
        {near !== null && (
          <>
            <span>Trade of {minute(near.entry_time)}</span>
            <Button size="compact-xs" variant="default" onClick={onWhole}>
              Show the whole page
            </Button>
          </>
        )}
      </figcaption>
    </figure>
  );
}

export interface Span {
  start: number;
  end: number;
}

/** From the first entry to the last exit, in epoch seconds. */
export function spanOf(trades: readonly Pick<BacktestTrade, "entry_time" | "exit_time">[]): Span | null {
  if (trades.length === 0) return null;
  const seconds = (moment: string) => Math.floor(Date.parse(moment) / 1_000);
  return {
    start: Math.min(...trades.map(({ entry_time }) => seconds(entry_time))),
    end: Math.max(...trades.map(({ exit_time }) => seconds(exit_time))),
  };
}
