/** Times of the API (RFC 3339, UTC) as a trader reads them: in their own zone, to the second. */

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "short" });

export function timeOfDay(at: string): string {
  return clock.format(new Date(at));
}

/** The time today, the day and the time before that. */
export function moment(at: string, now: Date = new Date()): string {
  const then = new Date(at);
  const isToday = then.toDateString() === now.toDateString();
  return isToday ? clock.format(then) : `${day.format(then)} ${clock.format(then)}`;
}

/** Milliseconds of a stage: fine where it is fast, coarse where it is slow. */
export function milliseconds(ms: number): string {
  if (ms < 10) return `${ms.toFixed(2)} ms`;
  if (ms < 1_000) return `${ms.toFixed(0)} ms`;
  return `${(ms / 1_000).toFixed(1)} s`;
}
