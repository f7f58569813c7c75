import type { QueryClient } from "@tanstack/react-query";
import { quotesQuery } from "../api/queries";
import type { Quote } from "../api/types";
import { merged, readQuotes } from "./quotes";

const TRADING = ["signals", "messages", "orders", "fills", "trades", "accounts"];

/**
 * What each kind of journal row makes stale, by the first word of its path under `/api/v1`.
 *
 * The page never rebuilds the hub's state from events: it asks again for what an event touched, so that an event that
 * comes twice, late or not at all does no harm. Prices alone are patched in place.
 */
const TOUCHES: Record<string, readonly string[]> = {
  hello: ["quotes", "bars", "health", "backtests", ...TRADING],
  message_received: ["messages"],
  message_due: ["messages", "signals"],
  signal_arrived: TRADING,
  venue_said: TRADING,
  submit_ended: TRADING,
  looked_up: TRADING,
  lookup_failed: TRADING,
  price_crossed: TRADING,
  timer_rang: TRADING,
  became_ready: ["health", "accounts", "instruments", "quotes"],
  lost_ready: ["health", "accounts"],
  backtest: ["backtests"],
};

const QUOTES = "quotes";
const API = "/api/v1/";
/** Events that come within this time are answered by one round of asking. */
const GATHER_MS = 200;

/** The kinds of events that the page listens to. */
export const followed: readonly string[] = [QUOTES, ...Object.keys(TOUCHES)];

export interface LiveCache {
  apply: (kind: string, data: string) => void;
  stop: () => void;
}

/** Lets events keep a query cache current. */
export function liveCache(client: QueryClient): LiveCache {
  const stale = new Set<string>();
  let timer: number | undefined;

  const askAgain = () => {
    timer = undefined;
    const touched = new Set(stale);
    stale.clear();
    client.invalidateQueries({ predicate: ({ queryKey }) => touched.has(resourceOf(queryKey)) });
  };

  return {
    apply(kind, data) {
      if (kind === QUOTES) {
        const fresh = readQuotes(data);
        client.setQueryData<Quote[]>(quotesQuery.queryKey, (known) => known && merged(known, fresh));
        return;
      }
      for (const resource of TOUCHES[kind] ?? []) stale.add(resource);
      timer ??= window.setTimeout(askAgain, GATHER_MS);
    },
    stop() {
      window.clearTimeout(timer);
    },
  };
}

/** `signals` for the query of `/api/v1/signals/{signal_id}`. */
function resourceOf([, path]: readonly unknown[]): string {
  return typeof path === "string" && path.startsWith(API) ? (path.slice(API.length).split("/")[0] ?? "") : "";
}
