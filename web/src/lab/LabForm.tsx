import { Alert, Button, NativeSelect } from "@mantine/core";
import { type FormEvent, useId, useState } from "react";
import { sentence, whereOf } from "../api/errors";
import { useBacktestForm, useBegin, useHistories, useStrategies } from "../api/lab";
import type { History, Strategy } from "../api/types";
import { Answer } from "../ui/Answer";
import { type Draft, NO_SEARCH, sweepOf } from "./draft";
import { Fields } from "./Fields";
import { count, day } from "./figures";
import classes from "./LabForm.module.css";
import { Searching } from "./Searching";
import { chosenFrom, fieldsOf, given } from "./schema";
import { Upload } from "./Upload";

interface LabFormProps {
  draft: Draft;
  onChange: (draft: Draft) => void;
  onBegun: (id: string) => void;
}

/** Fields of a request that the form asks for in its own way, or not at all. */
const ELSEWHERE = new Set(["strategy", "data", "params", "symbol", "qty"]);
const PLACES: Readonly<Record<string, string>> = { params: "Parameters", sweep: "Search parameters" };
const GROUPS: readonly { title: string; names: readonly string[] }[] = [
  { title: "Exits", names: ["sl", "tp", "tsl", "be", "hold", "eod", "session"] },
  { title: "Money", names: ["cash", "size", "leverage"] },
  { title: "Costs", names: ["fee", "spread", "slippage", "funding"] },
  { title: "Span", names: ["start", "end"] },
];
const GROUPED = new Set(["side", ...GROUPS.flatMap(({ names }) => names)]);
/** What is common, shown in the empty fields. */
const EXAMPLES = {
  sl: "none, or 2%",
  tp: "none, or 4%",
  tsl: "none, or 2%",
  be: "none, or 1%",
  hold: "none, or 4h",
  size: "1u, 80, 2%, risk 1%",
};

/** Strategy, data, parameters and terms. What the hub refuses is said at the field that it is about. */
export function LabForm({ draft, onChange, onBegun }: LabFormProps) {
  const strategies = useStrategies();
  const histories = useHistories();
  return (
    <Answer query={strategies} rows={8}>
      {(known) => (
        <Answer query={histories} rows={8}>
          {(there) => (
            <Form strategies={known} histories={there} draft={draft} onChange={onChange} onBegun={onBegun} />
          )}
        </Answer>
      )}
    </Answer>
  );
}

interface FormProps extends LabFormProps {
  strategies: readonly Strategy[];
  histories: readonly History[];
}

