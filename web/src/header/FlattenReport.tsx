import { List } from "@mantine/core";
import type { Flattened } from "../api/types";

/** Account by account, what the venues show after a flatten. */
export function FlattenReport({ results }: { results: readonly Flattened[] }) {
  return (
    <List size="sm" spacing={4} listStyleType="none">
      {results.map((result) => (
        <List.Item key={result.account}>
          <b>{result.account}</b>{" "}
          {result.flat ? (
            <span className="up">is flat: its venue shows no position and no order of ours.</span>
          ) : (
            <span className="down">
              is not flat yet. Remaining: {result.remaining.join(", ") || "not known"}.
            </span>
          )}{" "}
          <span className="muted">
            {result.closed} closed, {result.cancelled} cancelled.
          </span>
        </List.Item>
      ))}
    </List>
  );
}
