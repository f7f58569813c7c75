import { Alert, Anchor, Button, Group, Progress, Text } from "@mantine/core";
import { sentence } from "../api/errors";
import { isUnderWay, useBacktest, useCancel, useRemove } from "../api/lab";
import type { BacktestDetail } from "../api/types";
import { moment } from "../money/time";
import { Answer } from "../ui/Answer";
import { type Draft, draftOf } from "./draft";
import { count, duration } from "./figures";
import classes from "./Lab.module.css";
import { Result } from "./Result";
import { StateTag } from "./StateTag";
import { worded } from "./schema";

interface RunViewProps {
  id: string;
  onUse: (draft: Draft) => void;
  onRemoved: () => void;
}

/** One backtest: how far it is, why it failed, or what it came to. */
export function RunView({ id, onUse, onRemoved }: RunViewProps) {
  const query = useBacktest(id);
  return (
    <section aria-label="Result" className={classes.view}>
      <Answer query={query} rows={8} isEmpty={() => false}>
        {(run) => (
          <>
            <Head run={run} onUse={onUse} onRemoved={onRemoved} />
            {isUnderWay(run.state) && <Waiting run={run} />}
            {run.reason !== null && (
              <Alert
                color={run.state === "failed" ? "red" : "yellow"}
                p="xs"
                m="sm"
                role="alert"
                className={classes.told}
              >
                {run.field !== null && <b>{worded(run.field)}: </b>}
                {run.reason}
              </Alert>
            )}
            {run.state === "cancelled" && <Text p="sm">It was cancelled before it came to a result.</Text>}
            {run.result !== null && (
              <Result
                id={run.id}
                isBest={run.request.sweep != null}
                result={run.result}
                figures={run.figures}
              />
            )}
          </>
        )}
      </Answer>
    </section>
  );
}

function Head({ run, onUse, onRemoved }: { run: BacktestDetail } & Omit<RunViewProps, "id">) {
  const remove = useRemove(onRemoved);
  return (
    <header className={classes.head}>
      <div>
        <h2>
          {run.strategy} <span className="muted">on {run.data}</span>
        </h2>
        <small className="muted">
          {moment(run.ts_created)}
          {run.figures !== null && `, ${count(run.figures.bars)} bars in ${duration(run.figures.elapsed_s)}`}
        </small>
      </div>
      {run.state !== "done" && <StateTag run={run} />}
      <Group gap={6} ml="auto">
        {run.result !== null && (
          <Anchor size="sm" href={`/api/v1/backtests/${run.id}/report`} target="_blank" rel="noreferrer">
            Offline report
          </Anchor>
        )}
        <Button size="compact-xs" variant="default" onClick={() => onUse(draftOf(run))}>
          Use these settings
        </Button>
        {!isUnderWay(run.state) && (
          <Button
            size="compact-xs"
            variant="default"
            loading={remove.isPending}
            onClick={() => remove.mutate({ params: { path: { backtest_id: run.id } } })}
          >
            Remove
          </Button>
        )}
      </Group>
      {remove.error && (
        <Text size="sm" className="down" role="alert">
          {sentence(remove.error)}
        </Text>
      )}
    </header>
  );
}

function Waiting({ run }: { run: BacktestDetail }) {
  const cancel = useCancel();
  const share = Math.round(run.progress * 100);
  const stage = run.state === "queued" ? "waits for the one before it" : run.stage;
  return (
    <div className={classes.waiting}>
      <Progress.Root size="lg">
        <Progress.Section value={share} animated aria-label="Progress of the backtest" />
      </Progress.Root>
      <Group justify="space-between">
        <Text size="sm" role="status">
          {share} %{stage === "" ? "" : `, ${stage}`}
        </Text>
        <Button
          size="compact-xs"
          variant="default"
          loading={cancel.isPending}
          onClick={() => cancel.mutate({ params: { path: { backtest_id: run.id } } })}
        >
          Cancel
        </Button>
      </Group>
    </div>
  );
}
