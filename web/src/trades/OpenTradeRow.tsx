import { Button, Group, Tooltip } from "@mantine/core";
import { useInstrument, useQuote } from "../api/queries";
import type { OpenTrade } from "../api/types";
import { useSelection } from "../app/selection";
import { useSend } from "../command/send";
import { price, quantity } from "../money/format";
import { mark } from "../money/mark";
import { moment } from "../money/time";
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
    <tr data-selected={trade.symbol === symbol || undefined}>
      <td>
        <button type="button" className={classes.symbol} onClick={() => setSymbol(trade.symbol)}>
          <SideTag side={trade.side} /> {trade.symbol}
        </button>
        <small>
          {trade.account}
          {trade.mode === "live" && <b className="down"> live</b>}
        </small>
      </td>
      <td className={`figure ${classes.wide}`}>
        {quantity(trade.open_quantity)}
        <small>of {quantity(trade.quantity)}</small>
      </td>
      <td className={`figure ${classes.wide}`}>
        {price(trade.entry_price, tick)}
        <small>{moment(trade.ts_opened)}</small>
      </td>
      <td className={`figure ${classes.wide}`}>{price(last, tick)}</td>
      <td className="figure">
        {price(trade.stop, tick)}
        <small>{stopStory(trade)}</small>
      </td>
      <td className={`figure ${classes.wide}`}>
        {price(trade.targets[trade.targets_done], tick)}
        <small>{trade.targets.length > 0 && `${trade.targets_done} of ${trade.targets.length} done`}</small>
      </td>
      <td className="figure">
        <b>
          <Pnl value={unrealised} currency={trade.currency} />
        </b>
        <small>
          realised <Pnl value={trade.pnl} />
        </small>
      </td>
      <td>
        <Group gap={4} wrap="nowrap" justify="flex-end">
          <Tooltip label="Move the stop to the entry" openDelay={400}>
            <Button
              size="compact-xs"
              variant="default"
              className={classes.wide}
              disabled={isBusy}
              aria-label={`Breakeven ${trade.side} ${trade.symbol}`}
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

/** Who watches the stop: a stop that only the hub watches is worth nothing while the hub is down. */
function stopStory({ stop, trailing, managed_by }: OpenTrade): string {
  if (stop === null) return "no stop";
  return `${trailing ? "trailing, " : ""}held by ${managed_by}`;
}
