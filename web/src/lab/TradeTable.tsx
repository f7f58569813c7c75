import type { BacktestTrade } from "../api/types";
import { amount, count, exact, minute, signedAmount, tone } from "./figures";
import classes from "./Result.module.css";

interface TradeTableProps {
  trades: readonly BacktestTrade[];
  first: number;
  caption: string;
  near: BacktestTrade | null;
  onNear: (trade: BacktestTrade) => void;
}

/** Trades with their entries and exits; the number of one shows it on the chart. */
export function TradeTable({ trades, first, caption, near, onNear }: TradeTableProps) {
  return (
    <div className={classes.wide}>
      <table className={classes.table}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col">Side</th>
            <th scope="col">Entry</th>
            <th scope="col" className="figure">
              Price
            </th>
            <th scope="col">Exit</th>
            <th scope="col" className="figure">
              Price
            </th>
            <th scope="col">Closed by</th>
            <th scope="col" className="figure">
              Quantity
            </th>
            <th scope="col" className="figure">
              Fees
            </th>
            <th scope="col" className="figure">
              P&amp;L
            </th>
          </tr>
        </thead>
        <tbody>
          {numbered(trades, first).map(({ trade, number }) => (
            <tr key={number} data-near={trade === near || undefined}>
              <td>
                <button
                  type="button"
                  className={classes.number}
                  aria-label={`Show trade ${number} on the chart`}
                  onClick={() => onNear(trade)}
                >
                  {count(number)}
                </button>
              </td>
              <td>
                {trade.side} {trade.symbol}
              </td>
              <td>{minute(trade.entry_time)}</td>
              <td className="figure">{exact(trade.entry_price)}</td>
              <td>{minute(trade.exit_time)}</td>
              <td className="figure">{exact(trade.exit_price)}</td>
              <td>{trade.exit_reason.replaceAll("_", " ")}</td>
              <td className="figure">{exact(trade.quantity)}</td>
              <td className="figure muted">{amount(trade.fees)}</td>
              <td className={`figure ${tone(trade.pnl)}`}>{signedAmount(trade.pnl)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function numbered<T>(trades: readonly T[], first: number): { trade: T; number: number }[] {
  return trades.map((trade, at) => ({ trade, number: first + at + 1 }));
}
