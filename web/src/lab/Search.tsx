import { Anchor } from "@mantine/core";
import type { CSSProperties } from "react";
import { useBacktestSweep } from "../api/lab";
import type { BacktestSweep } from "../api/types";
import { NONE } from "../money/format";
import { Answer } from "../ui/Answer";
import { amount, count, percent, signedPercent, tone } from "./figures";
import classes from "./Result.module.css";
import { worded } from "./schema";

type HeatMap = NonNullable<BacktestSweep["heat_map"]>;

const SIGNS: Readonly<Record<string, string>> = { good: "+", bad: "−", doubt: "?" };
const TONES: Readonly<Record<string, string>> = { good: "up", bad: "down", doubt: "warn" };
/** Strength of the colour, in percent, of the best and the worst cell. */
const HOTTEST = 60;

/** The search that a backtest was the best of: can it be believed, what else was good, and where the good ones lie. */
export function Search({ id }: { id: string }) {
  const query = useBacktestSweep(id);
  return (
    <Answer query={query} rows={8} isEmpty={() => false}>
      {(sweep) => (
        <>
          <section className={classes.verdict} aria-label="Verdict">
            <h3>{sweep.verdict.summary}</h3>
            <p className="muted">
              {count(sweep.trials)} of {count(sweep.combinations)} combinations were tried, by{" "}
              {sweep.objective}; {percent(sweep.profitable, 0)} of them won money. Shown here is the best,
              over all bars.{" "}
              <Anchor
                size="sm"
                href={`/api/v1/backtests/${id}/sweep/report`}
                target="_blank"
                rel="noreferrer"
              >
                Offline report of the search
              </Anchor>
            </p>
            <ul>
              {sweep.verdict.sentences.map(({ weight, sentence }) => (
                <li key={sentence}>
                  <b className={TONES[weight] ?? ""} aria-hidden="true">
                    {SIGNS[weight]}
                  </b>
                  {sentence}
                </li>
              ))}
            </ul>
          </section>
          {sweep.heat_map !== null && <Heat map={sweep.heat_map} objective={sweep.objective} />}
          <Best sweep={sweep} />
        </>
      )}
    </Answer>
  );
}

function Best({ sweep: { axes, best, objective } }: { sweep: BacktestSweep }) {
  const hasOutside = best.some(({ outside }) => outside !== null);
  return (
    <div className={classes.wide}>
      <table className={classes.table}>
        <caption>
          The best combinations{hasOutside && "; outside: on the bars that the search never saw"}
        </caption>
        <thead>
          <tr>
            {axes.map(({ name }) => (
              <th key={name} scope="col">
                {worded(name)}
              </th>
            ))}
            <th scope="col" className="figure">
              {worded(objective)}
            </th>
            <th scope="col" className="figure">
              Return
            </th>
            <th scope="col" className="figure">
              Drawdown
            </th>
            <th scope="col" className="figure">
              Trades
            </th>
            {hasOutside && (
              <>
                <th scope="col" className="figure">
                  {worded(objective)} outside
                </th>
                <th scope="col" className="figure">
                  Return outside
                </th>
              </>
            )}
          </tr>
        </thead>
        <tbody>
          {best.map(({ set, inside, outside }) => (
            <tr key={JSON.stringify(set)}>
              {axes.map(({ name }) => (
                <td key={name}>{String(set[name] ?? "none")}</td>
              ))}
              <td className="figure">{amount(inside.objective)}</td>
              <td className={`figure ${tone(inside.return)}`}>{signedPercent(inside.return)}</td>
              <td className="figure">{percent(inside.max_drawdown)}</td>
              <td className="figure">{count(inside.trades ?? 0)}</td>
              {hasOutside && (
                <>
                  <td className="figure">{amount(outside?.objective)}</td>
                  <td className={`figure ${tone(outside?.return)}`}>{signedPercent(outside?.return)}</td>
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Heat({ map: { rows, columns, mean }, objective }: { map: HeatMap; objective: string }) {
  const known = mean.flat().filter((value) => value !== null);
  const most = Math.max(...known.map(Math.abs), 1e-9);
  return (
    <div className={classes.wide}>
      <table className={`${classes.table} ${classes.map}`}>
        <caption>
          {worded(objective)} by {rows.name} (down) and {columns.name} (across): a good place has good
          neighbours
        </caption>
        <thead>
          <tr>
            <th scope="col">
              {rows.name} \ {columns.name}
            </th>
            {columns.values.map((value) => (
              <th key={String(value)} scope="col" className="figure">
                {String(value ?? "none")}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.values.map((row, at) => (
            <tr key={String(row)}>
              <th scope="row">{String(row ?? "none")}</th>
              {columns.values.map((column, across) => {
                const value = mean[at]?.[across] ?? null;
                return (
                  <td key={String(column)} className={`figure ${classes.heat}`} style={heatOf(value, most)}>
                    {value === null ? NONE : amount(value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function heatOf(value: number | null, most: number): CSSProperties {
  if (value === null) return {};
  const heat = Math.round((HOTTEST * Math.abs(value)) / most);
  return { "--tone": `var(--tw-${value >= 0 ? "up" : "down"})`, "--heat": `${heat}%` } as CSSProperties;
}
