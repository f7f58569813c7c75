import { Drawer } from "@mantine/core";
import { useMessage, useSignal } from "../api/queries";
import { useSelection } from "../app/selection";
import { Answer } from "../ui/Answer";
import { RawMessage } from "./RawMessage";
import { Steps } from "./Steps";
import classes from "./Trace.module.css";

/** The story of one line of the stream. */
export function TraceDrawer() {
  const { opened, openEntry } = useSelection();
  return (
    <Drawer
      opened={opened !== null}
      onClose={() => openEntry(null)}
      position="right"
      size={520}
      title={opened?.isSignal === false ? "Message" : "Signal"}
      classNames={{
        title: classes.title,
        header: classes.header,
        body: classes.body,
        content: classes.content,
      }}
      closeButtonProps={{ "aria-label": "Close" }}
      overlayProps={{ backgroundOpacity: 0.35 }}
    >
      {opened !== null &&
        (opened.isSignal ? <SignalTrace id={opened.id} /> : <MessageTrace id={opened.id} />)}
    </Drawer>
  );
}

function SignalTrace({ id }: { id: string }) {
  return (
    <Answer query={useSignal(id)} rows={6}>
      {(signal) => (
        <>
          <p className={classes.reading}>{signal.text}</p>
          {signal.message && <RawMessage message={signal.message} />}
          <Steps steps={signal.steps} />
        </>
      )}
    </Answer>
  );
}

function MessageTrace({ id }: { id: string }) {
  return (
    <Answer query={useMessage(id)} rows={6}>
      {(message) => (
        <>
          <p className={classes.reading}>{message.reason ?? "Nothing in it is a signal."}</p>
          <RawMessage message={message} />
          {message.story.signals.map((signal) => (
            <Steps key={signal.signal_id} steps={signal.steps} />
          ))}
        </>
      )}
    </Answer>
  );
}
