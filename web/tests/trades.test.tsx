import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { Fill, Instrument, OpenTrade, Quote } from "../src/api/types";
import { widened } from "../src/chart/autoscale";
import { candlesOf, moved } from "../src/chart/candle";
import { titlesOf } from "../src/chart/labels";
import { type LevelKind, levelsOf } from "../src/chart/levels";
import { markersOf } from "../src/chart/markers";
import { mark } from "../src/money/mark";
import { TradesPanel } from "../src/trades/TradesPanel";
import { renderWithHub } from "./render";

const trade: OpenTrade = {
  id: "tabc",
  account: "demo",
  mode: "paper",
  signal_id: "s1-0",
  symbol: "BTCUSDT",
  side: "buy",
  status: "open",
  quantity: "0.012",
  open_quantity: "0.008",
  entry_price: "66950.2",
  stop: "66480.0",
  targets: ["67050", "67600"],
  targets_done: 1,
  trailing: true,
  managed_by: "hub",
  price: "67000",
  pnl: "1.05",
  unrealised: "0.40",
  currency: "USDT",
  ts_opened: "2026-01-01T00:00:00Z",
};
const quote: Quote = { symbol: "BTCUSDT", bid: "67100.2", ask: "67100.4", ts: "2026-01-01T00:01:30Z" };
const instrument = { symbol: "BTCUSDT", quote: "USDT", multiplier: "1", tick_size: "0.1" } as Instrument;

describe("the open result", () => {
  it("is exact: a long at the bid, a short at the ask", () => {
    expect(mark(trade, quote, instrument)).toEqual({ price: "67100.2", unrealised: "1.2" });
    expect(mark({ ...trade, side: "sell" }, quote, instrument).unrealised).toBe("-1.2016");
  });

  it("stays the hub's where the currencies differ, with the price that it was worked out at", () => {
    const known = { price: "67000", unrealised: "0.40" };
    expect(mark({ ...trade, currency: "EUR" }, quote, instrument)).toEqual(known);
    expect(mark(trade, quote, undefined), "the currency is not known yet").toEqual(known);
  });
});

