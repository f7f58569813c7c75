import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Backtest, BacktestDetail } from "../src/api/types";
import { hrefOf, LIVE, labComparison, labRun, routeOf } from "../src/app/route";
import { marksOf } from "../src/lab/CandleBox";
import { differences, namesOf } from "../src/lab/Comparison";
import { draftOf, NO_SEARCH, sweepOf } from "../src/lab/draft";
import { percent, signedAmount, signedPercent } from "../src/lab/figures";
import { Lab } from "../src/lab/Lab";
import { chosenFrom, fieldsOf, given, wordsOf } from "../src/lab/schema";
import { spanOf } from "../src/lab/TradesChart";
import { type Answers, renderWithHub } from "./render";

vi.mock("../src/lab/EquityChart", () => ({ EquityChart: () => <p>a chart</p> }));

const PARAMETERS = {
  properties: {
    fast: {
      type: "integer",
      default: 20,
      minimum: 1,
      maximum: 1000,
      description: "Bars in the fast average.",
    },
    slow: { type: "integer", default: 100, minimum: 2, maximum: 5000 },
  },
};
const FORM = {
  $defs: { Sides: { enum: ["long", "short", "both"], type: "string" } },
  properties: {
    strategy: { type: "string" },
    data: { type: "string" },
    params: { type: "object" },
    side: { $ref: "#/$defs/Sides", default: "long", description: "take these entries only" },
    sl: { anyOf: [{ type: "string" }, { type: "null" }], default: null, description: "stop" },
    cash: { type: "number", default: 10000, exclusiveMinimum: 0 },
    fill: { anyOf: [{ $ref: "#/$defs/Sides" }, { type: "null" }], default: null },
    close_at_end: { type: "boolean", default: true },
  },
};
const FIGURES: Backtest["figures"] = {
  symbol: "SAMPLE",
  bars: 20000,
  start: "2024-01-01T00:00:00Z",
  end: "2024-07-27T08:00:00Z",
  elapsed_s: 0.1,
  cash: 10000,
  equity_final: 9527,
  total_return: -0.0473,
  buy_and_hold: -0.15,
  cagr: -0.08,
  volatility: 0.03,
  sharpe: -2.8,
  sortino: null,
  calmar: -1.5,
  max_drawdown: 0.05,
  max_drawdown_days: 196,
  exposure: 0.92,
  average_hours: 5.9,
  trades: 785,
  win_rate: 0.32,
  profit_factor: 0.78,
  expectancy: -0.6,
  fees: 281.1,
  spark: [10000, 9527],
};
const RUN: Backtest = {
  id: "b1",
  strategy: "sma-cross",
  data: "SAMPLE/15m",
  state: "done",
  progress: 1,
  stage: "",
  field: null,
  reason: null,
  request: { strategy: "sma-cross", data: "SAMPLE/15m", sl: "2%", qty: "3", params: { fast: 5 } },
  figures: FIGURES,
  ts_created: "2026-01-01T00:00:00Z",
  ts_started: null,
  ts_ended: null,
};
const TALLY = {
  trades: 2,
  wins: 1,
  losses: 1,
  win_rate: 0.5,
  pnl: 3,
  fees: 1,
  profit_factor: 2,
  expectancy: 1.5,
};
const DETAIL = {
  ...RUN,
  result: {
    name: "sma-cross",
    lane: "fast",
    elapsed_s: 0.1,
    bars: 20000,
    params: { fast: 5, slow: 100 },
    settings: { data: "SAMPLE/15m", sl: "2%" },
    left_out: { unaffordable: 3, unmeasured: 0 },
    trades: 60,
    trades_kept: 60,
    statistics: {
      years: 0.5,
      longest_wins: 4,
      longest_losses: 25,
      average_mae: 0.01,
      average_mfe: 0.02,
      all: TALLY,
      by_side: { long: TALLY },
      by_symbol: {},
      by_reason: {},
      by_hour: {},
      by_weekday: {},
      monthly: [{ year: 2024, months: [-0.01, 0.02, ...Array(10).fill(null)], total: 0.01 }],
      drawdowns: [],
    },
    equity: { at: [1, 2], value: [10000, 9527], held: [10000, 8500] },
    drawdown: { at: [1, 2], value: [0, 0.05] },
    candles: [],
  },
} as unknown as BacktestDetail;
const HISTORY = {
  id: "SAMPLE/15m",
  symbol: "SAMPLE",
  timeframe: "15m",
  ts_first: "2024-01-01T00:00:00Z",
  ts_last: "2024-07-27T07:45:00Z",
  bars: 20000,
  gaps: 0,
  bytes: 1,
  error: null,
};
const ANSWERS: Answers = {
  "GET /api/v1/strategies": [
    { id: "sma-cross", summary: "Crossings.", about: "", warmup: 100, parameters: PARAMETERS, error: null },
    { id: "macd", summary: "Its lines.", about: "", warmup: 30, parameters: {}, error: null },
  ],
  "GET /api/v1/histories": [HISTORY],
  "GET /api/v1/backtests/form": FORM,
  "GET /api/v1/backtests": [],
  "POST /api/v1/backtests": { ...RUN, state: "queued", figures: null },
};

