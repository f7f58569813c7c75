const WIDTH = 72;
const HEIGHT = 18;

/** A curve so small that only its shape says something; the figures beside it say the rest. */
export function Spark({ values }: { values: readonly number[] }) {
  const low = Math.min(...values);
  const range = Math.max(...values) - low || 1;
  const last = values.length - 1 || 1;
  const points = values.map(
    (value, at) =>
      `${((at / last) * WIDTH).toFixed(1)},${(HEIGHT - 1 - ((value - low) / range) * (HEIGHT - 2)).toFixed(1)}`,
  );
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden="true">
      <polyline points={points.join(" ")} fill="none" stroke="var(--tw-accent)" strokeWidth="1.2" />
    </svg>
  );
}
