import type { CandlestickData, UTCTimestamp } from "lightweight-charts";
import type { Bar, Quote } from "../api/types";

export type Candle = CandlestickData<UTCTimestamp>;

/** Bars as the chart wants them: in order, one a moment, plain numbers. */
export function candlesOf(bars: readonly Bar[]): Candle[] {
  const byTime = new Map<UTCTimestamp, Candle>();
  for (const bar of bars) {
    const time = seconds(bar.ts);
    byTime.set(time, {
      time,
      open: Number(bar.open),
      high: Number(bar.high),
      low: Number(bar.low),
      close: Number(bar.close),
    });
  }
  return [...byTime.values()].sort((a, b) => a.time - b.time);
}

/** The last candle after a quote: the same object when the quote is older than it. Drawn at the bid, as bars are. */
export function moved(last: Candle | undefined, quote: Quote, timeframe: number): Candle {
  const price = Number(quote.bid);
  const now = seconds(quote.ts);
  const time = (now - (now % timeframe)) as UTCTimestamp;
  if (last === undefined || time > last.time) {
    return { time, open: price, high: price, low: price, close: price };
  }
  if (time < last.time || price === last.close) return last;
  return { ...last, high: Math.max(last.high, price), low: Math.min(last.low, price), close: price };
}

function seconds(moment: string): UTCTimestamp {
  return Math.floor(Date.parse(moment) / 1_000) as UTCTimestamp;
}
