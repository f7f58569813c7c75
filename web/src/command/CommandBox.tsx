import { useDebouncedValue, useHotkeys } from "@mantine/hooks";
import { type KeyboardEvent, useRef, useState } from "react";
import { useSelection } from "../app/selection";
import classes from "./CommandBox.module.css";
import { useHistory } from "./history";
import { PreviewPane } from "./PreviewPane";
import { corrected, isUnreadable, usePreview } from "./preview";
import { StoryPane } from "./StoryPane";
import { useLastSent, useSend } from "./send";

const PREVIEW_AFTER_MS = 150;

/** The command line: shows what a line would do while it is typed, sends it on Enter, tells what came of it. */
export function CommandBox() {
  const input = useRef<HTMLInputElement>(null);
  const { account } = useSelection();
  const [text, setText] = useState("");
  const [dismissed, setDismissed] = useState(0);
  const [asked] = useDebouncedValue(text, PREVIEW_AFTER_MS);
  const preview = usePreview(asked, account);
  const history = useHistory();
  const send = useSend();
  const sent = useLastSent();
  const isTyping = text.trim() !== "";
  const suggestion = preview.data && preview.data.text === text ? corrected(preview.data) : null;

  useHotkeys([["/", () => input.current?.focus()]]);

  const submit = () => {
    if (!isTyping || isUnreadable(preview.data, text)) return;
    send.mutate({ text, account });
    history.remember(text);
    setText("");
  };

  const recall = (line: string | null) => {
    if (line !== null) setText(line);
    return line !== null;
  };

  const dismiss = () => {
    setText("");
    setDismissed(sent?.at ?? 0);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter") submit();
    else if (event.key === "Escape") dismiss();
    else if (event.key === "ArrowUp" && recall(history.walk(1))) event.preventDefault();
    else if (event.key === "ArrowDown" && recall(history.walk(-1))) event.preventDefault();
    else if (event.key === "Tab" && !event.shiftKey && recall(suggestion)) event.preventDefault();
  };

  return (
    <search className={classes.bar} aria-label="Command">
      <span className={classes.prompt} aria-hidden="true">
        {account ?? "all accounts"} ›
      </span>
      <input
        ref={input}
        className={classes.input}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        placeholder="buy btc 80 -tsl 2.8"
        aria-label="Command line"
        aria-describedby="command-answer"
        aria-invalid={isTyping && isUnreadable(preview.data, text)}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        enterKeyHint="send"
      />
      <kbd className={classes.hint}>{isTyping ? "Enter sends" : "/"}</kbd>
      <div id="command-answer" aria-live="polite">
        {isTyping ? (
          <PreviewPane text={text} query={preview} suggestion={suggestion} onAccept={setText} />
        ) : (
          sent && sent.at > dismissed && <StoryPane sent={sent} onDismiss={() => setDismissed(sent.at)} />
        )}
      </div>
    </search>
  );
}
