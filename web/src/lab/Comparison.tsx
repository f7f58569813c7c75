import { useCompared } from "../api/lab";
import type { BacktestFigures, Compared } from "../api/types";
import { labRun } from "../app/route";
import { Answer } from "../ui/Answer";
import { Link } from "../ui/Link";
import { EquityChart } from "./EquityChart";
import { amount, count, day, percent, signedAmount, signedPercent } from "./figures";
import classes from "./Result.module.css";
import { worded } from "./schema";

type Row = [string, (figures: BacktestFigures) => string, ((figures: BacktestFigures) => number | null)?];

/** What is compared; the third says what is better: more. */
const ROWS: readonly Row[] = [
  ["Return", ({ total_return }) => signedPercent(total_return), ({ total_return }) => total_return],
  ["Held instead", ({ buy_and_hold }) => signedPercent(buy_and_hold)],
  ["A year (CAGR)", ({ cagr }) => signedPercent(cagr), ({ cagr }) => cagr],
  ["Deepest drawdown", ({ max_drawdown }) => percent(max_drawdown), ({ max_drawdown }) => -max_drawdown],
  ["Sharpe", ({ sharpe }) => amount(sharpe), ({ sharpe }) => sharpe],
  ["Sortino", ({ sortino }) => amount(sortino), ({ sortino }) => sortino],
  ["Calmar", ({ calmar }) => amount(calmar), ({ calmar }) => calmar],
  ["Trades", ({ trades }) => count(trades)],
  ["Won", ({ win_rate }) => percent(win_rate, 1), ({ win_rate }) => win_rate],
  ["Profit factor", ({ profit_factor }) => amount(profit_factor), ({ profit_factor }) => profit_factor],
  ["A trade", ({ expectancy }) => signedAmount(expectancy), ({ expectancy }) => expectancy],
  ["In the market", ({ exposure }) => percent(exposure, 1)],
  ["Fees", ({ fees }) => amount(fees), ({ fees }) => -fees],
  ["From", ({ start }) => day(start)],
  ["To", ({ end }) => day(end)],
  ["Bars", ({ bars }) => count(bars)],
];

/** Backtests side by side: their curves in one chart, their figures, and what was set differently. */
export function Comparison({ ids }: { ids: readonly string[] }) {
  const query = useCompared(ids);
  return (
    <section aria-label="Comparison" className={classes.comparison}>
      <Answer query={query} rows={8} isEmpty={() => false}>
        {({ backtests }) => <SideBySide runs={backtests} />}
      </Answer>
    </section>
  );
}

function SideBySide({ runs }: { runs: readonly Compared[] }) {
  const names = namesOf(runs);
  const differing = differences(runs);
  return (
    <>
      <h2 className={classes.title}>{runs.length} backtests side by side</h2>
      <EquityChart
        unit="percent"
        curves={runs.map(({ figures, result }, at) => ({
          name: names[at] ?? "",
          at: result.equity.at,
          value: result.equity.value.map((value) => (value / (figures?.cash ?? 1) - 1) * 100),
        }))}
      />
      <div className={classes.wide}>
        <table className={classes.table}>
          <caption>Figures; the best of a row is bold</caption>
          <thead>
            <tr>
              <th scope="col" aria-label="Figure" />
              {runs.map((run, at) => (
                <th key={run.id} scope="col" className="figure">
                  <Link to={labRun(run.id)}>{names[at]}</Link>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {ROWS.map(([name, text, worth]) => {
              const best = bestOf(runs, worth);
              return (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {runs.map(({ id, figures }) => (
                    <td key={id} className="figure">
                      {figures !== null && (best.has(id) ? <b>{text(figures)}</b> : text(figures))}
                    </td>
                  ))}
                </tr>
              );
            })}
            {differing.map((name) => (
              <tr key={`set ${name}`}>
                <th scope="row">{worded(name)}</th>
                {runs.map((run) => (
                  <td key={run.id} className="figure">
                    {String(settingsOf(run)[name] ?? "–")}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** `A sma-cross SAMPLE/15m`: letters tell apart what is named alike. */
export function namesOf(runs: readonly Pick<Compared, "strategy" | "data">[]): string[] {
  return runs.map(({ strategy, data }, at) => `${String.fromCharCode(65 + at)} ${strategy} ${data}`);
}

/** Parameters and terms that are not the same in all. */
export function differences(runs: readonly Compared[]): string[] {
  const all = new Set(runs.flatMap((run) => Object.keys(settingsOf(run))));
  return [...all].filter(
    (name) => new Set(runs.map((run) => JSON.stringify(settingsOf(run)[name]))).size > 1,
  );
}

function settingsOf({ result }: Pick<Compared, "result">): Record<string, unknown> {
  const { data: _data, ...settings } = result.settings;
  return { ...settings, ...result.params };
}

function bestOf(runs: readonly Compared[], worth: Row[2]): ReadonlySet<string> {
  if (worth === undefined) return new Set();
  const values = runs.map(({ figures }) => (figures === null ? null : worth(figures)));
  const known = values.filter((value) => value !== null);
  const most = Math.max(...known);
  if (known.length < 2 || known.every((value) => value === most)) return new Set();
  return new Set(runs.filter((_, at) => values[at] === most).map(({ id }) => id));
}
