import { useInstruments } from "../api/queries";
import type { Trade } from "../api/types";
import { money, price, quantity } from "../money/format";
import { moment } from "../money/time";
import { Pnl } from "../ui/Pnl";
import { SideTag } from "../ui/SideTag";
import classes from "./TradesPanel.module.css";

/** Round trips that ended, with why. */
export function ClosedTrades({ trades }: { trades: readonly Trade[] }) {
  const ticks = new Map(useInstruments().data?.map((one) => [one.symbol, one.tick_size]));
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
            Exit
          </th>
          <th scope="col">Closed by</th>
          <th scope="col" className={`figure ${classes.wide}`}>
            Fees
          </th>
          <th scope="col" className="figure">
            P&amp;L
          </th>
          <th scope="col" className={`figure ${classes.wide}`}>
            Closed
          </th>
        </tr>
      </thead>
      <tbody>
        {trades.map((trade) => (
          <tr key={trade.id}>
            <td>
              <SideTag side={trade.side} /> {trade.symbol}
              <small>{trade.account}</small>
            </td>
            <td className={`figure ${classes.wide}`}>{quantity(trade.quantity)}</td>
            <td className={`figure ${classes.wide}`}>{price(trade.entry_price, ticks.get(trade.symbol))}</td>
            <td className={`figure ${classes.wide}`}>{price(trade.exit_price, ticks.get(trade.symbol))}</td>
            <td>{trade.exit_reason?.replaceAll("_", " ")}</td>
            <td className={`figure muted ${classes.wide}`}>{money(trade.fees)}</td>
            <td className={`figure ${classes.pnl}`}>
              <Pnl value={trade.pnl} currency={trade.currency} />
            </td>
            <td className={`figure muted ${classes.wide}`}>
              {trade.ts_closed !== null && moment(trade.ts_closed)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
