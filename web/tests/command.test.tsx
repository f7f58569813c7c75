import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { CommandBox } from "../src/command/CommandBox";
import { type Asked, renderWithHub } from "./render";

const READS = {
  reading: "buy 80 USDT of BTCUSDT at market",
  refusal: null,
  position: null,
  suggestion: null,
  accounts: [
    {
      account: "demo",
      mode: "paper",
      summary: "Buy 0.0011 BTCUSDT at market.",
      orders: [
        {
          leg: "entry",
          text: "buy 0.0011 BTCUSDT market",
          quantity: "0.0011",
          value: "79.717988",
          limit_price: null,
        },
      ],
      refusal: null,
    },
    {
      account: "swing",
      mode: "paper",
      summary: "",
      orders: [],
      refusal: { code: "halted", sentence: "The account is halted." },
    },
  ],
};
const UNREADABLE = {
  reading: "",
  refusal: { code: "unclear", sentence: "There is no flag “-tls”." },
  position: 11,
  suggestion: "-tsl",
  accounts: [],
};
const STORY = {
  message_id: "m1",
  status: "read",
  reason: null,
  settled: true,
  duplicate: false,
  signals: [
    {
      signal_id: "s1-0",
      kind: "open",
      symbol: "BTCUSDT",
      side: "buy",
      status: "routed",
      steps: [
        { account: null, stage: "received", code: null, text: "Stored", ts: "", ms: 0, took_ms: 0 },
        {
          account: "demo",
          stage: "filled",
          code: null,
          text: "Bought 0.0011 at 67,000",
          ts: "",
          ms: 1,
          took_ms: 1,
        },
      ],
    },
  ],
};

function open(): { asked: Asked; line: HTMLElement } {
  const asked = renderWithHub(<CommandBox />, {
    "POST /api/v1/preview": (body: unknown) => {
      const { text } = body as { text: string };
      return { text, ...(text.includes("-tls") ? UNREADABLE : READS) };
    },
    "POST /api/v1/commands": STORY,
  });
  return { asked, line: screen.getByLabelText("Command line") };
}

function sentIn(asked: Asked) {
  return asked.filter(({ what }) => what === "POST /api/v1/commands").map(({ body }) => body);
}

describe("the command box", () => {
  it("takes the keyboard at a slash", async () => {
    const { line } = open();
    await userEvent.keyboard("/");
    expect(document.activeElement).toBe(line);
    expect(line).toHaveProperty("value", "");
  });

  it("shows the exact orders and the refusals while the line is typed, and sends nothing", async () => {
    const { asked, line } = open();
    await userEvent.type(line, "buy btc 80");
    await screen.findByText("Buy 0.0011 BTCUSDT at market.");
    expect(screen.getByText("buy 0.0011 BTCUSDT market")).toBeTruthy();
    expect(screen.getByText("79.72")).toBeTruthy();
    expect(screen.queryByText(/limit price/)).toBeNull();
    expect(screen.getByText(/The account is halted/)).toBeTruthy();
    expect(sentIn(asked)).toEqual([]);
  });

  it("marks the word that it cannot read, does not send it, and takes the suggestion at Tab", async () => {
    const { asked, line } = open();
    await userEvent.type(line, "buy btc 80 -tls 2.8");
    const mark = await screen.findByText("-tls", { selector: "mark" });
    expect(mark).toBeTruthy();
    await waitFor(() => expect(line.getAttribute("aria-invalid")).toBe("true"));
    await userEvent.keyboard("{Enter}");
    expect(sentIn(asked)).toEqual([]);
    await userEvent.keyboard("{Tab}");
    expect(line).toHaveProperty("value", "buy btc 80 -tsl 2.8");
  });

  it("sends at Enter, once, and tells where each account stands", async () => {
    const { asked, line } = open();
    await userEvent.type(line, "buy btc 80{Enter}{Enter}");
    await screen.findByText(/Bought 0.0011 at 67,000/);
    expect(sentIn(asked)).toEqual([{ text: "buy btc 80", account: null, wait: 5 }]);
    await userEvent.keyboard("{Escape}");
    expect(screen.queryByText(/Bought 0.0011/)).toBeNull();
  });

  it("brings back earlier lines with the arrows", async () => {
    const { line } = open();
    await userEvent.type(line, "buy btc 80{Enter}sell gold 1{Enter}");
    await userEvent.keyboard("{ArrowUp}{ArrowUp}");
    expect(line).toHaveProperty("value", "buy btc 80");
    await userEvent.keyboard("{ArrowDown}");
    expect(line).toHaveProperty("value", "sell gold 1");
    await userEvent.keyboard("{ArrowDown}");
    expect(line).toHaveProperty("value", "");
  });
});
