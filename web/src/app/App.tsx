import { lazy, Suspense } from "react";
import { Header } from "../header/Header";
import { useLiveFeed } from "../live/feed";
import { TraceDrawer } from "../signals/TraceDrawer";
import classes from "./App.module.css";
import { LiveScreen } from "./LiveScreen";
import { useRoute } from "./route";

const Lab = lazy(() => import("../lab/Lab").then(({ Lab }) => ({ default: Lab })));

/** The header, and under it what the address names. */
export function App() {
  const link = useLiveFeed();
  const route = useRoute();
  return (
    <div className={classes.screen} data-page={route.page}>
      <Header link={link} page={route.page} />
      {route.page === "lab" ? (
        <Suspense fallback={<main aria-busy="true" />}>
          <Lab run={route.run} compared={route.compared} />
        </Suspense>
      ) : (
        <LiveScreen />
      )}
      <TraceDrawer />
    </div>
  );
}
