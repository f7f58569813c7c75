import { Tabs } from "@mantine/core";
import { useClosedTrades, useOpenTrades, useOrders } from "../api/queries";
import { useSelection } from "../app/selection";
import { Answer } from "../ui/Answer";
import { ClosedTrades } from "./ClosedTrades";
import { Foreign } from "./Foreign";
import { OpenTrades } from "./OpenTrades";
import { Orders } from "./Orders";
import classes from "./TradesPanel.module.css";

/** Open trades, recently closed ones, and orders of the selected account. */
export function TradesPanel() {
  const { account } = useSelection();
  const open = useOpenTrades(account);
  const closed = useClosedTrades(account);
  const orders = useOrders(account);

  return (
    <section aria-label="Trades" className={classes.panel}>
      <Tabs
        defaultValue="open"
        className={classes.tabs}
        classNames={{ list: classes.tablist, tab: classes.tab }}
      >
        <Tabs.List>
          <Tabs.Tab value="open">
            Open trades <span className="muted">{open.data?.length ?? ""}</span>
          </Tabs.Tab>
          <Tabs.Tab value="closed">Closed</Tabs.Tab>
          <Tabs.Tab value="orders">Orders</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="open" className={classes.body}>
          <Answer
            query={open}
            empty="No open trade. A signal, or a line such as “buy btc 80 -tsl 2.8”, opens one."
          >
            {(trades) => <OpenTrades trades={trades} />}
          </Answer>
          <Foreign account={account} />
        </Tabs.Panel>
        <Tabs.Panel value="closed" className={classes.body}>
          <Answer query={closed} empty="No trade has been closed yet.">
            {(trades) => <ClosedTrades trades={trades} />}
          </Answer>
        </Tabs.Panel>
        <Tabs.Panel value="orders" className={classes.body}>
          <Answer query={orders} empty="No order has been placed yet.">
            {(rows) => <Orders orders={rows} />}
          </Answer>
        </Tabs.Panel>
      </Tabs>
    </section>
  );
}
