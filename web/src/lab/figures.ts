/** Figures of backtests as people read them. They are statistics, so plain numbers will do. */

import { NONE } from "../money/format";

type Maybe = number | null | undefined;

const MINUS = "\u2212";

function written(value: number, digits: number): string {
  const text = value.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return /^-[0.,]*$/.test(text) ? text.slice(1) : text.replace("-", MINUS);
}

/** 0.0123 is `1.23 %`. */
export function percent(share: Maybe, digits = 2): string {
  return share == null ? NONE : `${written(share * 100, digits)} %`;
}

/** With its sign, so that colour alone says nothing. */
export function signedPercent(share: Maybe, digits = 2): string {
  if (share == null) return NONE;
  const text = percent(share, digits);
  return share > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

export function amount(value: Maybe, digits = 2): string {
  return value == null ? NONE : written(value, digits);
}

export function signedAmount(value: Maybe, digits = 2): string {
  if (value == null) return NONE;
  const text = written(value, digits);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** A price or a quantity: eight digits that count. */
export function exact(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 8 }).replace("-", MINUS);
}

export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** The class that colours a figure. */
export function tone(value: Maybe): "up" | "down" | "flat" {
  if (value == null || value === 0) return "flat";
  return value > 0 ? "up" : "down";
}

export function duration(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1_000)} ms` : `${seconds.toFixed(1)} s`;
}

/** `2024-01-31` of a moment in RFC 3339, UTC as all of a backtest. */
export function day(moment: string): string {
  return moment.slice(0, 10);
}

/** `2024-01-31 09:30`, UTC. */
export function minute(moment: string): string {
  return moment.slice(0, 16).replace("T", " ");
}
