import classes from "./Result.module.css";
import { worded } from "./schema";

/** Names and values as they were set. */
export function Settings({ title, values }: { title: string; values: Readonly<Record<string, unknown>> }) {
  const rows = Object.entries(values);
  if (rows.length === 0) return null;
  return (
    <table className={`${classes.table} ${classes.plain}`}>
      <caption>{title}</caption>
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{worded(name)}</th>
            <td>{typeof value === "object" ? JSON.stringify(value) : String(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
