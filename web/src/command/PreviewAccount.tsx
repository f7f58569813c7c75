import type { PreviewOrder } from "../api/types";
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
        <p>{summary}</p>
      ) : (
        <p>
          <span className="down">Would be refused: </span>
          {refusal.sentence} <WhyRefused code={refusal.code} />
        </p>
      )}
      {orders.map((order) => (
        <dl key={JSON.stringify(order)} className={classes.order}>
          {figuresOf(order).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      ))}
    </section>
  );
}

/** The fields of an order that have something to say, in the hub's order and words. */
function figuresOf(order: Record<string, unknown>): [name: string, value: string][] {
  return Object.entries(order)
    .filter(([, value]) => value !== null && value !== false && !(Array.isArray(value) && value.length === 0))
    .filter(([, value]) => typeof value !== "object" || Array.isArray(value))
    .map(([name, value]) => [
      name.replaceAll("_", " "),
      Array.isArray(value) ? value.join(", ") : String(value),
    ]);
}
