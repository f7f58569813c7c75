import type { ISeriesApi } from "lightweight-charts";
import { createContext, useContext } from "react";

export const SeriesContext = createContext<ISeriesApi<"Candlestick"> | null>(null);

/** The series that a chart's children draw on. */
export function useSeries(): ISeriesApi<"Candlestick"> {
  const series = useContext(SeriesContext);
  if (series === null) throw new Error("this draws on a chart and needs one above it");
  return series;
}
