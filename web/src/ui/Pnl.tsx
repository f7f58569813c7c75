import { direction, signedMoney, type Figure as Value } from "../money/format";

/** Money won or lost: sign and colour say the same. */
export function Pnl({ value, currency }: { value: Value; currency?: string }) {
  return (
    <span className={direction(value)}>
      {signedMoney(value)}
      {currency !== undefined && <span className="muted"> {currency}</span>}
    </span>
  );
}
