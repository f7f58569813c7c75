import { useQuery } from "@tanstack/react-query";
import { hub } from "./client";
import type { Account, Instrument, Quote } from "./types";

/** Equity and open P&L move with prices, and no event says so. */
const VALUATION_MS = 2_000;
const RECENT = 60;

/** Prices come by the event stream; asking too makes good what a busy stream left out. */
export const quotesQuery = hub.queryOptions("get", "/api/v1/quotes", {}, { refetchInterval: VALUATION_MS });
const instrumentsQuery = hub.queryOptions(
  "get",
  "/api/v1/instruments",
  {},
  { staleTime: Number.POSITIVE_INFINITY },
);

function ofAccount(account: string | null): { account?: string } {
  return account === null ? {} : { account };
}

export function useQuotes() {
  return useQuery(quotesQuery);
}

export function useQuote(symbol: string): Quote | undefined {
  return useQuery({ ...quotesQuery, select: (quotes) => quotes.find((quote) => quote.symbol === symbol) })
    .data;
}

export function useInstruments() {
  return useQuery(instrumentsQuery);
}

export function useInstrument(symbol: string): Instrument | undefined {
  return useQuery({ ...instrumentsQuery, select: (all) => all.find((one) => one.symbol === symbol) }).data;
}

export function useBars(symbol: string, timeframe: "1m" | "5m" | "15m", count: number) {
  const query = { symbol, timeframe, count };
  return hub.useQuery("get", "/api/v1/bars", { params: { query } }, { staleTime: 60_000, gcTime: 60_000 });
}

export function useAccounts() {
  return hub.useQuery("get", "/api/v1/accounts", {}, { refetchInterval: VALUATION_MS });
}

/** The selected account, or all of them; an account that is gone selects all. */
export function chosen(accounts: readonly Account[], id: string | null): readonly Account[] {
  const found = accounts.filter((account) => account.id === id);
  return found.length > 0 ? found : accounts;
}

export function useOpenTrades(account: string | null) {
  const query = ofAccount(account);
  return hub.useQuery("get", "/api/v1/trades/open", { params: { query } }, { refetchInterval: VALUATION_MS });
}

export function useClosedTrades(account: string | null) {
  const query = { ...ofAccount(account), status: "closed" as const, limit: RECENT };
  return hub.useQuery("get", "/api/v1/trades", { params: { query } });
}

export function useOrders(account: string | null) {
  const query = { ...ofAccount(account), limit: RECENT };
  return hub.useQuery("get", "/api/v1/orders", { params: { query } });
}

export function useFills(account: string | null, symbol: string) {
  const query = { ...ofAccount(account), symbol, limit: RECENT };
  return hub.useQuery("get", "/api/v1/fills", { params: { query } });
}

export function useSignals() {
  return hub.useQuery("get", "/api/v1/signals", { params: { query: { limit: RECENT } } });
}

export function useSignal(signal_id: string | null) {
  const path = { signal_id: signal_id ?? "" };
  return hub.useQuery(
    "get",
    "/api/v1/signals/{signal_id}",
    { params: { path } },
    { enabled: signal_id !== null },
  );
}

export function useMessages() {
  return hub.useQuery("get", "/api/v1/messages", { params: { query: { limit: RECENT } } });
}

export function useMessage(message_id: string | null) {
  const path = { message_id: message_id ?? "" };
  return hub.useQuery(
    "get",
    "/api/v1/messages/{message_id}",
    { params: { path } },
    { enabled: message_id !== null },
  );
}

export function useHealth() {
  return hub.useQuery("get", "/api/v1/health", {}, { refetchInterval: VALUATION_MS });
}
