import { useFills, useOpenTrades } from "../api/queries";
import type { Fill, OpenTrade } from "../api/types";

export type LevelKind = "entry" | "stop" | "target";

/** One horizontal line on the chart. The id names the line while its price moves. */
export interface Level {
  id: string;
  kind: LevelKind;
  price: number;
  title: string;
}

const NO_FILLS: readonly Fill[] = [];

/** The levels of a trade; targets that were reached are gone. Chart coordinates, so plain numbers. */
export function levelsOf(trade: OpenTrade): Level[] {
  const levels: Level[] = [
    {
      id: `${trade.id} entry`,
      kind: "entry",
      price: Number(trade.entry_price),
      title: `${trade.side} ${trade.open_quantity}`,
    },
  ];
  if (trade.stop != null) {
    levels.push({
      id: `${trade.id} stop`,
      kind: "stop",
      price: Number(trade.stop),
      title: trade.trailing ? "trailing stop" : "stop",
    });
  }
  trade.targets.forEach((target, index) => {
    if (index < trade.targets_done) return;
    levels.push({
      id: `${trade.id} target ${index}`,
      kind: "target",
      price: Number(target),
      title: `target ${index + 1}`,
    });
  });
  return levels;
}

/** What the open trades of a symbol draw on its chart. */
export function useTradesOnChart(account: string | null, symbol: string) {
  const trades = useOpenTrades(account).data ?? [];
  const fills = useFills(account, symbol).data ?? NO_FILLS;
  return { levels: trades.filter((trade) => trade.symbol === symbol).flatMap(levelsOf), fills };
}