afterEach(() => window.history.replaceState(null, "", "/"));

describe("an address", () => {
  it("leads back to what it was made of", () => {
    for (const route of [LIVE, labRun("b1"), labComparison(["b1", "b2"]), labComparison([])]) {
      const [pathname = "", search = ""] = hrefOf(route).split("?");
      expect(routeOf(pathname, search)).toEqual(route);
    }
    expect(routeOf("/elsewhere", "")).toEqual(LIVE);
  });
});

describe("a form from a schema", () => {
  it("has a field for everything it can ask, with bounds, default and choices", () => {
    const fields = fieldsOf(FORM);
    expect(fields.map(({ name, kind }) => [name, kind])).toEqual([
      ["strategy", "text"],
      ["data", "text"],
      ["side", "choice"],
      ["sl", "text"],
      ["cash", "number"],
      ["fill", "choice"],
      ["close_at_end", "flag"],
    ]);
    expect(fields.find(({ name }) => name === "cash")).toMatchObject({
      standard: "10000",
      least: 0,
      isAbove: true,
    });
    expect(fields.find(({ name }) => name === "side")?.choices).toEqual(["long", "short", "both"]);
    expect(fieldsOf({})).toEqual([]);
  });

  it("sends what differs from what holds anyway, as what it should be", () => {
    const values = { side: "both", sl: " 2% ", cash: "10000", fill: "", close_at_end: "false" };
    expect(given(fieldsOf(FORM), values)).toEqual({ side: "both", sl: "2%", close_at_end: false });
    expect(given(fieldsOf(PARAMETERS), { fast: "7", slow: "many" })).toEqual({ fast: 7, slow: "many" });
  });

  it("keeps a choice that is none of its own", () => {
    const [field] = fieldsOf({
      properties: { inside: { anyOf: [{ type: "string" }, { type: "null" }], default: null } },
    });
    if (field === undefined) throw new Error("no field");
    expect(chosenFrom(field, ["BTCUSDT/1m"])).toMatchObject({
      kind: "choice",
      choices: ["BTCUSDT/1m"],
      standard: "",
    });
    expect(given([chosenFrom(field, ["BTCUSDT/1m"])], { inside: "BTCUSDT/1m" })).toEqual({
      inside: "BTCUSDT/1m",
    });
  });

  it("is filled again from a backtest that was run", () => {
    expect(draftOf(RUN)).toEqual({
      strategy: "sma-cross",
      data: "SAMPLE/15m",
      params: { "sma-cross": { fast: "5" } },
      values: { sl: "2%", size: "3u" },
    });
  });
});

describe("figures", () => {
  it("carry their sign and never a minus before nothing", () => {
    expect([percent(0.01234), percent(null), percent(-0.00001)]).toEqual(["1.23 %", "–", "0.00 %"]);
    expect([signedPercent(0.5, 1), signedPercent(-0.5, 1), signedPercent(0)]).toEqual([
      "+50.0 %",
      "−50.0 %",
      "0.00 %",
    ]);
    expect([signedAmount(1234.5), signedAmount(-0.001)]).toEqual(["+1,234.50", "0.00"]);
  });
});

describe("trades on candles", () => {
  it("stand on the candle that holds their moment, in order", () => {
    const trade = {
      side: "long" as const,
      entry_time: "1970-01-01T00:01:30Z",
      exit_time: "1970-01-01T00:03:30Z",
      pnl: 1,
    };
    const short = {
      side: "short" as const,
      entry_time: "1970-01-01T00:00:00Z",
      exit_time: "1970-01-01T00:03:00Z",
      pnl: -1,
    };
    const marks = marksOf([trade, short], [0, 60, 180], { up: "green", down: "red", entry: "blue" });
    const beyond = { ...trade, exit_time: "1970-01-01T00:09:00Z" };
    const colours = { up: "green", down: "red", entry: "blue" };
    expect(marksOf([beyond], [120, 180], colours), "neither end lies on a candle").toEqual([]);
    expect(marks.map(({ time, shape, color }) => [time, shape, color])).toEqual([
      [0, "arrowDown", "blue"],
      [60, "arrowUp", "blue"],
      [180, "circle", "green"],
      [180, "circle", "red"],
    ]);
  });
});

