import type { Step } from "../api/types";
import { milliseconds } from "../money/time";
import { WhyRefused } from "../refusals/WhyRefused";
import { OutcomeTag } from "../ui/OutcomeTag";
import classes from "./Trace.module.css";

/** The trace: what happened, on which account, how long each stage took, and why something was refused. */
export function Steps({ steps }: { steps: readonly Step[] }) {
  if (steps.length === 0) return <p className="muted">Nothing has come of it yet.</p>;
  return (
    <table className={classes.steps}>
      <thead>
        <tr>
          <th scope="col">Stage</th>
          <th scope="col">What happened</th>
          <th scope="col" className="figure">
            Took
          </th>
          <th scope="col" className={`figure ${classes.since}`}>
            Since received
          </th>
        </tr>
      </thead>
      {accountsOf(steps).map((account) => (
        <tbody key={account ?? ""}>
          {account !== null && (
            <tr>
              <th scope="rowgroup" colSpan={4} className={classes.account}>
                {account}
              </th>
            </tr>
          )}
          {steps
            .filter((step) => step.account === account)
            .map((step) => (
              <tr key={`${step.stage} ${step.ts} ${step.text}`}>
                <td>
                  <OutcomeTag outcome={step.stage} />
                </td>
                <td>
                  {step.text}
                  {step.code !== null && (
                    <div>
                      <WhyRefused code={step.code} />
                    </div>
                  )}
                </td>
                <td className="figure">{milliseconds(step.took_ms)}</td>
                <td className={`figure muted ${classes.since}`}>{milliseconds(step.ms)}</td>
              </tr>
            ))}
        </tbody>
      ))}
    </table>
  );
}

/** The accounts in the order in which they appear; null stands for the steps before any account. */
function accountsOf(steps: readonly Step[]): (string | null)[] {
  return [...new Set(steps.map((step) => step.account))];
}
