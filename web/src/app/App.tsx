import { ChartPanel } from "../chart/ChartPanel";
import { CommandBox } from "../command/CommandBox";
import { Header } from "../header/Header";
import { useLiveFeed } from "../live/feed";
import { PriceList } from "../prices/PriceList";
import { SignalStream } from "../signals/SignalStream";
import { TraceDrawer } from "../signals/TraceDrawer";
import { TradesPanel } from "../trades/TradesPanel";
import classes from "./App.module.css";

/** The one live screen. */
export function App() {
  const link = useLiveFeed();
  return (
    <div className={classes.screen}>
      <Header link={link} />
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
      <TraceDrawer />
    </div>
  );
}
