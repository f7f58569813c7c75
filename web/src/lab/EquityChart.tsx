import { useComputedColorScheme } from "@mantine/core";
import { AreaSeries, createChart, type IChartApi, LineSeries, type UTCTimestamp } from "lightweight-charts";
import { useEffect, useRef } from "react";
import { palette } from "../chart/palette";
import { colourOf } from "./colours";
import { amount, percent } from "./figures";
import classes from "./Result.module.css";

export interface Curve {
  name: string;
  at: readonly number[];
  value: readonly number[];
  /** How far below its best it was, as shares: drawn under the curves. */
  falls?: { at: readonly number[]; value: readonly number[] };
}

interface EquityChartProps {
  curves: readonly Curve[];
  unit: "money" | "percent";
}

/** Curves over time, and under them the drawdown of the one that has one. */
export function EquityChart({ curves, unit }: EquityChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme("dark");

  useEffect(() => {
    if (box.current === null) return;
    const chart = createChart(box.current, {
      ...palette(scheme).chart,
      autoSize: true,
      handleScroll: { vertTouchDrag: false, mouseWheel: false },
      handleScale: { mouseWheel: false },
    });
    chart.applyOptions({ timeScale: { minBarSpacing: 0.02 } });
    draw(chart, curves, unit, scheme);
    const whole = () => chart.timeScale().fitContent();
    chart.timeScale().subscribeSizeChange(whole);
    whole();
    return () => chart.remove();
  }, [curves, unit, scheme]);

  return (
    <figure className={classes.figure}>
      <div
        ref={box}
        className={classes.canvas}
        role="img"
        aria-label={curves.map((curve) => said(curve, unit)).join("; ")}
      />
      <figcaption className={classes.legend}>
        {curves.map(({ name }, at) => (
          <span key={name}>
            <i style={{ background: colourOf(at, scheme) }} aria-hidden="true" />
            {name}
          </span>
        ))}
        {curves.some(({ falls }) => falls) && (
          <span>
            <i style={{ background: palette(scheme).levels.stop }} aria-hidden="true" />
            Drawdown
          </span>
        )}
      </figcaption>
    </figure>
  );
}

function draw(
  chart: IChartApi,
  curves: readonly Curve[],
  unit: EquityChartProps["unit"],
  scheme: "light" | "dark",
) {
  const written = (value: number) => (unit === "percent" ? `${value.toFixed(1)} %` : amount(value, 0));
  for (const [at, { value, ...curve }] of curves.entries()) {
    const series = chart.addSeries(LineSeries, {
      color: colourOf(at, scheme),
      lineWidth: at === 0 || unit === "percent" ? 2 : 1,
      priceLineVisible: false,
      lastValueVisible: at === 0 && unit === "money",
      priceFormat: { type: "custom", formatter: written, minMove: 0.01 },
    });
    series.setData(curve.at.map((time, row) => ({ time: time as UTCTimestamp, value: value[row] ?? 0 })));
    if (curve.falls === undefined) continue;
    const red = palette(scheme).levels.stop;
    const under = chart.addSeries(
      AreaSeries,
      {
        lineColor: red,
        topColor: `${red}14`,
        bottomColor: `${red}55`,
        invertFilledArea: true,
        lineWidth: 1,
        priceLineVisible: false,
        lastValueVisible: false,
        priceFormat: { type: "custom", formatter: (share: number) => percent(share, 0), minMove: 0.0001 },
      },
      1,
    );
    const { falls } = curve;
    under.setData(
      falls.at.map((time, row) => ({ time: time as UTCTimestamp, value: -(falls.value[row] ?? 0) })),
    );
    const [above, below] = chart.panes();
    above?.setStretchFactor(3);
    below?.setStretchFactor(1);
  }
}

function said({ name, value }: Curve, unit: EquityChartProps["unit"]): string {
  const text = (one: number | undefined) => (unit === "percent" ? `${(one ?? 0).toFixed(1)} %` : amount(one));
  return `${name} from ${text(value[0])} to ${text(value.at(-1))}, lowest ${text(Math.min(...value))}, highest ${text(Math.max(...value))}`;
}