describe("a stretch of trades", () => {
  it("goes from the first entry to the last exit", () => {
    const long = { entry_time: "1970-01-01T00:01:30Z", exit_time: "1970-01-01T00:05:00Z" };
    const short = { entry_time: "1970-01-01T00:02:00Z", exit_time: "1970-01-01T00:03:00Z" };
    expect(spanOf([short, long])).toEqual({ start: 90, end: 300 });
    expect(spanOf([])).toBeNull();
  });
});

describe("the Lab", () => {
  it("leads a first visit to a result with one press", async () => {
    const asked = renderWithHub(<Lab run={null} compared={[]} />, {
      ...ANSWERS,
      "GET /api/v1/histories": [],
      "POST /api/v1/histories/sample": HISTORY,
    });
    await userEvent.click(await screen.findByRole("button", { name: "Try sma-cross on a sample" }));
    await waitFor(() => expect(window.location.pathname).toBe("/lab/b1"));
    const begun = asked.find(({ what }) => what === "POST /api/v1/backtests");
    expect(begun?.body).toEqual({ strategy: "sma-cross", data: "SAMPLE/15m", sl: "2%" });
  });

  it("sends what the form says, and follows what comes of it", async () => {
    const asked = renderWithHub(<Lab run={null} compared={[]} />, ANSWERS);
    const fast = await screen.findByLabelText("Fast");
    expect(screen.getByRole("textbox", { description: "Bars in the fast average (1 to 1000)" })).toBe(fast);
    await userEvent.type(fast, "7");
    await userEvent.selectOptions(await screen.findByLabelText("Side"), "both");
    await userEvent.type(screen.getByLabelText("Stop"), "2%");
    await userEvent.click(screen.getByRole("button", { name: "Run backtest" }));
    await waitFor(() => expect(window.location.pathname).toBe("/lab/b1"));
    expect(asked.find(({ what }) => what === "POST /api/v1/backtests")?.body).toEqual({
      strategy: "sma-cross",
      data: "SAMPLE/15m",
      params: { fast: 7 },
      side: "both",
      sl: "2%",
    });
  });

  it("shows a refusal at the field that it is about", async () => {
    const refused = { error: { code: "invalid", message: "sl: 2x: not understood", where: "sl" } };
    renderWithHub(<Lab run={null} compared={[]} />, {
      ...ANSWERS,
      "POST /api/v1/backtests": () => refused,
    });
    vi.stubGlobal("fetch", refusing(globalThis.fetch, refused));
    await userEvent.type(await screen.findByLabelText("Stop"), "2x");
    await userEvent.click(screen.getByRole("button", { name: "Run backtest" }));
    expect(
      await screen.findByRole("textbox", { name: "Stop", description: /2x: not understood/ }),
    ).toBeTruthy();
    expect(screen.getByRole("alert").textContent).toContain("see the field");
  });

  it("shows what a run came to", async () => {
    renderWithHub(<Lab run="b1" compared={[]} />, {
      ...ANSWERS,
      "GET /api/v1/backtests": [RUN],
      "GET /api/v1/backtests/b1": DETAIL,
    });
    const result = await screen.findByRole("region", { name: "Result" });
    expect(await within(result).findByText("−4.73 %")).toBeTruthy();
    expect(within(result).getByText(/3 entries were left out/)).toBeTruthy();
    expect(within(result).getByRole("link", { name: "Offline report" })).toHaveProperty(
      "pathname",
      "/api/v1/backtests/b1/report",
    );
    expect(within(result).getByRole("cell", { name: "+2.0 %" })).toBeTruthy();
  });

  it("shows how far a run is, and cancels it", async () => {
    const running = {
      ...DETAIL,
      state: "running",
      progress: 0.3,
      stage: "trading",
      figures: null,
      result: null,
    };
    const asked = renderWithHub(<Lab run="b1" compared={[]} />, {
      ...ANSWERS,
      "GET /api/v1/backtests/b1": running,
      "POST /api/v1/backtests/b1/cancel": { ...RUN, state: "cancelled" },
    });
    expect((await screen.findByRole("status")).textContent).toContain("30 %, trading");
    await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(asked.map(({ what }) => what)).toContain("POST /api/v1/backtests/b1/cancel"));
  });

  it("says why a run failed, and at what", async () => {
    const failed = {
      ...DETAIL,
      state: "failed",
      field: "strategy",
      reason: "mine failed (line 3)",
      result: null,
    };
    renderWithHub(<Lab run="b1" compared={[]} />, { ...ANSWERS, "GET /api/v1/backtests/b1": failed });
    expect((await screen.findByRole("alert")).textContent).toContain("Strategy: mine failed (line 3)");
  });

  it("lays those that are ticked side by side", async () => {
    const other = { ...RUN, id: "b2" };
    const waiting = { ...RUN, id: "b3", state: "queued", figures: null };
    renderWithHub(<Lab run="b1" compared={[]} />, {
      ...ANSWERS,
      "GET /api/v1/backtests": [waiting, other, RUN],
      "GET /api/v1/backtests/b1": DETAIL,
    });
    const boxes = await screen.findAllByRole("checkbox", { name: /^Compare sma-cross/ });
    expect(boxes.map((box) => (box as HTMLInputElement).disabled)).toEqual([true, false, false]);
    const compare = screen.getByRole("button", { name: /^Compare/ });
    expect(compare).toHaveProperty("disabled", true);
    for (const box of boxes.slice(1)) await userEvent.click(box);
    await userEvent.click(compare);
    expect(window.location.search).toBe("?compare=b2,b1");
  });

  it("compares figures and what was set differently", async () => {
    const better = { ...DETAIL, id: "b2", figures: { ...FIGURES, total_return: 0.2 } };
    renderWithHub(<Lab run={null} compared={["b1", "b2"]} />, {
      ...ANSWERS,
      "GET /api/v1/backtests/compare": { backtests: [DETAIL, better] },
    });
    const row = await screen.findByRole("row", { name: /^Return/ });
    expect(
      within(row)
        .getAllByRole("cell")
        .map((cell) => cell.innerHTML),
    ).toEqual(["−4.73 %", "<b>+20.00 %</b>"]);
  });
});

