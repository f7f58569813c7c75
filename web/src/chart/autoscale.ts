import type { AutoscaleInfo } from "lightweight-charts";

/** How far from the candles, in heights of what is shown, a level may be and still be brought into view. */
const REACH = 0.75;

/** The chart's own range, widened to the levels near it; one far away would press the candles flat. */
export function widened(own: AutoscaleInfo | null, levels: readonly number[]): AutoscaleInfo | null {
  const range = own?.priceRange;
  if (own == null || range == null) return own;
  const reach = (range.maxValue - range.minValue) * REACH;
  const near = levels.filter((level) => level > range.minValue - reach && level < range.maxValue + reach);
  const priceRange = {
    minValue: Math.min(range.minValue, ...near),
    maxValue: Math.max(range.maxValue, ...near),
  };
  return { ...own, priceRange };
}
