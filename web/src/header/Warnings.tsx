import { Alert } from "@mantine/core";
import { useHealth } from "../api/queries";
import classes from "./Header.module.css";

/** What a person should look at, in the hub's sentences; nothing where there is nothing. */
export function Warnings() {
  const { data } = useHealth();
  const sentences = data ? [data.failure, ...data.warnings].filter(Boolean) : [];
  if (sentences.length === 0) return null;
  return (
    <Alert color={data?.failure ? "red" : "yellow"} title="Look at this" className={classes.warnings}>
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </Alert>
  );
}
