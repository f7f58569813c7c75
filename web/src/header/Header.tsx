import { LAB, LIVE, type Route } from "../app/route";
import type { LinkState } from "../live/stream";
import { Link } from "../ui/Link";
import { AccountFigures } from "./AccountFigures";
import { AccountSelect } from "./AccountSelect";
import classes from "./Header.module.css";
import { KillSwitch } from "./KillSwitch";
import { Readiness } from "./Readiness";
import { SchemeToggle } from "./SchemeToggle";
import { Warnings } from "./Warnings";

/** Who trades with what, whether the hub is well, and the switch that stops it. */
export function Header({ link, page = "live" }: { link: LinkState; page?: Route["page"] }) {
  return (
    <header className={classes.header}>
      <h1 className={classes.name}>
        <img src="/favicon.svg" alt="" width={20} height={20} />
        Tradewire
      </h1>
      <nav className={classes.pages} aria-label="Pages">
        <Link to={LIVE} current={page === "live"}>
          Live
        </Link>
        <Link to={LAB} current={page === "lab"}>
          Backtest Lab
        </Link>
      </nav>
      <AccountSelect />
      <AccountFigures />
      <div className={classes.end}>
        <Readiness link={link} />
        <KillSwitch />
        <SchemeToggle />
      </div>
      <Warnings />
    </header>
  );
}