describe("a comparison", () => {
  const one = DETAIL as unknown as Parameters<typeof differences>[0][number];

  it("names what is alike apart, and lists only what differs", () => {
    expect(namesOf([RUN, RUN])).toEqual(["A sma-cross SAMPLE/15m", "B sma-cross SAMPLE/15m"]);
    const slower = { ...one, result: { ...one.result, params: { fast: 5, slow: 200 } } };
    expect(differences([one, slower])).toEqual(["slow"]);
    expect(differences([one, one])).toEqual([]);
  });
});

function refusing(next: typeof fetch, body: unknown): typeof fetch {
  return async (input, init) => {
    const isPost = input instanceof Request && input.method === "POST";
    return isPost ? Response.json(body, { status: 422 }) : next(input, init);
  };
}

describe("a search", () => {
  const parameters = fieldsOf(PARAMETERS);

  it("offers the words that the hub knows", () => {
    expect(wordsOf({ $defs: { Objective: { enum: ["sharpe", "return"] } } }, "Objective")).toEqual([
      "sharpe",
      "return",
    ]);
    expect(wordsOf(undefined, "Objective")).toEqual([]);
  });

  it("is asked for only where there are values to search", () => {
    expect(sweepOf(NO_SEARCH, parameters)).toBeUndefined();
    const empty = { ...NO_SEARCH, axes: [{ name: "fast", values: " " }] };
    expect(sweepOf(empty, parameters)).toBeUndefined();
    const gone = { ...NO_SEARCH, axes: [{ name: "of another strategy", values: "1,2" }] };
    expect(sweepOf(gone, parameters)).toBeUndefined();
    const some = {
      ...NO_SEARCH,
      axes: [{ name: "fast", values: "5:50:5" }],
      search: "random",
      where: "fast<slow",
    };
    expect(sweepOf(some, parameters)).toEqual({
      axes: { fast: "5:50:5" },
      objective: "sharpe",
      search: "random",
      holdout: 0.3,
      paths: 1000,
      trials: 100,
      where: ["fast<slow"],
    });
  });

  it("shows its verdict and its map, and the best as a backtest", async () => {
    const found = {
      search: "grid",
      objective: "sharpe",
      combinations: 4,
      trials: 4,
      profitable: 0.25,
      axes: [
        { name: "fast", values: [5, 10] },
        { name: "sl", values: ["1%", null] },
      ],
      best: [
        { set: { fast: 5, sl: null }, inside: { objective: 0.5, return: 0.1, trades: 7 }, outside: null },
      ],
      verdict: {
        word: "luck",
        summary: "Do not trade it.",
        sentences: [{ weight: "bad", sentence: "It was luck." }],
      },
      heat_map: {
        rows: { name: "fast", values: [5, 10] },
        columns: { name: "sl", values: ["1%", null] },
        mean: [
          [0.5, null],
          [-1, 0.2],
        ],
        smooth: [],
      },
    };
    renderWithHub(<Lab run="b1" compared={[]} />, {
      ...ANSWERS,
      "GET /api/v1/backtests/b1": {
        ...DETAIL,
        request: { ...RUN.request, sweep: { axes: { fast: "5,10" } } },
      },
      "GET /api/v1/backtests/b1/sweep": found,
    });
    expect(await screen.findByRole("heading", { name: "Do not trade it." })).toBeTruthy();
    const row = await screen.findByRole("row", { name: /^10 / });
    expect(
      within(row)
        .getAllByRole("cell")
        .map((cell) => cell.textContent),
    ).toEqual(["−1.00", "0.20"]);
    expect(screen.getByRole("row", { name: /^5 none 0.50/ })).toBeTruthy();
  });
});
