import { HoverCard } from "@mantine/core";
import { useHealth } from "../api/queries";
import type { Health } from "../api/types";
import type { LinkState } from "../live/stream";
import classes from "./Header.module.css";

const READY = "ready";

/** Whether the screen is current, and the hub ready; the backlog and the accounts on hover or focus. */
export function Readiness({ link }: { link: LinkState }) {
  const { data, isError } = useHealth();
  const [tone, words] = stateOf(link, data, isError);
  return (
    <HoverCard position="bottom-end" shadow="md" openDelay={120}>
      <HoverCard.Target>
        <button type="button" className={classes.health} data-tone={tone} aria-live="polite">
          <span className={classes.dot} aria-hidden="true" />
          {words}
        </button>
      </HoverCard.Target>
      <HoverCard.Dropdown className={classes.reasons}>
        {data && (
          <dl>
            <dt>Waiting to be worked on</dt>
            <dd>{data.backlog}</dd>
            {Object.entries(data.accounts).map(([account, reason]) => (
              <div key={account}>
                <dt>{account}</dt>
                <dd className={reason === READY ? "up" : "warn"}>{reason}</dd>
              </div>
            ))}
          </dl>
        )}
      </HoverCard.Dropdown>
    </HoverCard>
  );
}

function stateOf(
  link: LinkState,
  health: Health | undefined,
  failed: boolean,
): ["good" | "warn" | "bad", string] {
  if (link === "reconnecting") return ["bad", "Reconnecting"];
  if (failed) return ["bad", "No answer"];
  if (health === undefined || link === "connecting") return ["warn", "Connecting"];
  if (!health.ready) return ["warn", "Not ready"];
  if (health.warnings.length > 0) return ["warn", "Ready, with warnings"];
  return health.backlog > 0 ? ["warn", `Backlog ${health.backlog}`] : ["good", "Ready"];
}
