import { chosen, useAccounts } from "../api/queries";
import { useSelection } from "../app/selection";
import { money } from "../money/format";
import { total } from "../money/sum";
import { Pnl } from "../ui/Pnl";
import classes from "./Header.module.css";

/** Equity, free money and today's result. Accounts in different currencies are not added up. */
export function AccountFigures() {
  const { account } = useSelection();
  const { data } = useAccounts();
  const accounts = chosen(data ?? [], account);
  const currencies = new Set(accounts.map((one) => one.currency));
  const [currency] = currencies;
  const sum = (values: string[]) => (currencies.size === 1 ? total(values) : null);

  return (
    <dl className={classes.figures}>
      <div>
        <dt>Equity</dt>
        <dd>
          {money(sum(accounts.map((one) => one.equity)))} <span className="muted">{currency}</span>
        </dd>
      </div>
      <div className={classes.spare}>
        <dt>Free</dt>
        <dd>{money(sum(accounts.map((one) => one.free)))}</dd>
      </div>
      <div>
        <dt>Realised today</dt>
        <dd>
          <Pnl value={sum(accounts.map((one) => one.realised_today))} />
        </dd>
      </div>
    </dl>
  );
}
