import { Tabs } from "@mantine/core";
import type { BacktestFigures, BacktestResult } from "../api/types";
import { EquityChart } from "./EquityChart";
import { count } from "./figures";
import { Months } from "./Months";
import classes from "./Result.module.css";
import { Search } from "./Search";
import { Settings } from "./Settings";
import { Tallies } from "./Tallies";
import { Tiles } from "./Tiles";
import { Trades } from "./Trades";

interface ResultProps {
  id: string;
  /** It was the best of a search. */
  isBest: boolean;
  result: BacktestResult;
  figures: BacktestFigures | null;
}

/** What a backtest came to: figures, curves, trades, and when it earned. */
export function Result({ id, isBest, result, figures }: ResultProps) {
  const { statistics: found, left_out: left } = result;
  return (
    <>
      {figures !== null && <Tiles figures={figures} found={found} />}
      {left.unaffordable + left.unmeasured > 0 && (
        <p className={`${classes.note} warn`}>
          {left.unaffordable > 0 &&
            `${count(left.unaffordable)} entries were left out: cash and leverage did not pay for them. `}
          {left.unmeasured > 0 &&
            `${count(left.unmeasured)} entries were left out: a distance was not known there.`}
        </p>
      )}
      <Tabs defaultValue={isBest ? "search" : "equity"} className={classes.tabs} keepMounted={false}>
        <Tabs.List>
          {isBest && <Tabs.Tab value="search">Search</Tabs.Tab>}
          <Tabs.Tab value="equity">Equity</Tabs.Tab>
          <Tabs.Tab value="trades">
            Trades <span className="muted">{count(result.trades)}</span>
          </Tabs.Tab>
          <Tabs.Tab value="when">When and where</Tabs.Tab>
          <Tabs.Tab value="settings">Settings</Tabs.Tab>
        </Tabs.List>
        {isBest && (
          <Tabs.Panel value="search">
            <Search id={id} />
          </Tabs.Panel>
        )}
        <Tabs.Panel value="equity">
          <EquityChart
            curves={[
              { name: "Equity", at: result.equity.at, value: result.equity.value, falls: result.drawdown },
              { name: "Held instead", at: result.equity.at, value: result.equity.held },
            ]}
            unit="money"
          />
          <Months years={found.monthly} />
        </Tabs.Panel>
        <Tabs.Panel value="trades">
          <Trades id={id} result={result} />
        </Tabs.Panel>
        <Tabs.Panel value="when">
          <Tallies found={found} />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <Settings title="Parameters" values={result.params} />
          <Settings title="Terms" values={result.settings} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
