import type { BacktestStatistics, BacktestTally } from "../api/types";
import { amount, count, day, percent, signedAmount, tone } from "./figures";
import classes from "./Result.module.css";

/** Trades by side, exit, weekday, hour and symbol, and the deepest falls. */
export function Tallies({ found }: { found: BacktestStatistics }) {
  return (
    <div className={classes.pairs}>
      <Tally title="By side" head="Side" groups={found.by_side} />
      <Tally title="By what closed them" head="Exit" groups={found.by_reason} />
      <Tally title="By the weekday of the entry (UTC)" head="Weekday" groups={found.by_weekday} />
      <Tally title="By the hour of the entry (UTC)" head="Hour" groups={found.by_hour} />
      <Tally title="By symbol" head="Symbol" groups={found.by_symbol} />
      <Falls falls={found.drawdowns} />
    </div>
  );
}

function Tally({
  title,
  head,
  groups,
}: {
  title: string;
  head: string;
  groups: Record<string, BacktestTally>;
}) {
  const rows = Object.entries(groups)
    .filter(([, tally]) => tally.trades > 0)
    .sort(([one], [other]) => (head === "Hour" ? one.localeCompare(other) : 0));
  return (
    <div className={classes.wide}>
      <table className={classes.table}>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">{head}</th>
            <th scope="col" className="figure">
              Trades
            </th>
            <th scope="col" className="figure">
              Won
            </th>
            <th scope="col" className="figure">
              Profit factor
            </th>
            <th scope="col" className="figure">
              P&amp;L
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, tally]) => (
            <tr key={name}>
              <th scope="row">{name.replaceAll("_", " ")}</th>
              <td className="figure">{count(tally.trades)}</td>
              <td className="figure">{percent(tally.win_rate, 1)}</td>
              <td className="figure">{amount(tally.profit_factor)}</td>
              <td className={`figure ${tone(tally.pnl)}`}>{signedAmount(tally.pnl)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Falls({ falls }: { falls: BacktestStatistics["drawdowns"] }) {
  return (
    <div className={classes.wide}>
      <table className={classes.table}>
        <caption>Deepest drawdowns</caption>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">Lowest</th>
            <th scope="col">Back</th>
            <th scope="col" className="figure">
              Days
            </th>
            <th scope="col" className="figure">
              Depth
            </th>
          </tr>
        </thead>
        <tbody>
          {falls.map((fall) => (
            <tr key={fall.peak}>
              <td>{day(fall.peak)}</td>
              <td>{day(fall.trough)}</td>
              <td>{fall.recovered === null ? "not yet" : day(fall.recovered)}</td>
              <td className="figure">{amount(fall.days, 1)}</td>
              <td className="figure down">{percent(fall.depth)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
