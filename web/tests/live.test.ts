import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { quotesQuery } from "../src/api/queries";
import type { Quote } from "../src/api/types";
import { liveCache } from "../src/live/cache";
import { follow, type LinkState } from "../src/live/stream";

const BTC: Quote = { symbol: "BTCUSDT", bid: "100", ask: "101", ts: "2026-01-01T00:00:00Z" };
const EUR: Quote = { symbol: "EURUSD", bid: "1.1", ask: "1.2", ts: "2026-01-01T00:00:00Z" };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("prices from the stream", () => {
  it("move in place, and leave the others untouched", () => {
    const client = new QueryClient();
    client.setQueryData(quotesQuery.queryKey, [BTC, EUR]);
    liveCache(client).apply(
      "quotes",
      JSON.stringify([{ ...BTC, bid: "102", ask: "103", ts: 1_767_225_601e9 }]),
    );
    const [btc, eur] = client.getQueryData<Quote[]>(quotesQuery.queryKey) ?? [];
    expect(btc).toEqual({ symbol: "BTCUSDT", bid: "102", ask: "103", ts: "2026-01-01T00:00:01.000Z" });
    expect(eur).toBe(EUR);
  });

  it("do not pretend that the list is complete before it was asked for", () => {
    const client = new QueryClient();
    liveCache(client).apply("quotes", JSON.stringify([{ ...BTC, ts: 0 }]));
    expect(client.getQueryData(quotesQuery.queryKey)).toBeUndefined();
  });
});

describe("journal events", () => {
  const openTrades = ["get", "/api/v1/trades/open", {}];
  const signal = ["get", "/api/v1/signals/{signal_id}", {}];
  const instruments = ["get", "/api/v1/instruments", {}];

  function cached(): QueryClient {
    const client = new QueryClient();
    for (const key of [openTrades, signal, instruments]) client.setQueryData(key, []);
    return client;
  }

  it("make stale what they touch, in one round, and nothing else", () => {
    const client = cached();
    const invalidate = vi.spyOn(client, "invalidateQueries");
    const cache = liveCache(client);
    for (let i = 0; i < 100; i++) cache.apply("venue_said", "{}");
    vi.advanceTimersByTime(1_000);
    expect(invalidate).toHaveBeenCalledTimes(1);
    expect(client.getQueryState(openTrades)?.isInvalidated).toBe(true);
    expect(client.getQueryState(signal)?.isInvalidated).toBe(true);
    expect(client.getQueryState(instruments)?.isInvalidated).toBe(false);
  });

  it("do nothing after the screen is gone", () => {
    const client = cached();
    const cache = liveCache(client);
    cache.apply("venue_said", "{}");
    cache.stop();
    vi.advanceTimersByTime(1_000);
    expect(client.getQueryState(openTrades)?.isInvalidated).toBe(false);
  });
});

class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  static opened: FakeSource[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  constructor(readonly url: string) {
    super();
    FakeSource.opened.push(this);
  }
  close() {
    this.readyState = FakeSource.CLOSED;
  }
  fail(readyState: number) {
    this.readyState = readyState;
    this.onerror?.();
  }
}

describe("the link to the hub", () => {
  let states: LinkState[];
  let events: string[];
  let leave: () => void;

  beforeEach(() => {
    vi.stubGlobal("EventSource", FakeSource);
    FakeSource.opened = [];
    states = [];
    events = [];
    leave = follow("/stream", ["hello"], {
      onEvent: (kind, data) => events.push(`${kind} ${data}`),
      onState: (state) => states.push(state),
    });
  });

  it("says so while it is lost, and when it is back", () => {
    const [source] = FakeSource.opened;
    source?.onopen?.();
    source?.fail(0);
    source?.onopen?.();
    expect(states).toEqual(["connecting", "live", "reconnecting", "live"]);
    expect(FakeSource.opened).toHaveLength(1);
  });

  it("is opened anew behind the last event where the browser gave up", () => {
    const [source] = FakeSource.opened;
    source?.onopen?.();
    source?.dispatchEvent(new MessageEvent("hello", { data: "{}", lastEventId: "42" }));
    source?.fail(FakeSource.CLOSED);
    vi.advanceTimersByTime(1_000);
    expect(events).toEqual(["hello {}"]);
    expect(FakeSource.opened.at(-1)?.url).toBe("/stream?after=42");
  });

  it("waits longer each time, and stops when the screen is gone", () => {
    FakeSource.opened[0]?.fail(FakeSource.CLOSED);
    vi.advanceTimersByTime(1_000);
    FakeSource.opened[1]?.fail(FakeSource.CLOSED);
    vi.advanceTimersByTime(1_000);
    expect(FakeSource.opened).toHaveLength(2);
    leave();
    vi.advanceTimersByTime(60_000);
    expect(FakeSource.opened).toHaveLength(2);
  });
});
