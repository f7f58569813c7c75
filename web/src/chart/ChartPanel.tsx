import { SegmentedControl } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { useBars, useInstrument, useQuote } from "../api/queries";
import { useSelection } from "../app/selection";
import { price } from "../money/format";
import { minus } from "../money/sum";
import { Answer } from "../ui/Answer";
import { Panel } from "../ui/Panel";
import { Candles } from "./Candles";
import classes from "./ChartPanel.module.css";
import { Lines } from "./Lines";
import { useTradesOnChart } from "./levels";

const TIMEFRAMES = ["1m", "5m", "15m"] as const;
type Timeframe = (typeof TIMEFRAMES)[number];
const SECONDS: Record<Timeframe, number> = { "1m": 60, "5m": 300, "15m": 900 };
const BARS = 300;

/** The chosen symbol's candles with the open trades' levels and the fills on them. */
export function ChartPanel() {
  const { symbol, account } = useSelection();
  const [timeframe, setTimeframe] = useLocalStorage<Timeframe>({
    key: "tradewire.timeframe",
    defaultValue: "1m",
  });
  const seconds = SECONDS[timeframe];
  const bars = useBars(symbol, timeframe, BARS);
  const quote = useQuote(symbol);
  const instrument = useInstrument(symbol);
  const { levels, fills } = useTradesOnChart(account, symbol);

  return (
    <Panel
      label="Chart"
      className={classes.panel}
      title={
        <div className={classes.head}>
          <h2 className={classes.symbol}>{symbol}</h2>
          <span className={classes.price}>{price(quote?.bid, instrument?.tick_size)}</span>
          {quote && (
            <span className={`muted ${classes.spread}`}>
              spread {price(minus(quote.ask, quote.bid), instrument?.tick_size)}
            </span>
          )}
        </div>
      }
      actions={
        <SegmentedControl
          size="xs"
          aria-label="Timeframe"
          data={[...TIMEFRAMES]}
          value={timeframe}
          onChange={setTimeframe}
        />
      }
    >
      <Answer query={bars} rows={8} empty={`No bars of ${symbol} yet.`}>
        {(history) => (
          <Candles
            key={`${symbol} ${timeframe}`}
            history={history}
            quote={quote}
            seconds={seconds}
            tick={instrument?.tick_size}
          >
            <Lines
              levels={levels}
              fills={fills}
              seconds={seconds}
              since={Date.parse(history[0]?.ts ?? "") / 1_000}
            />
          </Candles>
        )}
      </Answer>
    </Panel>
  );
}
