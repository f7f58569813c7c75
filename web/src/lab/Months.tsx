import type { CSSProperties } from "react";
import type { BacktestStatistics } from "../api/types";
import { NONE } from "../money/format";
import { signedPercent, tone } from "./figures";
import classes from "./Result.module.css";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/** Strength of the colour, in percent, of the month that earned or lost most. */
const HOTTEST = 55;

/** What each month earned, coloured by how much. */
export function Months({ years }: { years: BacktestStatistics["monthly"] }) {
  const most = Math.max(...years.flatMap(({ months }) => months.map((month) => Math.abs(month ?? 0))), 1e-9);
  return (
    <div className={classes.wide}>
      <table className={classes.table}>
        <caption>Months (UTC)</caption>
        <thead>
          <tr>
            <th scope="col">Year</th>
            {MONTHS.map((month) => (
              <th key={month} scope="col" className="figure">
                {month}
              </th>
            ))}
            <th scope="col" className="figure">
              In all
            </th>
          </tr>
        </thead>
        <tbody>
          {years.map(({ year, months, total }) => (
            <tr key={year}>
              <th scope="row">{year}</th>
              {MONTHS.map((name, at) => (
                <Month key={name} earned={months[at] ?? null} most={most} />
              ))}
              <td className={`figure ${tone(total)}`}>{signedPercent(total, 1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Month({ earned, most }: { earned: number | null; most: number }) {
  if (earned === null) return <td className="figure muted">{NONE}</td>;
  const style = {
    "--tone": `var(--tw-${earned >= 0 ? "up" : "down"})`,
    "--heat": `${Math.round((HOTTEST * Math.abs(earned)) / most)}%`,
  } as CSSProperties;
  return (
    <td className={`figure ${classes.heat}`} style={style}>
      {signedPercent(earned, 1)}
    </td>
  );
}
