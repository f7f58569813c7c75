import { Button, CloseButton, Loader } from "@mantine/core";
import { useSelection } from "../app/selection";
import { OutcomeTag } from "../ui/OutcomeTag";
import classes from "./CommandBox.module.css";
import type { Sent } from "./send";

/** What came of the line sent last. */
export function StoryPane({
  sent: { text, story, error },
  onDismiss,
}: {
  sent: Sent;
  onDismiss: () => void;
}) {
  const { openEntry } = useSelection();
  return (
    <div className={classes.pane}>
      <CloseButton size="sm" className={classes.dismiss} aria-label="Dismiss" onClick={onDismiss} />
      <p className={classes.sentText}>{text}</p>
      {error !== null && (
        <p className="down" role="alert">
          {error}
        </p>
      )}
      {error === null && story === undefined && (
        <Loader size="xs" type="dots" aria-label="waiting for the hub" />
      )}
      {story?.reason && <p className="warn">{story.reason}</p>}
      {story?.signals.map((signal) => {
        const last = lastSteps(signal.steps);
        return (
          <div key={signal.signal_id} className={classes.story}>
            {last.map((step) => (
              <p key={step.account ?? ""}>
                <OutcomeTag outcome={step.stage} /> {step.account && <b>{step.account}</b>} {step.text}
              </p>
            ))}
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => openEntry({ id: signal.signal_id, isSignal: true })}
            >
              Every step
            </Button>
          </div>
        );
      })}
    </div>
  );
}

/** Where the story stands on each account; before any account, where it stands at all. */
function lastSteps<S extends { account: string | null }>(steps: readonly S[]): S[] {
  const latest = new Map(steps.map((step) => [step.account, step]));
  if (latest.size > 1) latest.delete(null);
  return [...latest.values()];
}
