import { useMessages, useOrders, useSignals } from "../api/queries";
import { useSelection } from "../app/selection";
import { Answer } from "../ui/Answer";
import { Panel } from "../ui/Panel";
import { entriesOf } from "./entries";
import { SignalRow } from "./SignalRow";
import classes from "./SignalStream.module.css";

/** What came in, newest first; each line opens its trace. */
export function SignalStream() {
  const signals = useSignals();
  const messages = useMessages();
  const orders = useOrders(null);
  const { openEntry } = useSelection();

  return (
    <Panel label="Signals">
      <Answer query={signals} rows={8} isEmpty={() => false}>
        {(all) => {
          const entries = entriesOf(all, messages.data ?? [], orders.data ?? []);
          if (entries.length === 0) {
            return <p className={classes.none}>No signal yet. Type one above, or post to a webhook.</p>;
          }
          return (
            <ul className={classes.list}>
              {entries.map((entry) => (
                <SignalRow key={entry.id} entry={entry} onOpen={openEntry} />
              ))}
            </ul>
          );
        }}
      </Answer>
    </Panel>
  );
}
