import { useLocalStorage } from "@mantine/hooks";
import { useState } from "react";
import { useBacktests } from "../api/lab";
import { go, LAB, labComparison, labRun } from "../app/route";
import { Panel } from "../ui/Panel";
import { Comparison } from "./Comparison";
import { type Draft, EMPTY } from "./draft";
import { First } from "./First";
import classes from "./Lab.module.css";
import { LabForm } from "./LabForm";
import { Runs } from "./Runs";
import { RunView } from "./RunView";

interface LabProps {
  run: string | null;
  compared: readonly string[];
}

/** Ask for backtests, follow them, look at what they came to, and lay them side by side. */
export function Lab({ run, compared }: LabProps) {
  const runs = useBacktests();
  const [draft, setDraft] = useLocalStorage<Draft>({ key: "tradewire.lab", defaultValue: EMPTY });
  const [chosen, setChosen] = useState<readonly string[]>(compared);
  const latest = runs.data?.[0]?.id ?? null;
  const shown = run ?? (compared.length === 0 ? latest : null);

  const isFirst = runs.data?.length === 0;
  const show = (id: string) => {
    go(labRun(id));
    document.documentElement.scrollTop = 0; // on a narrow screen the result comes before the form
  };

  return (
    <main className={classes.lab} data-looking={run !== null || compared.length > 0 || isFirst || undefined}>
      <Panel label="New backtest" className={classes.form}>
        <LabForm draft={draft} onChange={setDraft} onBegun={show} />
      </Panel>
      <div className={classes.result}>
        {compared.length > 0 ? (
          <Comparison ids={compared} />
        ) : shown !== null ? (
          <RunView key={shown} id={shown} onUse={setDraft} onRemoved={() => go(LAB, "replace")} />
        ) : (
          <First isLoading={runs.isPending} />
        )}
      </div>
      <Runs
        className={classes.runs}
        query={runs}
        shown={shown}
        chosen={chosen}
        onChoose={setChosen}
        onCompare={() => go(labComparison(chosen))}
      />
    </main>
  );
}
