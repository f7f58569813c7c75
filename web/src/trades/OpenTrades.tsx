import type { OpenTrade } from "../api/types";
import { OpenTradeRow } from "./OpenTradeRow";
import classes from "./TradesPanel.module.css";

export function OpenTrades({ trades }: { trades: readonly OpenTrade[] }) {
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">Trade</th>
          <th scope="col">Account</th>
          <th scope="col" className="figure">
            Quantity
          </th>
          <th scope="col" className="figure">
            Entry
          </th>
          <th scope="col" className="figure">
            Price
          </th>
          <th scope="col" className="figure">
            Stop
          </th>
          <th scope="col">Stop is held by</th>
          <th scope="col" className="figure">
            Targets
          </th>
          <th scope="col" className="figure">
            Realised
          </th>
          <th scope="col" className="figure">
            Open P&amp;L
          </th>
          <th scope="col">
            <span className={classes.hidden}>Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {trades.map((trade) => (
          <OpenTradeRow key={trade.id} trade={trade} />
        ))}
      </tbody>
    </table>
  );
}
