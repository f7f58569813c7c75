import type { PreviewOrder } from "../api/types";
import { money } from "../money/format";
import { WhyRefused } from "../refusals/WhyRefused";
import classes from "./CommandBox.module.css";

/** What a line would do on one account. */
export function PreviewAccount({
  preview: { account, mode, summary, orders, refusal },
}: {
  preview: PreviewOrder;
}) {
  return (
    <section className={classes.account}>
      <h3>
        {account} <span className={mode === "live" ? "down" : "muted"}>{mode}</span>
      </h3>
      {refusal === null ? (
        summary !== orders[0]?.text && <p>{summary}</p>
      ) : (
        <p>
          <span className="down">Would be refused: </span>
          {refusal.sentence} <WhyRefused code={refusal.code} />
        </p>
      )}
      <ol className={classes.orders}>
        {orders.map((order) => (
          <PlannedOrder key={JSON.stringify(order)} order={order} />
        ))}
      </ol>
    </section>
  );
}

/** One order: its part in the trade, the hub's sentence on it, and the figures that the sentence leaves out. */
function PlannedOrder({ order: { leg, text, ...rest } }: { order: Record<string, unknown> }) {
  const sentence = String(text ?? "");
  const unsaid = figuresOf(rest).filter(([, value]) => !sentence.includes(value));
  return (
    <li>
      <span className={classes.leg}>{String(leg ?? "")}</span>
      <span>
        {sentence}
        {unsaid.map(([name, value]) => (
          <span key={name} className={classes.figure}>
            {name} <b>{value}</b>
          </span>
        ))}
      </span>
    </li>
  );
}

/** The fields of an order that have something to say. */
function figuresOf(order: Record<string, unknown>): [name: string, value: string][] {
  return Object.entries(order)
    .filter(([, value]) => typeof value === "string" || typeof value === "number")
    .map(([name, value]) => [
      name.replaceAll("_", " "),
      name === "value" ? money(String(value)) : String(value),
    ]);
}
