import type { Quote } from "../api/types";

/** A quote as the event stream carries it: as journaled, with epoch nanoseconds. */
interface Tick {
  symbol: string;
  bid: string;
  ask: string;
  ts: number;
}

/** The quotes of one `quotes` event, in the form in which the API lists them. */
export function readQuotes(data: string): Quote[] {
  const ticks = JSON.parse(data) as Tick[];
  return ticks.map(({ symbol, bid, ask, ts }) => ({
    symbol,
    bid,
    ask,
    ts: new Date(ts / 1e6).toISOString(),
  }));
}

/** The known quotes with the fresh ones in their places; a symbol that is new comes last. Unmoved ones stay themselves. */
export function merged(known: readonly Quote[], fresh: readonly Quote[]): Quote[] {
  const latest = new Map(fresh.map((quote) => [quote.symbol, quote]));
  const patched = known.map((quote) => latest.get(quote.symbol) ?? quote);
  const symbols = new Set(known.map((quote) => quote.symbol));
  return [...patched, ...[...latest.values()].filter((quote) => !symbols.has(quote.symbol))];
}
