import type { CandlestickSeriesPartialOptions, SeriesMarker, UTCTimestamp } from "lightweight-charts";
import type { Fill } from "../api/types";
import { quantity } from "../money/format";

/** Fills as arrows on the candle they happened in; those before the first candle have no place to stand. */
export function markersOf(
  fills: readonly Fill[],
  timeframe: number,
  since: number,
  colours: CandlestickSeriesPartialOptions,
): SeriesMarker<UTCTimestamp>[] {
  return fills
    .map((fill) => {
      const at = Math.floor(Date.parse(fill.ts_event) / 1_000);
      const isBuy = fill.side === "buy";
      return {
        time: (at - (at % timeframe)) as UTCTimestamp,
        position: isBuy ? ("belowBar" as const) : ("aboveBar" as const),
        shape: isBuy ? ("arrowUp" as const) : ("arrowDown" as const),
        color: (isBuy ? colours.upColor : colours.downColor) ?? "",
        text: quantity(fill.quantity),
        id: fill.exec_id,
      };
    })
    .filter((marker) => marker.time >= since)
    .sort((a, b) => a.time - b.time);
}
