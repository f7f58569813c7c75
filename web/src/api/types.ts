import type { paths } from "./schema";

/** What a GET answers with 200, by its path: the names of the schemas are the hub's affair. */
type Answer<P extends keyof paths> = paths[P] extends {
  get: { responses: { 200: { content: { "application/json": infer T } } } };
}
  ? T
  : never;
type Row<P extends keyof paths> = Answer<P> extends readonly (infer T)[] ? T : never;
type Posted<P extends keyof paths> = paths[P] extends {
  post: { responses: { 200: { content: { "application/json": infer T } } } };
}
  ? T
  : never;

export type Quote = Row<"/api/v1/quotes">;
export type Instrument = Row<"/api/v1/instruments">;
export type Bar = Row<"/api/v1/bars">;
export type Account = Row<"/api/v1/accounts">;
export type OpenTrade = Row<"/api/v1/trades/open">;
export type Trade = Row<"/api/v1/trades">;
export type Order = Row<"/api/v1/orders">;
export type Fill = Row<"/api/v1/fills">;
export type Signal = Row<"/api/v1/signals">;
export type SignalDetail = Answer<"/api/v1/signals/{signal_id}">;
export type Step = SignalDetail["steps"][number];
export type Message = Row<"/api/v1/messages">;
export type Strategy = Row<"/api/v1/strategies">;
export type History = Row<"/api/v1/histories">;
export type Backtest = Row<"/api/v1/backtests">;
export type BacktestFigures = NonNullable<Backtest["figures"]>;
export type BacktestDetail = Answer<"/api/v1/backtests/{backtest_id}">;
export type BacktestResult = NonNullable<BacktestDetail["result"]>;
export type BacktestCandles = BacktestResult["candles"][number];
export type BacktestStatistics = BacktestResult["statistics"];
export type BacktestTally = BacktestStatistics["all"];
export type BacktestTrade = Answer<"/api/v1/backtests/{backtest_id}/trades">["trades"][number];
export type BacktestSweep = Answer<"/api/v1/backtests/{backtest_id}/sweep">;
export type Compared = Answer<"/api/v1/backtests/compare">["backtests"][number];
export type Health = Answer<"/api/v1/health">;
export type Story = Posted<"/api/v1/commands">;
export type Preview = Posted<"/api/v1/preview">;
export type PreviewOrder = Preview["accounts"][number];
export type Flattened = Posted<"/api/v1/flatten">[number];
