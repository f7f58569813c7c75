import classes from "./OutcomeTag.module.css";

const TONE: Record<string, string | undefined> = {
  filled: classes.good,
  approved: classes.good,
  accepted: classes.good,
  closed: classes.good,
  working: classes.busy,
  partially_filled: classes.busy,
  submitting: classes.busy,
  refused: classes.bad,
  held: classes.busy,
  rejected: classes.bad,
  unknown: classes.warn,
  unclear: classes.warn,
};

/** How something ended, as a word with a tone. */
export function OutcomeTag({ outcome }: { outcome: string }) {
  return <span className={`${classes.tag} ${TONE[outcome] ?? ""}`}>{outcome.replaceAll("_", " ")}</span>;
}
