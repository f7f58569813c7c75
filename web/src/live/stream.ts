/** How fresh the screen is: `live` only while the hub's event stream is open. */
export type LinkState = "connecting" | "live" | "reconnecting";

export interface StreamHandlers {
  /** One event: `kind` as the hub names it, `data` as the hub sent it. */
  onEvent: (kind: string, data: string) => void;
  onState: (state: LinkState) => void;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 15_000;

/**
 * Follow the hub's event stream until the returned function is called.
 *
 * A dropped connection is the browser's to restore, with `Last-Event-ID`. Where the browser gives up (the hub answered
 * with an error while starting), the stream is opened anew behind the last event, with growing pauses.
 */
export function follow(
  url: string,
  kinds: readonly string[],
  { onEvent, onState }: StreamHandlers,
): () => void {
  let source: EventSource | undefined;
  let timer: number | undefined;
  let pause = FIRST_RETRY_MS;
  let wasLive = false;
  let lastId = "";

  const open = () => {
    const opened = new EventSource(lastId === "" ? url : `${url}?after=${lastId}`);
    source = opened;
    opened.onopen = () => {
      pause = FIRST_RETRY_MS;
      wasLive = true;
      onState("live");
    };
    opened.onerror = () => {
      onState(wasLive ? "reconnecting" : "connecting");
      if (opened.readyState !== EventSource.CLOSED) return;
      timer = window.setTimeout(open, pause);
      pause = Math.min(pause * 2, LONGEST_RETRY_MS);
    };
    for (const kind of kinds) {
      opened.addEventListener(kind, (event: MessageEvent<string>) => {
        lastId = event.lastEventId;
        onEvent(kind, event.data);
      });
    }
  };

  onState("connecting");
  open();
  return () => {
    window.clearTimeout(timer);
    source?.close();
  };
}