function Form({ strategies, histories, draft, onChange, onBegun }: FormProps) {
  const begin = useBegin(onBegun);
  const form = useBacktestForm();
  const about = useId();
  const [isOpen, setOpen] = useState(false);
  const [isSearchOpen, setSearchOpen] = useState(false);
  const strategy =
    strategies.find(({ id }) => id === draft.strategy) ??
    strategies.find(({ id }) => id === "sma-cross") ??
    strategies[0];
  const history = histories.find(({ id }) => id === draft.data) ?? histories[0];
  const parameters = fieldsOf(strategy?.parameters);
  const terms = fieldsOf(form.data)
    .filter(({ name }) => !ELSEWHERE.has(name))
    .map((field) => (field.name === "inside" ? chosenFrom(field, lower(histories, history)) : field));
  const search = draft.search ?? NO_SEARCH;
  const isSearch = sweepOf(search, parameters) !== undefined;
  const params = draft.params[strategy?.id ?? ""] ?? {};
  const where = whereOf(begin.error);
  const wrong = begin.error === null ? "" : sentence(begin.error).replace(`${where}: `, "");
  const errors = where === null ? {} : { [where]: wrong };
  const isPlaced =
    where !== null &&
    (terms.some(({ name }) => name === where) ||
      where === "data" ||
      where === "params" ||
      where === "sweep" ||
      where === "strategy");
  const named = (names: readonly string[]) => terms.filter(({ name }) => names.includes(name));
  const more = terms.filter(({ name }) => !GROUPED.has(name));
  const setValue = (name: string, value: string) =>
    onChange({ ...draft, values: { ...draft.values, [name]: value } });

  const send = (event: FormEvent) => {
    event.preventDefault();
    if (strategy === undefined || history === undefined) return;
    const chosen = given(parameters, params);
    const sweep = sweepOf(search, parameters);
    begin.mutate({
      body: {
        strategy: strategy.id,
        data: history.id,
        ...(Object.keys(chosen).length > 0 ? { params: chosen } : {}),
        ...given(terms, draft.values),
        ...(sweep === undefined ? {} : { sweep }),
      },
    });
  };

  return (
    <form className={classes.form} onSubmit={send} noValidate>
      <NativeSelect
        size="xs"
        label="Strategy"
        value={strategy?.id ?? ""}
        error={errors.strategy ?? strategy?.error ?? undefined}
        aria-describedby={about}
        onChange={(event) => onChange({ ...draft, strategy: event.currentTarget.value })}
        data={strategies.map(({ id }) => id)}
      />
      <p id={about} className={classes.about}>
        {strategy?.summary}
      </p>
      <NativeSelect
        size="xs"
        label="Data"
        value={history?.id ?? ""}
        error={errors.data ?? history?.error ?? undefined}
        inputWrapperOrder={["label", "input", "description", "error"]}
        description={history === undefined ? "Nothing is imported yet" : told(history)}
        onChange={(event) => onChange({ ...draft, data: event.currentTarget.value })}
        data={histories.length > 0 ? histories.map(({ id }) => id) : [{ value: "", label: "none" }]}
      />
      <Upload onBrought={({ id }) => onChange({ ...draft, data: id })} />
      {parameters.length > 0 && (
        <fieldset className={classes.group}>
          <legend>Parameters</legend>
          <Fields
            fields={parameters}
            values={params}
            errors={{}}
            onChange={(name, value) =>
              onChange({
                ...draft,
                params: { ...draft.params, [strategy?.id ?? ""]: { ...params, [name]: value } },
              })
            }
          />
          {errors.params !== undefined && (
            <p role="alert" className="down">
              {errors.params}
            </p>
          )}
        </fieldset>
      )}
      <Fields fields={named(["side"])} values={draft.values} errors={errors} onChange={setValue} />
      {GROUPS.map(({ title, names }) => (
        <fieldset key={title} className={classes.group}>
          <legend>{title}</legend>
          <Fields
            fields={named(names)}
            values={draft.values}
            errors={errors}
            examples={EXAMPLES}
            onChange={setValue}
          />
        </fieldset>
      ))}
      {more.length > 0 && (
        <details
          className={classes.group}
          open={isOpen || more.some(({ name }) => name === where)}
          onToggle={(event) => setOpen(event.currentTarget.open)}
        >
          <summary>How orders fill, and more</summary>
          <Fields fields={more} values={draft.values} errors={errors} onChange={setValue} />
        </details>
      )}
      <details
        className={classes.group}
        open={isSearchOpen || search.axes.length > 0 || where === "sweep"}
        onToggle={(event) => setSearchOpen(event.currentTarget.open)}
      >
        <summary>Search parameters</summary>
        <Searching
          draft={search}
          parameters={parameters}
          schema={form.data?.sweep}
          error={errors.sweep}
          onChange={(next) => onChange({ ...draft, search: next })}
        />
      </details>
      <div className={classes.foot}>
        {begin.error !== null && !isPlaced && (
          <Alert color="red" p="xs" role="alert">
            {sentence(begin.error)}
          </Alert>
        )}
        {isPlaced && (
          <p role="alert" className="down">
            Not begun: see the field {PLACES[where ?? ""] ?? `“${where}”`}.
          </p>
        )}
        <Button type="submit" size="xs" fullWidth loading={begin.isPending} disabled={history === undefined}>
          {isSearch ? "Run search" : "Run backtest"}
        </Button>
      </div>
    </form>
  );
}

/** Histories of the same symbol besides the one that is traded. */
function lower(histories: readonly History[], traded: History | undefined): string[] {
  return histories
    .filter(({ id, symbol }) => symbol === traded?.symbol && id !== traded.id)
    .map(({ id }) => id);
}

function told({ bars, gaps, ts_first, ts_last }: History): string {
  if (ts_first == null || ts_last == null) return "";
  const missing = gaps > 0 ? `, ${count(gaps)} gaps` : "";
  return `${count(bars)} bars, ${day(ts_first)} to ${day(ts_last)}${missing}`;
}
