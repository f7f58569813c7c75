import type { Message, Order, Signal } from "../api/types";

export type Outcome =
  | "filled"
  | "working"
  | "unknown"
  | "rejected"
  | "cancelled"
  | "refused"
  | "held"
  | "unclear"
  | "routed";

/** One line of the stream: a signal, or a message that could not be read as one. */
export interface Entry {
  id: string;
  messageId: string;
  isSignal: boolean;
  kind: string;
  symbol: string | null;
  side: string | null;
  text: string;
  source: string;
  outcome: Outcome;
  reason: string | null;
  ts: string;
}

/** The stream, newest first, put together from what the hub lists. */
export function entriesOf(
  signals: readonly Signal[],
  messages: readonly Message[],
  orders: readonly Order[],
): Entry[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const bySignal = new Map<string, Order[]>();
  for (const order of orders)
    bySignal.set(order.signal_id, [...(bySignal.get(order.signal_id) ?? []), order]);
  const read = signals.map((signal) => ({
    id: signal.id,
    messageId: signal.message_id,
    isSignal: true,
    kind: signal.kind,
    symbol: signal.symbol,
    side: signal.side,
    text: signal.text,
    source: sourceOf(byId.get(signal.message_id)),
    outcome:
      signal.status === "refused" || signal.status === "held"
        ? signal.status
        : outcomeOf(bySignal.get(signal.id) ?? []),
    reason: signal.reason,
    ts: signal.ts,
  }));
  const unclear = messages
    .filter((message) => message.status === "unclear")
    .map((message) => ({
      id: message.id,
      messageId: message.id,
      isSignal: false,
      kind: "unclear",
      symbol: null,
      side: null,
      text: message.text,
      source: sourceOf(message),
      outcome: "unclear" as const,
      reason: message.reason,
      ts: message.ts_init,
    }));
  return [...read, ...unclear].sort((a, b) => (a.ts < b.ts ? 1 : -1));
}

/** How far a signal's orders came; the best news of any account counts, an unknown one is never hidden. */
function outcomeOf(orders: readonly Order[]): Outcome {
  const has = (...statuses: Order["status"][]) => orders.some((order) => statuses.includes(order.status));
  if (has("unknown")) return "unknown";
  if (has("filled", "partially_filled")) return "filled";
  if (has("submitting", "working")) return "working";
  if (has("rejected")) return "rejected";
  if (has("cancelled", "expired")) return "cancelled";
  return "routed";
}

function sourceOf(message: Message | undefined): string {
  if (message === undefined) return "";
  return message.source === message.channel ? message.source : `${message.source} · ${message.channel}`;
}
