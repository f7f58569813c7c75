import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { Message, Order, Signal } from "../src/api/types";
import { sectionsOf } from "../src/refusals/sections";
import { entriesOf } from "../src/signals/entries";
import { SignalStream } from "../src/signals/SignalStream";
import { TraceDrawer } from "../src/signals/TraceDrawer";
import { renderWithHub } from "./render";

const message: Message = {
  id: "m1",
  source: "hook",
  channel: "tradingview",
  external_id: null,
  revision: 0,
  reply_to: null,
  author: null,
  account: null,
  text: "buy btc 80000",
  status: "read",
  reason: null,
  ts_event: "2026-01-01T00:00:00Z",
  ts_init: "2026-01-01T00:00:00Z",
};
const signal: Signal = {
  id: "s1-0",
  message_id: "m1",
  kind: "open",
  symbol: "BTCUSDT",
  side: "buy",
  text: "buy 80,000 USDT of BTCUSDT",
  data: {},
  status: "routed",
  code: null,
  reason: null,
  ts: "2026-01-01T00:00:00Z",
};

function outcomeWith(...statuses: Order["status"][]) {
  const orders = statuses.map((status) => ({ signal_id: signal.id, status }) as Order);
  return entriesOf([signal], [message], orders)[0]?.outcome;
}

describe("the stream of signals", () => {
  it("tells how far the orders came", () => {
    expect(outcomeWith()).toBe("routed");
    expect(outcomeWith("submitting")).toBe("working");
    expect(outcomeWith("rejected", "filled")).toBe("filled");
    expect(outcomeWith("rejected")).toBe("rejected");
  });

  it("never hides an order that nobody knows the end of", () =>
    expect(outcomeWith("filled", "unknown")).toBe("unknown"));

  it("shows messages that could not be read, newest first, with their source", () => {
    const unclear: Message = {
      ...message,
      id: "m2",
      status: "unclear",
      reason: "No such verb.",
      ts_init: "2026-01-01T00:00:01Z",
    };
    const entries = entriesOf([signal], [message, unclear], []);
    expect(entries.map(({ id, source }) => [id, source])).toEqual([
      ["m2", "hook · tradingview"],
      ["s1-0", "hook · tradingview"],
    ]);
  });

  it("opens the trace: every step with its milliseconds, the refusal in words, the message to the letter", async () => {
    const reason = "Worth 80,000 USDT; the limit for one order is 10,000.";
    const refused: Signal = { ...signal, status: "refused", code: "max_order_value", reason };
    const steps = [
      {
        account: null,
        stage: "received",
        code: null,
        text: "Stored",
        ts: signal.ts,
        ms: 0.11,
        took_ms: 0.11,
      },
      {
        account: "demo",
        stage: "refused",
        code: "max_order_value",
        text: reason,
        ts: signal.ts,
        ms: 0.42,
        took_ms: 0.31,
      },
    ];
    renderWithHub(
      <>
        <SignalStream />
        <TraceDrawer />
      </>,
      {
        "GET /api/v1/signals": [refused],
        "GET /api/v1/messages": [message],
        "GET /api/v1/orders": [],
        "GET /api/v1/signals/s1-0": { ...refused, message, steps },
      },
    );
    await userEvent.click(await screen.findByRole("button", { name: /Buy BTCUSDT/i }));
    expect(await screen.findByText("0.31 ms")).toBeTruthy();
    expect(screen.getByText("buy btc 80000")).toBeTruthy();
    expect(screen.getAllByText(reason)).toHaveLength(2);
    expect(screen.getByText(/max_order_value/)).toBeTruthy();
  });
});

describe("the sections on refusals", () => {
  it("are found by their code, in plain words", () => {
    const sections = sectionsOf(
      "# Refusals\n\nIntro.\n\n## halted\n\nThe account is\n**halted**.\n\nType `resume`.\n\n## `drawdown` {#drawdown}\n\nToo deep.\n",
    );
    expect([...sections]).toEqual([
      ["halted", ["The account is halted.", "Type resume."]],
      ["drawdown", ["Too deep."]],
    ]);
  });
});
