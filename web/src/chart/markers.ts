import type { CandlestickSeriesPartialOptions, SeriesMarker, UTCTimestamp } from "lightweight-charts";
import type { Fill } from "../api/types";
import { quantity } from "../money/format";
import { total } from "../money/sum";

/**
 * Fills as arrows on the candle they happened in, one arrow a side; those before the first candle have no place to
 * stand.
 */
export function markersOf(
  fills: readonly Fill[],
  timeframe: number,
  since: number,
  colours: CandlestickSeriesPartialOptions,
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
  return [...arrows]
    .map(([id, { time, isBuy, quantities }]) => ({
      id,
      time,
      position: isBuy ? ("belowBar" as const) : ("aboveBar" as const),
      shape: isBuy ? ("arrowUp" as const) : ("arrowDown" as const),
      color: (isBuy ? colours.upColor : colours.downColor) ?? "",
      text: quantity(total(quantities)),
    }))
    .sort((a, b) => a.time - b.time);
}
