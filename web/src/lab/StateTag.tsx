import type { Backtest } from "../api/types";
import { OutcomeTag } from "../ui/OutcomeTag";

/** How a backtest stands, in a word; how far it is while it runs. */
export function StateTag({ run: { state, progress } }: { run: Backtest }) {
  return <OutcomeTag outcome={state === "running" ? `running ${Math.round(progress * 100)} %` : state} />;
}
