import type { MouseEvent, ReactNode } from "react";
import { go, hrefOf, type Route } from "../app/route";

interface LinkProps {
  to: Route;
  children: ReactNode;
  className?: string | undefined;
  current?: boolean;
}

/** A link within the page: a plain click does not load it anew, and every other click is the browser's. */
export function Link({ to, children, className, current = false }: LinkProps) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={hrefOf(to)} className={className} onClick={follow} aria-current={current ? "page" : undefined}>
      {children}
    </a>
  );
}
