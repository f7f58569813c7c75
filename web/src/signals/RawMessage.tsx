import type { Message } from "../api/types";
import { moment } from "../money/time";
import classes from "./Trace.module.css";

/** A message as it arrived, to the letter. */
export function RawMessage({ message }: { message: Message }) {
  const from = [message.source, message.channel, message.author].filter(Boolean).join(" · ");
  return (
    <figure className={classes.message}>
      <figcaption className="muted">
        {from} · <time dateTime={message.ts_init}>{moment(message.ts_init)}</time>
        {message.revision > 0 && ` · revision ${message.revision}`}
      </figcaption>
      <pre>{message.text}</pre>
    </figure>
  );
}
