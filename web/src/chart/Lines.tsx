import { useComputedColorScheme } from "@mantine/core";
import {
  type AutoscaleInfo,
  createSeriesMarkers,
  type IPriceLine,
  type ISeriesMarkersPluginApi,
  LineStyle,
  type Time,
} from "lightweight-charts";
import { useEffect, useRef } from "react";
import type { Fill } from "../api/types";
import { widened } from "./autoscale";
import { titlesOf } from "./labels";
import type { Level } from "./levels";
import { markersOf } from "./markers";
import { palette } from "./palette";
import { useDrawn } from "./series";

interface LinesProps {
  levels: readonly Level[];
  fills: readonly Fill[];
  /** Length of a candle, and the first one's moment, in seconds. */
  seconds: number;
  since: number;
}

/** Draws levels as price lines that move with the trade, and fills as arrows. */
export function Lines({ levels, fills, seconds, since }: LinesProps) {
  const { chart, series } = useDrawn();
  const scheme = useComputedColorScheme("dark");
  const lines = useRef(new Map<string, IPriceLine>());
  const markers = useRef<ISeriesMarkersPluginApi<Time> | null>(null);

  useEffect(() => {
    const colours = palette(scheme).levels;
    const wanted = new Set(levels.map((level) => level.id));
    for (const [id, line] of lines.current) {
      if (wanted.has(id)) continue;
      series.removePriceLine(line);
      lines.current.delete(id);
    }
    const titles = titlesOf(levels, (price) => series.priceToCoordinate(price));
    for (const level of levels) {
      const title = titles.get(level.id);
      const options = {
        price: level.price,
        title: title ?? "",
        axisLabelVisible: title !== undefined,
        color: colours[level.kind],
        lineWidth: 1 as const,
        lineStyle: level.kind === "entry" ? LineStyle.Solid : LineStyle.Dashed,
      };
      const line = lines.current.get(level.id);
      if (line === undefined) lines.current.set(level.id, series.createPriceLine(options));
      else line.applyOptions(options);
    }
  }, [series, levels, scheme]);

  useEffect(() => {
    const prices = levels.map((level) => level.price);
    series.applyOptions({
      autoscaleInfoProvider: (original: () => AutoscaleInfo | null) => widened(original(), prices),
    });
  }, [series, levels]);

  useEffect(() => {
    markers.current ??= createSeriesMarkers(series, []);
    const drawn = markers.current;
    const scale = chart.timeScale();
    const colours = palette(scheme).candles;
    const draw = () =>
      drawn.setMarkers(markersOf(fills, seconds, since, colours, (time) => scale.timeToCoordinate(time)));
    draw();
    scale.subscribeVisibleLogicalRangeChange(draw);
    return () => scale.unsubscribeVisibleLogicalRangeChange(draw);
  }, [chart, series, fills, seconds, since, scheme]);

  return null;
}
