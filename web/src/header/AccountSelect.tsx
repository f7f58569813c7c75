import { NativeSelect } from "@mantine/core";
import { chosen, useAccounts } from "../api/queries";
import { useSelection } from "../app/selection";
import classes from "./Header.module.css";

const ALL = "";

/** Which account the screen is about, and whether its money is real. */
export function AccountSelect() {
  const { account, setAccount } = useSelection();
  const accounts = useAccounts().data ?? [];
  const isLive = chosen(accounts, account).some((one) => one.mode === "live");
  return (
    <div className={classes.account}>
      <NativeSelect
        size="xs"
        aria-label="Account"
        value={account ?? ALL}
        onChange={(event) => setAccount(event.currentTarget.value || null)}
        data={[
          { value: ALL, label: "All accounts" },
          ...accounts.map((one) => ({ value: one.id, label: `${one.id} (${one.venue})` })),
        ]}
      />
      {accounts.length > 0 && (
        <span className={classes.mode} data-live={isLive || undefined}>
          {isLive ? "Live" : "Paper"}
        </span>
      )}
    </div>
  );
}
