import { Button, Checkbox } from "@mantine/core";
import type { Backtest } from "../api/types";
import { labRun } from "../app/route";
import { moment } from "../money/time";
import { Answer } from "../ui/Answer";
import { Link } from "../ui/Link";
import { Panel } from "../ui/Panel";
import { signedPercent, tone } from "./figures";
import classes from "./Runs.module.css";
import { Spark } from "./Spark";
import { StateTag } from "./StateTag";

interface RunsProps {
  query: Parameters<typeof Answer<Backtest[]>>[0]["query"];
  className: string | undefined;
  shown: string | null;
  chosen: readonly string[];
  onChoose: (ids: readonly string[]) => void;
  onCompare: () => void;
}

const MOST = 8;

/** Every backtest, newest first; those that are ticked can be laid side by side. */
export function Runs({ query, className, shown, chosen, onChoose, onCompare }: RunsProps) {
  const done = new Set(query.data?.filter(({ state }) => state === "done").map(({ id }) => id));
  const ticked = chosen.filter((id) => done.has(id));
  return (
    <Panel
      label="Backtests"
      className={className}
      actions={
        <Button size="compact-xs" variant="default" disabled={ticked.length < 2} onClick={onCompare}>
          Compare{ticked.length > 1 ? ` ${ticked.length}` : ""}
        </Button>
      }
    >
      <Answer query={query} empty="No backtest yet.">
        {(runs) => (
          <ul className={classes.list}>
            {runs.map((run) => (
              <li key={run.id} data-shown={run.id === shown || undefined}>
                <Checkbox
                  size="xs"
                  aria-label={`Compare ${run.strategy} on ${run.data}, ${moment(run.ts_created)}`}
                  disabled={run.state !== "done" || (ticked.length >= MOST && !ticked.includes(run.id))}
                  checked={ticked.includes(run.id)}
                  onChange={(event) =>
                    onChoose(
                      event.currentTarget.checked
                        ? [...ticked, run.id]
                        : ticked.filter((id) => id !== run.id),
                    )
                  }
                />
                <Link to={labRun(run.id)} className={classes.run} current={run.id === shown}>
                  <span className={classes.name}>
                    {run.strategy}
                    {run.request.sweep != null && <span className="muted"> search</span>}
                  </span>
                  {run.figures === null ? (
                    <StateTag run={run} />
                  ) : (
                    <b className={tone(run.figures.total_return)}>
                      {signedPercent(run.figures.total_return)}
                    </b>
                  )}
                  <small className="muted">
                    {run.data} · {moment(run.ts_created)}
                  </small>
                  {run.figures !== null && <Spark values={run.figures.spark} />}
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Answer>
    </Panel>
  );
}
