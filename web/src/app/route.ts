import { useSyncExternalStore } from "react";

/** What the address names. */
export type Route = { page: "live" } | { page: "lab"; run: string | null; compared: readonly string[] };

export const LIVE: Route = { page: "live" };
export const LAB: Route = { page: "lab", run: null, compared: [] };

/** The route of one backtest. */
export function labRun(run: string): Route {
  return { page: "lab", run, compared: [] };
}

/** The route of several backtests side by side. */
export function labComparison(compared: readonly string[]): Route {
  return { page: "lab", run: null, compared };
}

export function routeOf(pathname: string, search: string): Route {
  const [page, run] = pathname.split("/").filter((part) => part !== "");
  if (page !== "lab") return LIVE;
  const compared = (new URLSearchParams(search).get("compare") ?? "").split(",").filter((id) => id !== "");
  return { page: "lab", run: run === undefined ? null : decodeURIComponent(run), compared };
}

export function hrefOf(route: Route): string {
  if (route.page === "live") return "/";
  if (route.run !== null) return `/lab/${encodeURIComponent(route.run)}`;
  return route.compared.length > 0
    ? `/lab?compare=${route.compared.map(encodeURIComponent).join(",")}`
    : "/lab";
}

const MOVED = "tradewire:moved";

/** Go somewhere within the page; `replace` leaves no step back. */
export function go(route: Route, how: "push" | "replace" = "push"): void {
  if (how === "push") window.history.pushState(null, "", hrefOf(route));
  else window.history.replaceState(null, "", hrefOf(route));
  window.dispatchEvent(new Event(MOVED));
}

function listen(changed: () => void): () => void {
  window.addEventListener("popstate", changed);
  window.addEventListener(MOVED, changed);
  return () => {
    window.removeEventListener("popstate", changed);
    window.removeEventListener(MOVED, changed);
  };
}

/** Where the page is. */
export function useRoute(): Route {
  const address = useSyncExternalStore(listen, () => window.location.pathname + window.location.search);
  const [pathname = "", search = ""] = address.split("?");
  return routeOf(pathname, search);
}
