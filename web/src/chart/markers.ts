import type { CandlestickSeriesPartialOptions, SeriesMarker, UTCTimestamp } from "lightweight-charts";
import type { Fill } from "../api/types";
import { quantity } from "../money/format";
import { total } from "../money/sum";

/** Width of a digit at an arrow, in pixels. */
const DIGIT = 7;

/**
 * Fills as arrows on the candle they happened in, one arrow a side; those before the first candle have no place to
 * stand. An arrow tells its quantity where this reaches no other arrow of its side. `place` says how far to the right a
 * moment is drawn, in pixels; null: it is not drawn yet.
 */
export function markersOf(
  fills: readonly Fill[],
  timeframe: number,
  since: number,
  colours: CandlestickSeriesPartialOptions,
  place: (time: UTCTimestamp) => number | null,
): SeriesMarker<UTCTimestamp>[] {
  const arrows = new Map<string, { time: UTCTimestamp; isBuy: boolean; quantities: string[] }>();
  for (const fill of fills) {
    const at = Math.floor(Date.parse(fill.ts_event) / 1_000);
    const time = (at - (at % timeframe)) as UTCTimestamp;
    if (time < since) continue;
    const id = `${time} ${fill.side}`;
    const arrow = arrows.get(id) ?? { time, isBuy: fill.side === "buy", quantities: [] };
    arrows.set(id, { ...arrow, quantities: [...arrow.quantities, fill.quantity] });
  }
  const all = [...arrows].map(([id, { time, isBuy, quantities }]) => {
    const text = quantity(total(quantities));
    return { id, time, isBuy, text, at: place(time), width: text.length * DIGIT };
  });
  const isFree = (one: (typeof all)[number]) =>
    one.at !== null &&
    !all.some((other) => other !== one && other.isBuy === one.isBuy && overlap(one, other));
  return all
    .map((one) => ({
      id: one.id,
      time: one.time,
      position: one.isBuy ? ("belowBar" as const) : ("aboveBar" as const),
      shape: one.isBuy ? ("arrowUp" as const) : ("arrowDown" as const),
      color: (one.isBuy ? colours.upColor : colours.downColor) ?? "",
      text: isFree(one) ? one.text : "",
    }))
    .sort((a, b) => a.time - b.time);
}

interface Placed {
  at: number | null;
  width: number;
}

function overlap(one: Placed, other: Placed): boolean {
  return one.at !== null && other.at !== null && Math.abs(one.at - other.at) < (one.width + other.width) / 2;
}
