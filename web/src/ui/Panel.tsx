import type { ReactNode } from "react";
import classes from "./Panel.module.css";

interface PanelProps {
  label: string;
  title?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string | undefined;
}

/** A region of the screen with a thin head; its body scrolls by itself. */
export function Panel({ label, title, actions, children, className }: PanelProps) {
  return (
    <section aria-label={label} className={`${classes.panel} ${className ?? ""}`}>
      <header className={classes.head}>
        {title ?? <h2 className={classes.title}>{label}</h2>}
        {actions}
      </header>
      <div className={classes.body}>{children}</div>
    </section>
  );
}