describe("the chart", () => {
  it("draws the entry, the stop as it stands, and the targets that are left", () => {
    expect(levelsOf(trade).map(({ kind, price }) => [kind, price])).toEqual([
      ["entry", 66950.2],
      ["stop", 66480],
      ["target", 67600],
    ]);
  });

  it("moves a line instead of drawing a second one", () => {
    const after = levelsOf({ ...trade, stop: "66500", targets_done: 1 });
    expect(after.map(({ id }) => id)).toEqual(levelsOf(trade).map(({ id }) => id));
  });

  it("lets near levels of one kind share a label, and others keep their own", () => {
    const level = (id: string, kind: LevelKind, price: number) => ({
      id,
      kind,
      price,
      title: `${kind} ${id}`,
    });
    const levels = [
      level("a", "stop", 100),
      level("b", "stop", 109),
      level("c", "stop", 117),
      level("d", "entry", 101),
      level("e", "stop", 118),
    ];
    const titles = titlesOf(levels, (price) => price);
    expect([...titles].sort()).toEqual([
      ["b", "3 stops"],
      ["d", "entry d"],
      ["e", "stop e"],
    ]);
    expect(titlesOf(levels.slice(2), () => null).size, "nothing is drawn yet").toBe(3);
  });

  it("shows what was bought and what was sold within a candle as one arrow each", () => {
    const fill = { exec_id: "1", side: "buy", quantity: "0.1", ts_event: "2026-01-01T00:01:05Z" } as Fill;
    const fills = [
      fill,
      { ...fill, exec_id: "2", quantity: "0.2" },
      { ...fill, exec_id: "3", side: "sell" } as Fill,
      { ...fill, exec_id: "4", ts_event: "2026-01-01T00:00:59Z" },
    ];
    const since = Date.parse("2026-01-01T00:01:00Z") / 1_000;
    expect(markersOf(fills, 60, since, {}, () => 0).map(({ shape, text }) => [shape, text])).toEqual([
      ["arrowUp", "0.3"],
      ["arrowDown", "0.1"],
    ]);
  });

  it("leaves out the quantities that would cover each other, and keeps every arrow", () => {
    const begin = Date.parse("2026-01-01T00:00:00Z") / 1_000;
    const fill = (minute: number, side: "buy" | "sell", quantity: string) =>
      ({ side, quantity, ts_event: new Date((begin + minute * 60) * 1_000).toISOString() }) as Fill;
    const fills = [
      fill(0, "buy", "0.01259"),
      fill(3, "sell", "0.5"),
      fill(4, "buy", "0.0126"),
      fill(20, "buy", "0.2"),
    ];
    const texts = (width: number) =>
      markersOf(fills, 60, begin, {}, (time) => ((time - begin) / 60) * width).map(({ text }) => text);
    expect(texts(6)).toEqual(["", "0.5", "", "0.2"]);
    expect(texts(30), "further apart").toEqual(["0.01259", "0.5", "0.0126", "0.2"]);
    expect(texts(0.5).filter((text) => text !== "")).toEqual(["0.5"]);
    const unplaced = markersOf(fills, 60, begin, {}, () => null);
    expect(
      unplaced.map(({ text }) => text),
      "not drawn yet",
    ).toEqual(fills.map(() => ""));
  });

  it("lets the last candle follow the price, and begins the next one in time", () => {
    const bar = {
      symbol: "BTCUSDT",
      ts: "2026-01-01T00:01:00Z",
      open: "1",
      high: "2",
      low: "1",
      close: "2",
      volume: "0",
    };
    const [last] = candlesOf([bar, bar]);
    expect(moved(last, { ...quote, bid: "3" }, 60)).toMatchObject({ open: 1, high: 3, low: 1, close: 3 });
    const next = moved(last, { ...quote, bid: "3", ts: "2026-01-01T00:02:01Z" }, 60);
    expect(next).toMatchObject({ time: Date.parse("2026-01-01T00:02:00Z") / 1_000, open: 3, low: 3 });
    expect(moved(last, { ...quote, ts: "2026-01-01T00:00:59Z" }, 60)).toBe(last);
  });

  it("brings near levels into view and does not let a far one flatten the candles", () => {
    const own = { priceRange: { minValue: 100, maxValue: 110 } };
    expect(widened(own, [95, 115, 500])?.priceRange).toEqual({ minValue: 95, maxValue: 115 });
    expect(widened(null, [95])).toBeNull();
  });
});

describe("the open trades", () => {
  const answers = {
    "GET /api/v1/trades/open": [trade],
    "GET /api/v1/trades": [],
    "GET /api/v1/orders": [],
    "GET /api/v1/instruments": [instrument],
    "GET /api/v1/quotes": [quote],
    "POST /api/v1/commands": {
      message_id: "m1",
      status: "read",
      reason: null,
      settled: true,
      duplicate: false,
      signals: [],
    },
  };

  it("are valued live and say who holds the stop", async () => {
    renderWithHub(<TradesPanel />, answers);
    expect(await screen.findByText("+1.20")).toBeTruthy();
    expect(screen.getByText("trailing, held by hub")).toBeTruthy();
  });

  it("stand above what the account holds that the hub did not open", async () => {
    const accounts = [{ id: "demo", foreign: { ETHUSDT: "2" } }];
    renderWithHub(<TradesPanel />, { ...answers, "GET /api/v1/accounts": accounts });
    expect(await screen.findByText(/demo holds 2 ETHUSDT that the hub did not open/)).toBeTruthy();
  });

  it("are closed and moved to breakeven by commands, each on its own account", async () => {
    const asked = renderWithHub(<TradesPanel />, answers);
    await userEvent.click(await screen.findByRole("button", { name: "Close buy BTCUSDT" }));
    await userEvent.click(await screen.findByRole("button", { name: "Breakeven buy BTCUSDT" }));
    const sent = asked.filter(({ what }) => what.startsWith("POST")).map(({ body }) => body);
    expect(sent).toEqual([
      { text: "close tabc", account: "demo", wait: 5 },
      { text: "be tabc", account: "demo", wait: 5 },
    ]);
  });

  it("say in words that there is none, or that the hub could not be asked", async () => {
    const { "GET /api/v1/trades/open": _, ...none } = answers;
    renderWithHub(<TradesPanel />, none);
    expect((await screen.findByRole("alert")).textContent).toContain("no GET /api/v1/trades/open");
  });
});
