import { Button, Group, Tooltip } from "@mantine/core";
import { useInstrument, useQuote } from "../api/queries";
import type { OpenTrade } from "../api/types";
import { useSelection } from "../app/selection";
import { useSend } from "../command/send";
import { price, quantity } from "../money/format";
import { mark } from "../money/mark";
import { Pnl } from "../ui/Pnl";
import { SideTag } from "../ui/SideTag";
import classes from "./TradesPanel.module.css";

/** One open trade, valued at the last quote; its symbol draws the chart. */
export function OpenTradeRow({ trade }: { trade: OpenTrade }) {
  const { symbol, setSymbol } = useSelection();
  const instrument = useInstrument(trade.symbol);
  const { price: last, unrealised } = mark(trade, useQuote(trade.symbol), instrument);
  const send = useSend();
  const tick = instrument?.tick_size;
  const order = (text: string) => send.mutate({ text, account: trade.account });
  const isBusy = send.isPending || trade.status !== "open";

  return (
    <tr aria-selected={trade.symbol === symbol} data-trade={trade.id}>
      <td>
        <button type="button" className={classes.symbol} onClick={() => setSymbol(trade.symbol)}>
          <SideTag side={trade.side} /> {trade.symbol}
        </button>
      </td>
      <td className="muted">{trade.account}</td>
      <td className="figure">{quantity(trade.open_quantity)}</td>
      <td className="figure">{price(trade.entry_price, tick)}</td>
      <td className="figure">{price(last, tick)}</td>
      <td className="figure">
        {price(trade.stop, tick)}
        {trade.trailing && <span className="muted"> trailing</span>}
      </td>
      <td className="muted">{trade.stop == null ? "no stop" : `the ${trade.managed_by}`}</td>
      <td className="figure">
        <span title={trade.targets.map((target) => price(target, tick)).join(", ")}>
          {trade.targets.length === 0 ? "none" : `${trade.targets_done} of ${trade.targets.length}`}
        </span>
      </td>
      <td className="figure">
        <Pnl value={trade.pnl} />
      </td>
      <td className={`figure ${classes.pnl}`}>
        <Pnl value={unrealised} currency={trade.currency} />
      </td>
      <td>
        <Group gap={4} wrap="nowrap" justify="flex-end">
          <Tooltip label="Move the stop to the entry" openDelay={400}>
            <Button
              size="compact-xs"
              variant="default"
              disabled={isBusy}
              onClick={() => order(`be ${trade.id}`)}
            >
              Breakeven
            </Button>
          </Tooltip>
          <Button
            size="compact-xs"
            variant="default"
            disabled={isBusy}
            aria-label={`Close ${trade.side} ${trade.symbol}`}
            onClick={() => order(`close ${trade.id}`)}
          >
            {trade.status === "closing" ? "Closing" : "Close"}
          </Button>
        </Group>
      </td>
    </tr>
  );
}
