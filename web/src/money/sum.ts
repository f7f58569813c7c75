import Big from "big.js";

/** Exact sums of decimal strings. */

export function minus(value: string, less: string): string {
  return new Big(value).minus(less).toFixed();
}

export function total(values: readonly string[]): string {
  return values.reduce((sum, value) => sum.plus(value), new Big(0)).toFixed();
}
