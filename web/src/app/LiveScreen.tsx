import { ChartPanel } from "../chart/ChartPanel";
import { CommandBox } from "../command/CommandBox";
import { PriceList } from "../prices/PriceList";
import { SignalStream } from "../signals/SignalStream";
import { TradesPanel } from "../trades/TradesPanel";
import classes from "./App.module.css";

/** Prices, the chart, trades and signals as they are now. */
export function LiveScreen() {
  return (
    <>
      <CommandBox />
      <main className={classes.main}>
        <div className={classes.prices}>
          <PriceList />
        </div>
        <div className={classes.chart}>
          <ChartPanel />
        </div>
        <div className={classes.trades}>
          <TradesPanel />
        </div>
        <div className={classes.signals}>
          <SignalStream />
        </div>
      </main>
    </>
  );
}
