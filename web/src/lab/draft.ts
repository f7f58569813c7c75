import type { Backtest } from "../api/types";
import type { Field, Values } from "./schema";

/** What a person has filled in so far. */
export interface Draft {
  strategy: string;
  data: string;
  /** Parameters by strategy: going back to one finds what was set there. */
  params: Readonly<Record<string, Values>>;
  values: Values;
  search?: SearchDraft;
}

/** Values to search; no axis: nothing is searched. */
export interface SearchDraft {
  axes: readonly { name: string; values: string }[];
  objective: string;
  search: string;
  trials: string;
  holdout: string;
  where: string;
}

export const EMPTY: Draft = { strategy: "", data: "", params: {}, values: {} };
export const NO_SEARCH: SearchDraft = {
  axes: [],
  objective: "sharpe",
  search: "grid",
  trials: "",
  holdout: "0.3",
  where: "",
};

const EXITS = ["sl", "tp", "tsl", "be", "side"];

/** What can be searched: the strategy's own parameters, and exits. */
export function searchable(parameters: readonly Field[]): string[] {
  return [...parameters.map(({ name }) => name), ...EXITS];
}

/** A search as the hub takes it; undefined where nothing is searched. */
export function sweepOf(
  draft: SearchDraft,
  parameters: readonly Field[],
): Record<string, unknown> | undefined {
  const names = searchable(parameters);
  const axes = draft.axes.filter(({ name, values }) => names.includes(name) && values.trim() !== "");
  if (axes.length === 0) return undefined;
  const trials = Number(draft.trials);
  return {
    axes: Object.fromEntries(axes.map(({ name, values }) => [name, values.trim()])),
    objective: draft.objective,
    search: draft.search,
    holdout: Number(draft.holdout),
    paths: 1_000,
    ...(draft.search !== "grid" ? { trials: trials > 0 ? trials : 100 } : {}),
    ...(draft.where.trim() === "" ? {} : { where: draft.where.split(",").map((one) => one.trim()) }),
  };
}

/** The form as it was for a backtest. */
export function draftOf({ strategy, data, request }: Backtest): Draft {
  const { strategy: _strategy, data: _data, params, qty, sweep: _sweep, ...rest } = request;
  const values = texts(rest);
  return {
    strategy,
    data,
    params: { [strategy]: texts(params) },
    values: typeof qty === "string" ? { ...values, size: `${qty}u` } : values,
  };
}

function texts(values: unknown): Values {
  if (typeof values !== "object" || values === null) return {};
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}
