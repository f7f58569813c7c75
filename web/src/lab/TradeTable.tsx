import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { useBacktestTrades } from "../api/lab";
import { Answer } from "../ui/Answer";
import { amount, count, exact, minute, signedAmount, tone } from "./figures";
import classes from "./Result.module.css";

const ROWS = 50;

/** The trades, a page at a time. */
export function TradeTable({ id, kept, total }: { id: string; kept: number; total: number }) {
  const [first, setFirst] = useState(0);
  const query = useBacktestTrades(id, first, ROWS);
  const last = Math.min(first + ROWS, kept);
  return (
    <Answer
      query={query}
      isEmpty={({ total }) => total === 0}
      empty="It never traded: no signal, or none that could be paid for."
    >
      {({ first: from, trades }) => (
        <>
          <div className={classes.wide}>
            <table className={classes.table}>
              <caption>
                Trades {count(first + 1)} to {count(last)} of {count(total)} (times in UTC)
                {kept < total && `; the first ${count(kept)} are kept`}
              </caption>
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
                {numbered(trades, from).map(({ trade, number }) => (
                  <tr key={number}>
                    <td className="muted">{count(number)}</td>
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
          <Group p={10} gap={6}>
            <Button
              size="compact-xs"
              variant="default"
              disabled={first === 0}
              onClick={() => setFirst(first - ROWS)}
            >
              Before
            </Button>
            <Button
              size="compact-xs"
              variant="default"
              disabled={last >= kept}
              onClick={() => setFirst(first + ROWS)}
            >
              Next
            </Button>
          </Group>
        </>
      )}
    </Answer>
  );
}

function numbered<T>(trades: readonly T[], first: number): { trade: T; number: number }[] {
  return trades.map((trade, at) => ({ trade, number: first + at + 1 }));
}
