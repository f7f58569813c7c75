import { Button, Text } from "@mantine/core";
import { sentence } from "../api/errors";
import { useBegin, useHistories, useSample } from "../api/lab";
import { go, labRun } from "../app/route";
import classes from "./Lab.module.css";

const STRATEGY = "sma-cross";

/** What a first visit sees: one press leads to a result. */
export function First({ isLoading }: { isLoading: boolean }) {
  const histories = useHistories();
  const begin = useBegin((id) => go(labRun(id)));
  const on = (data: string) => begin.mutate({ body: { strategy: STRATEGY, data, sl: "2%" } });
  const sample = useSample(({ id }) => on(id));
  const first = histories.data?.[0]?.id;
  const error = begin.error ?? sample.error;
  if (isLoading) return <section className={classes.first} aria-busy="true" />;
  return (
    <section className={classes.first} aria-label="First backtest">
      <h2>What would it have come to?</h2>
      <Text size="sm">
        A backtest trades a strategy on a history, with the exits, sizes and costs that the hub trades with.
        Pick both in the form, or begin with this one:
      </Text>
      <Button
        size="sm"
        loading={begin.isPending || sample.isPending}
        disabled={histories.isPending}
        onClick={() => (first === undefined ? sample.mutate({}) : on(first))}
      >
        Try {STRATEGY} on {first ?? "a sample"}
      </Button>
      {first === undefined && (
        <Text size="sm" c="var(--tw-muted)">
          The sample is 20,000 bars made of chance: enough to see how this works. Import a file for real ones.
        </Text>
      )}
      {error !== null && (
        <Text size="sm" role="alert" className="down">
          {sentence(error)}
        </Text>
      )}
    </section>
  );
}
