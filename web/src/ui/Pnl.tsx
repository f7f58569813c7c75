import { direction, signedMoney, type Figure as Value } from "../money/format";

const DIGITS = 2;

/** Money won or lost: sign and colour say the same. */
export function Pnl({ value, currency }: { value: Value; currency?: string }) {
  return (
    <span className={direction(value, DIGITS)}>
      {signedMoney(value, DIGITS)}
      {currency !== undefined && <span className="muted"> {currency}</span>}
    </span>
  );
}
