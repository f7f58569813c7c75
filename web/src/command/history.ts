import { useLocalStorage } from "@mantine/hooks";
import { useState } from "react";

const KEPT = 50;

/** Lines sent before, walked with the arrow keys as in a shell. */
export function useHistory() {
  const [lines, setLines] = useLocalStorage<string[]>({ key: "tradewire.history", defaultValue: [] });
  const [back, setBack] = useState(0);

  /** The line `step` further back (positive) or forward; an empty one at the present, null at the far end. */
  const walk = (step: 1 | -1): string | null => {
    const next = back + step;
    if (next < 0 || next > lines.length) return null;
    setBack(next);
    return next === 0 ? "" : (lines[lines.length - next] ?? null);
  };

  const remember = (line: string) => {
    setLines((known) => [...known.filter((one) => one !== line), line].slice(-KEPT));
    setBack(0);
  };

  return { walk, remember };
}
