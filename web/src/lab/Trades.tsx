import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { useBacktestTrades } from "../api/lab";
import type { BacktestResult, BacktestTrade } from "../api/types";
import { Answer } from "../ui/Answer";
import { count } from "./figures";
import classes from "./Result.module.css";
import { TradesChart } from "./TradesChart";
import { TradeTable } from "./TradeTable";

interface TradesProps {
  id: string;
  result: BacktestResult;
}

const ROWS = 50;

/** The trades a page at a time, on candles and in a table; one that is pressed is shown from nearby. */
export function Trades({ id, result: { candles, trades: total, trades_kept: kept } }: TradesProps) {
  const [first, setFirst] = useState(0);
  const [near, setNear] = useState<BacktestTrade | null>(null);
  const query = useBacktestTrades(id, first, ROWS);
  const last = Math.min(first + ROWS, kept);
  const turn = (to: number) => {
    setFirst(to);
    setNear(null);
  };
  return (
    <Answer
      query={query}
      isEmpty={(page) => page.total === 0}
      empty="It never traded: no signal, or none that could be paid for."
    >
      {(page) => (
        <>
          <TradesChart
            id={id}
            whole={candles}
            trades={page.trades}
            near={near}
            onWhole={() => setNear(null)}
          />
          <TradeTable
            trades={page.trades}
            first={page.first}
            near={near}
            onNear={setNear}
            caption={`Trades ${count(first + 1)} to ${count(last)} of ${count(total)} (times in UTC)${
              kept < total ? `; the first ${count(kept)} are kept` : ""
            }`}
          />
          <Group className={classes.turn} gap={6}>
            <Button
              size="compact-xs"
              variant="default"
              disabled={first === 0}
              onClick={() => turn(first - ROWS)}
            >
              Before
            </Button>
            <Button
              size="compact-xs"
              variant="default"
              disabled={last >= kept}
              onClick={() => turn(first + ROWS)}
            >
              Next
            </Button>
          </Group>
        </>
      )}
    </Answer>
  );
}
