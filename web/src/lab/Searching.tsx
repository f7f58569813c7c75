import { ActionIcon, Button, NativeSelect, TextInput } from "@mantine/core";
import { type SearchDraft, searchable } from "./draft";
import classes from "./LabForm.module.css";
import { type Field, worded, wordsOf } from "./schema";

interface SearchingProps {
  draft: SearchDraft;
  parameters: readonly Field[];
  /** What the hub says of searches. */
  schema: unknown;
  error: string | undefined;
  onChange: (draft: SearchDraft) => void;
}

const SEARCHES: Readonly<Record<string, string>> = {
  grid: "all of them",
  random: "some, by chance",
  optuna: "some, learning (Optuna)",
};
const HOLDOUTS = [
  { value: "0.3", label: "the last 30 %" },
  { value: "0.2", label: "the last 20 %" },
  { value: "0", label: "none" },
];

/** Values to search instead of one each; with none the form runs one backtest. */
export function Searching({ draft, parameters, schema, error, onChange }: SearchingProps) {
  const names = searchable(parameters);
  const free = names.filter((name) => draft.axes.every((axis) => axis.name !== name));
  const set = (at: number, change: Partial<SearchDraft["axes"][number]>) =>
    onChange({
      ...draft,
      axes: draft.axes.map((axis, place) => (place === at ? { ...axis, ...change } : axis)),
    });

  return (
    <>
      {draft.axes.map((axis, at) => (
        <div key={axis.name} className={classes.axis}>
          <NativeSelect
            size="xs"
            aria-label={`Searched ${at + 1}`}
            value={axis.name}
            onChange={(event) => set(at, { name: event.currentTarget.value })}
            data={[axis.name, ...free].map((name) => ({ value: name, label: worded(name) }))}
          />
          <TextInput
            size="xs"
            aria-label={`Values of ${worded(axis.name)}`}
            placeholder="5:50:5 or 1%,2%,none"
            value={axis.values}
            onChange={(event) => set(at, { values: event.currentTarget.value })}
            autoComplete="off"
            spellCheck={false}
          />
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={`Do not search ${worded(axis.name)}`}
            onClick={() => onChange({ ...draft, axes: draft.axes.filter((_, place) => place !== at) })}
          >
            ×
          </ActionIcon>
        </div>
      ))}
      <Button
        size="compact-xs"
        variant="default"
        disabled={free.length === 0}
        onClick={() => onChange({ ...draft, axes: [...draft.axes, { name: free[0] ?? "", values: "" }] })}
      >
        Search another
      </Button>
      {draft.axes.length > 0 && (
        <div className={classes.fields}>
          <NativeSelect
            size="xs"
            label="Best by"
            value={draft.objective}
            onChange={(event) => onChange({ ...draft, objective: event.currentTarget.value })}
            data={wordsOf(schema, "Objective").map((value) => ({ value, label: worded(value) }))}
          />
          <NativeSelect
            size="xs"
            label="Combinations"
            value={draft.search}
            onChange={(event) => onChange({ ...draft, search: event.currentTarget.value })}
            data={wordsOf(schema, "Search").map((value) => ({ value, label: SEARCHES[value] ?? value }))}
          />
          {draft.search !== "grid" && (
            <TextInput
              size="xs"
              label="How many"
              inputMode="numeric"
              placeholder="100"
              value={draft.trials}
              onChange={(event) => onChange({ ...draft, trials: event.currentTarget.value })}
            />
          )}
          <NativeSelect
            size="xs"
            label="Not seen by the search"
            value={draft.holdout}
            onChange={(event) => onChange({ ...draft, holdout: event.currentTarget.value })}
            data={HOLDOUTS}
          />
          <TextInput
            size="xs"
            label="Only where"
            placeholder="fast<slow"
            value={draft.where}
            onChange={(event) => onChange({ ...draft, where: event.currentTarget.value })}
            autoComplete="off"
            spellCheck={false}
          />
        </div>
      )}
      {error !== undefined && (
        <p role="alert" className="down">
          {error}
        </p>
      )}
    </>
  );
}
