import { Button } from "@mantine/core";
import { sentence } from "../api/errors";
import type { Preview } from "../api/types";
import classes from "./CommandBox.module.css";
import { PreviewAccount } from "./PreviewAccount";
import { splitAt } from "./preview";

interface PreviewPaneProps {
  text: string;
  query: { data: Preview | undefined; error: unknown };
  suggestion: string | null;
  onAccept: (line: string) => void;
}

/** What the typed line would do: orders account by account, or where and why it cannot be read. */
export function PreviewPane({ text, query: { data, error }, suggestion, onAccept }: PreviewPaneProps) {
  if (data === undefined) {
    return (
      <div className={classes.pane}>{error ? <p role="alert">{sentence(error)}</p> : <p>Reading…</p>}</div>
    );
  }
  return (
    <div className={classes.pane} data-stale={data.text !== text || undefined}>
      {data.refusal === null ? (
        <p className={classes.reading}>{data.reading}</p>
      ) : (
        <>
          {data.position !== null && <Marked text={data.text} position={data.position} />}
          <p className="down">{data.refusal.sentence}</p>
        </>
      )}
      {suggestion !== null && (
        <Button size="compact-xs" variant="light" onClick={() => onAccept(suggestion)}>
          Tab: {suggestion}
        </Button>
      )}
      {data.accounts.map((account) => (
        <PreviewAccount key={account.account} preview={account} />
      ))}
    </div>
  );
}

function Marked({ text, position }: { text: string; position: number }) {
  const [before, word, after] = splitAt(text, position);
  return (
    <pre className={classes.echo}>
      {before}
      <mark>{word === "" ? " " : word}</mark>
      {after}
    </pre>
  );
}
