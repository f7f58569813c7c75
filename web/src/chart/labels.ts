import type { Level, LevelKind } from "./levels";

/** Height of a label on the price axis, in pixels: labels of nearer lines would push each other away. */
const HEIGHT = 18;

const SEVERAL: Record<LevelKind, string> = { entry: "entries", stop: "stops", target: "targets" };

/**
 * The titles of the levels that have a label. Levels of one kind that lie nearer than a label is high share one, at the
 * middle of them. `place` says how far down a price is drawn, in pixels; null: nothing is drawn yet.
 */
export function titlesOf(
  levels: readonly Level[],
  place: (price: number) => number | null,
): Map<string, string> {
  const groups: { top: number; members: Level[] }[] = [];
  const placed = levels.map((level) => ({ level, at: place(level.price) ?? Number.NEGATIVE_INFINITY }));
  for (const { level, at } of placed.sort((a, b) => (a.at < b.at ? -1 : 1))) {
    const near = groups.find(({ top, members }) => members[0]?.kind === level.kind && at - top < HEIGHT);
    if (near === undefined) groups.push({ top: at, members: [level] });
    else near.members.push(level);
  }
  const titles = new Map<string, string>();
  for (const { members } of groups) {
    const middle = members[Math.floor(members.length / 2)];
    if (middle === undefined) continue;
    titles.set(middle.id, members.length === 1 ? middle.title : `${members.length} ${SEVERAL[middle.kind]}`);
  }
  return titles;
}
