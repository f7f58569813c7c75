import Big from "big.js";

/**
 * Figures as people read them, made from the decimal strings of the API.
 *
 * Nothing here passes through a binary float: what is shown is what the journal holds, rounded half to even.
 */

const MINUS = "\u2212";
const HALF_EVEN = 2;

export const NONE = "\u2013";

export type Figure = string | null | undefined;

export type Direction = "up" | "down" | "flat";

/** Money of an account: grouped thousands, two digits, a real minus sign. */
export function money(value: Figure, digits = 2): string {
  return value == null ? NONE : grouped(value, digits);
}

/** Money that was won or lost: the sign is always there, so that colour alone says nothing. */
export function signedMoney(value: Figure, digits = 2): string {
  if (value == null) return NONE;
  const text = grouped(value, digits);
  return direction(value, digits) === "up" ? `+${text}` : text;
}

/** A price at the precision of its instrument's tick; without a tick, with the digits it came with. */
export function price(value: Figure, tick?: string): string {
  if (value == null) return NONE;
  return grouped(value, tick === undefined ? undefined : digitsOf(tick));
}

/** A quantity with no trailing zeros. */
export function quantity(value: Figure): string {
  if (value == null) return NONE;
  const text = new Big(value).toFixed();
  return grouped(text.includes(".") ? text.replace(/\.?0+$/, "") : text);
}

/** Which way a figure points; zero, no figure, and what rounds to zero in so many digits point nowhere. */
export function direction(value: Figure, digits?: number): Direction {
  if (value == null) return "flat";
  const shown = new Big(new Big(value).toFixed(digits, HALF_EVEN));
  if (shown.eq(0)) return "flat";
  return shown.gt(0) ? "up" : "down";
}

/** How many digits a tick such as `0.01` or `1E-5` asks for. */
export function digitsOf(tick: string): number {
  const fraction = new Big(tick).toFixed().split(".")[1] ?? "";
  return fraction.replace(/0+$/, "").length;
}

function grouped(value: string, digits?: number): string {
  const fixed = new Big(value).toFixed(digits, HALF_EVEN);
  const isNegative = fixed.startsWith("-") && /[1-9]/.test(fixed);
  const [whole = "0", fraction] = fixed.replace("-", "").split(".");
  const thousands = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return (isNegative ? MINUS : "") + thousands + (fraction === undefined ? "" : `.${fraction}`);
}
