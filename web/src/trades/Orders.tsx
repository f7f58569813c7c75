import { useInstruments } from "../api/queries";
import type { Order } from "../api/types";
import { price, quantity } from "../money/format";
import { moment } from "../money/time";
import { OutcomeTag } from "../ui/OutcomeTag";
import { SideTag } from "../ui/SideTag";
import classes from "./TradesPanel.module.css";

/** Orders, newest first, with what the venue has proven about each. */
export function Orders({ orders }: { orders: readonly Order[] }) {
  const ticks = new Map(useInstruments().data?.map((one) => [one.symbol, one.tick_size]));
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">Order</th>
          <th scope="col" className={classes.wide}>
            For
          </th>
          <th scope="col" className={classes.wide}>
            Type
          </th>
          <th scope="col">Status</th>
          <th scope="col" className="figure">
            Filled
          </th>
          <th scope="col" className={`figure ${classes.wide}`}>
            Asked at
          </th>
          <th scope="col" className="figure">
            Average
          </th>
          <th scope="col" className={`figure ${classes.wide}`}>
            Placed
          </th>
        </tr>
      </thead>
      <tbody>
        {orders.map((order) => (
          <tr key={order.client_order_id} title={order.client_order_id}>
            <td>
              <SideTag side={order.side} /> {order.symbol}
              <small>{order.account}</small>
            </td>
            <td className={classes.wide}>{order.leg}</td>
            <td className={classes.wide}>{order.type.replaceAll("_", " ")}</td>
            <td>
              <OutcomeTag outcome={order.status} />
              <small className={classes.reason}>{order.reason}</small>
            </td>
            <td className="figure">
              {quantity(order.filled)} <span className="muted">of {quantity(order.quantity)}</span>
            </td>
            <td className={`figure ${classes.wide}`}>
              {price(order.limit_price ?? order.stop_price, ticks.get(order.symbol))}
            </td>
            <td className="figure">{price(order.average_price, ticks.get(order.symbol))}</td>
            <td className={`figure muted ${classes.wide}`}>{moment(order.ts_created)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
