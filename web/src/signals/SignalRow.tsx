import { memo } from "react";
import { moment } from "../money/time";
import { OutcomeTag } from "../ui/OutcomeTag";
import type { Entry } from "./entries";
import classes from "./SignalStream.module.css";

interface SignalRowProps {
  entry: Entry;
  onOpen: (entry: { id: string; isSignal: boolean }) => void;
}

/** One line of the stream. */
export const SignalRow = memo(function SignalRow({ entry, onOpen }: SignalRowProps) {
  return (
    <li>
      <button type="button" className={classes.row} onClick={() => onOpen(entry)}>
        <span className={classes.top}>
          <OutcomeTag outcome={entry.outcome} />
          <span className={classes.what}>{headline(entry)}</span>
          <time className="muted" dateTime={entry.ts}>
            {moment(entry.ts)}
          </time>
        </span>
        <span className={classes.bottom}>
          <span className={classes.text}>{entry.reason ?? entry.text}</span>
          <span className={classes.source}>{entry.source}</span>
        </span>
      </button>
    </li>
  );
});

function headline({ kind, side, symbol, isSignal }: Entry): string {
  if (!isSignal) return "Message";
  return [kind === "open" ? side : kind, symbol].filter(Boolean).join(" ");
}
