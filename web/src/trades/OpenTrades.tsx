import type { OpenTrade } from "../api/types";
import { OpenTradeRow } from "./OpenTradeRow";
import classes from "./TradesPanel.module.css";

/** What is open, at the prices of now. On a narrow screen the figures that can be looked up elsewhere give way. */
export function OpenTrades({ trades }: { trades: readonly OpenTrade[] }) {
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">Trade</th>
          <th scope="col" className={`figure ${classes.wide}`}>
            Quantity
          </th>
          <th scope="col" className={`figure ${classes.wide}`}>
            Entry
          </th>
          <th scope="col" className={`figure ${classes.wide}`}>
            Price
          </th>
          <th scope="col" className="figure">
            Stop
          </th>
          <th scope="col" className={`figure ${classes.wide}`}>
            Next target
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
