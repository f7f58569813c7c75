import classes from "./SideTag.module.css";

/** Buy or sell, in a word and a colour. */
export function SideTag({ side }: { side: string }) {
  return <span className={`${classes.tag} ${side === "buy" ? classes.buy : classes.sell}`}>{side}</span>;
}
