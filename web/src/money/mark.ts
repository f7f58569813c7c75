import Big from "big.js";
import type { Instrument, OpenTrade, Quote } from "../api/types";

export interface Mark {
  price: string | null;
  unrealised: string | null;
}

/**
 * What an open trade is worth at the last quote: a long at the bid, a short at the ask.
 *
 * Exact where the instrument is quoted in the trade's own currency; elsewhere the hub's last result stands, with the
 * price it was worked out at, since the rate between the currencies is the hub's to know.
 */
export function mark(trade: OpenTrade, quote: Quote | undefined, instrument: Instrument | undefined): Mark {
  if (quote === undefined || instrument?.quote !== trade.currency)
    return { price: trade.price ?? null, unrealised: trade.unrealised ?? null };
  const price = trade.side === "buy" ? quote.bid : quote.ask;
  const gained = new Big(price)
    .minus(trade.entry_price)
    .times(trade.open_quantity)
    .times(instrument.multiplier);
  return { price, unrealised: (trade.side === "buy" ? gained : gained.neg()).toFixed() };
}
