import { useQueryClient } from "@tanstack/react-query";
import { api, hub } from "./client";
import type { History } from "./types";

const HISTORIES = "/api/v1/histories";
const BACKTESTS = "/api/v1/backtests";
const LISTED = 100;
/** Progress comes by the event stream; asking too makes good what a dropped connection left out. */
const FOLLOWED_MS = 2_000;
const FOR_EVER = Number.POSITIVE_INFINITY;

export function useStrategies() {
  return hub.useQuery("get", "/api/v1/strategies", {}, { staleTime: 60_000 });
}

export function useHistories() {
  return hub.useQuery("get", HISTORIES, {});
}

export function useBacktestForm() {
  return hub.useQuery("get", "/api/v1/backtests/form", {}, { staleTime: FOR_EVER });
}

export function useBacktests() {
  return hub.useQuery("get", BACKTESTS, { params: { query: { limit: LISTED } } });
}

export function useBacktest(backtest_id: string) {
  return hub.useQuery(
    "get",
    "/api/v1/backtests/{backtest_id}",
    { params: { path: { backtest_id } } },
    {
      refetchInterval: ({ state }) => (isUnderWay(state.data?.state) ? FOLLOWED_MS : false),
    },
  );
}

export function useBacktestTrades(backtest_id: string, first: number, count: number) {
  const params = { path: { backtest_id }, query: { first, count } };
  return hub.useQuery(
    "get",
    "/api/v1/backtests/{backtest_id}/trades",
    { params },
    { staleTime: FOR_EVER, placeholderData: (before) => before },
  );
}

/** The bars of a stretch of time (epoch seconds), as near as a screen can show them. */
export function useBacktestCandles(backtest_id: string, span: { start: number; end: number } | null) {
  const params = { path: { backtest_id }, query: span ?? { start: 0, end: 0 } };
  return hub.useQuery(
    "get",
    "/api/v1/backtests/{backtest_id}/candles",
    { params },
    { staleTime: FOR_EVER, enabled: span !== null, placeholderData: (before) => before },
  );
}

export function useBacktestSweep(backtest_id: string) {
  const params = { path: { backtest_id } };
  return hub.useQuery("get", "/api/v1/backtests/{backtest_id}/sweep", { params }, { staleTime: FOR_EVER });
}

export function useCompared(ids: readonly string[]) {
  const query = { ids: ids.join(",") };
  return hub.useQuery("get", "/api/v1/backtests/compare", { params: { query } }, { staleTime: FOR_EVER });
}

/** Ask for a backtest; `onBegun` gets its id. */
export function useBegin(onBegun: (id: string) => void) {
  const changed = useChanged();
  return hub.useMutation("post", BACKTESTS, {
    onSuccess: ({ id }) => {
      changed();
      onBegun(id);
    },
  });
}

export function useCancel() {
  return hub.useMutation("post", "/api/v1/backtests/{backtest_id}/cancel", { onSettled: useChanged() });
}

export function useRemove(onRemoved: () => void) {
  const changed = useChanged();
  return hub.useMutation("delete", "/api/v1/backtests/{backtest_id}", {
    onSuccess: () => {
      changed();
      onRemoved();
    },
  });
}

export function useSample(onMade: (history: History) => void) {
  const client = useQueryClient();
  return hub.useMutation("post", "/api/v1/histories/sample", {
    onSuccess: (made) => {
      client.invalidateQueries({ queryKey: ["get", HISTORIES] });
      onMade(made);
    },
  });
}

/** What a file is, as far as its owner says. */
export interface FileWords {
  symbol?: string;
  timeframe?: string;
  zone?: string;
  mend?: string;
}

/** Send a file of bars to the hub; the error of one that is refused is thrown. */
export async function bring(file: File, words: FileWords) {
  const { data, error } = await api.POST(HISTORIES, {
    params: { query: { name: file.name, ...words } },
    body: file as unknown as string,
    bodySerializer: (body) => body,
    headers: { "Content-Type": "application/octet-stream" },
  });
  if (error !== undefined) throw error;
  return data;
}

export function isUnderWay(state: string | undefined): boolean {
  return state === "queued" || state === "running";
}

function useChanged(): () => void {
  const client = useQueryClient();
  return () =>
    void client.invalidateQueries({
      predicate: ({ queryKey: [, path] }) => typeof path === "string" && path.startsWith(BACKTESTS),
    });
}
