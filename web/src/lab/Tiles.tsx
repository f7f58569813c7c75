import type { BacktestFigures, BacktestStatistics } from "../api/types";
import { NONE } from "../money/format";
import { amount, count, percent, signedAmount, signedPercent, tone } from "./figures";
import classes from "./Result.module.css";

/** The figures by which a backtest is judged. */
export function Tiles({ figures, found }: { figures: BacktestFigures; found: BacktestStatistics }) {
  const tiles: [string, string, string?][] = [
    ["Return", signedPercent(figures.total_return), tone(figures.total_return)],
    ["Held instead", signedPercent(figures.buy_and_hold)],
    ["A year (CAGR)", signedPercent(figures.cagr), tone(figures.cagr)],
    ["Equity at the end", amount(figures.equity_final)],
    ["Deepest drawdown", percent(figures.max_drawdown), figures.max_drawdown > 0 ? "down" : "flat"],
    ["Longest drawdown", `${amount(figures.max_drawdown_days, 0)} days`],
    ["Sharpe", amount(figures.sharpe)],
    ["Sortino", amount(figures.sortino)],
    ["Calmar", amount(figures.calmar)],
    ["Volatility a year", percent(figures.volatility)],
    ["Trades", count(figures.trades)],
    ["Won", percent(figures.win_rate, 1)],
    ["Profit factor", amount(figures.profit_factor)],
    ["A trade", signedAmount(figures.expectancy), tone(figures.expectancy)],
    ["Won / lost in a row", `${found.longest_wins} / ${found.longest_losses}`],
    ["Average MAE", percent(found.average_mae)],
    ["Average MFE", percent(found.average_mfe)],
    ["In the market", percent(figures.exposure, 1)],
    ["Average trade", figures.average_hours === null ? NONE : `${amount(figures.average_hours, 1)} h`],
    ["Fees", amount(figures.fees)],
  ];
  return (
    <dl className={classes.tiles}>
      {tiles.map(([name, text, colour]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className={colour ?? ""}>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
