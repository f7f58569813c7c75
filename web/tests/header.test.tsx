import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { Account, Health } from "../src/api/types";
import { Header } from "../src/header/Header";
import { renderWithHub } from "./render";

const demo: Account = {
  id: "demo",
  venue: "paper",
  mode: "paper",
  currency: "USDT",
  ready: true,
  halted: false,
  balance: "10000",
  equity: "10482.17",
  free: "9000",
  open_trades: 2,
  open_orders: 1,
  realised_today: "-84.2",
  foreign: {},
  not_ready_reason: null,
};
const HEALTH: Health = {
  ready: true,
  failure: null,
  warnings: [],
  accounts: { demo: "ready" },
  backlog: 0,
  journal_pos: "1",
  detail: {},
};
const FLAT = { account: "demo", flat: false, cancelled: 1, closed: 1, remaining: ["XAUUSD 1.5"] };

function open(accounts: Account[] = [demo], health: Partial<Health> = {}) {
  return renderWithHub(<Header link="live" />, {
    "GET /api/v1/accounts": accounts,
    "GET /api/v1/health": { ...HEALTH, ...health },
    "POST /api/v1/flatten": [FLAT],
    "POST /api/v1/halt": { accounts: [], story: {} },
  });
}

function posts(asked: { what: string }[]) {
  return asked.map(({ what }) => what).filter((what) => what.startsWith("POST"));
}

describe("the header", () => {
  it("shows the money of one currency added up, and of several not at all", async () => {
    open([demo, { ...demo, id: "swing", equity: "0.83" }]);
    expect(await screen.findByText("10,483.00")).toBeTruthy();
    expect(screen.getByText("\u2212168.40")).toBeTruthy();
  });

  it("does not add dollars to euros", async () => {
    open([demo, { ...demo, id: "eur", currency: "EUR" }]);
    await screen.findByText("Paper");
    expect(screen.queryByText("20,964.34")).toBeNull();
  });

  it("warns as soon as one of the accounts shown is live", async () => {
    open([demo, { ...demo, id: "real", mode: "live" }]);
    expect(await screen.findByText("Live")).toBeTruthy();
  });
});

describe("what a person should look at", () => {
  it("is a banner that needs no pointer to be read", async () => {
    const unwatched =
      "account two is not in the configuration: nobody watches its stops: trade tabc (BTCUSDT)";
    open([demo], { warnings: [unwatched, "another one"], failure: "no room left" });
    const banner = within(await screen.findByRole("alert"));
    expect(banner.getByText(unwatched)).toBeTruthy();
    expect(banner.getByText("another one")).toBeTruthy();
    expect(banner.getByText("no room left")).toBeTruthy();
  });

  it("takes no room where there is nothing", async () => {
    open();
    await screen.findByText("Ready");
    expect(screen.queryByRole("alert")).toBeNull();
  });
});

describe("the kill switch", () => {
  it("halts at one press", async () => {
    const asked = open();
    await userEvent.click(await screen.findByRole("button", { name: "Halt" }));
    expect(posts(asked)).toEqual(["POST /api/v1/halt"]);
  });

  it("says what flatten will do before it does it, and calls flat only what the hub calls flat", async () => {
    const asked = open();
    await screen.findByText("Paper");
    await userEvent.click(screen.getByRole("button", { name: "Flatten" }));
    const dialog = within(await screen.findByRole("dialog"));
    expect(dialog.getByText(/2 open trades, 1 resting order$/)).toBeTruthy();
    expect(posts(asked)).toEqual([]);
    await userEvent.click(dialog.getByRole("button", { name: "Halt, cancel and close" }));
    expect(await dialog.findByText(/is not flat yet. Remaining: XAUUSD 1.5/)).toBeTruthy();
    expect(posts(asked)).toEqual(["POST /api/v1/flatten"]);
  });
});
