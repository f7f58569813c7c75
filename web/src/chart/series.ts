import type { IChartApi, ISeriesApi } from "lightweight-charts";
import { createContext, useContext } from "react";

export interface Drawn {
  chart: IChartApi;
  series: ISeriesApi<"Candlestick">;
}

export const DrawnContext = createContext<Drawn | null>(null);

/** The chart and the series that a chart's children draw on. */
export function useDrawn(): Drawn {
  const drawn = useContext(DrawnContext);
  if (drawn === null) throw new Error("this draws on a chart and needs one above it");
  return drawn;
}
