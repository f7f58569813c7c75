import type { Backtest } from "../api/types";
import type { Values } from "./schema";

/** What a person has filled in so far. */
export interface Draft {
  strategy: string;
  data: string;
  /** Parameters by strategy: going back to one finds what was set there. */
  params: Readonly<Record<string, Values>>;
  values: Values;
}

export const EMPTY: Draft = { strategy: "", data: "", params: {}, values: {} };

/** The form as it was for a backtest. */
export function draftOf({ strategy, data, request }: Backtest): Draft {
  const { strategy: _strategy, data: _data, params, qty, ...rest } = request;
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
