import { memo, useRef } from "react";
import type { Quote } from "../api/types";
import { type Direction, direction, price } from "../money/format";
import { minus } from "../money/sum";
import classes from "./PriceList.module.css";

interface PriceRowProps {
  quote: Quote;
  tick: string | undefined;
  isSelected: boolean;
  onSelect: (symbol: string) => void;
}

const ARROW: Record<Direction, string> = { up: "▲", down: "▼", flat: "" };

/** One symbol: bid, ask, and which way the bid last moved. */
export const PriceRow = memo(function PriceRow({ quote, tick, isSelected, onSelect }: PriceRowProps) {
  const way = useLastMove(quote.bid);
  return (
    <li>
      <button
        type="button"
        className={classes.row}
        aria-pressed={isSelected}
        onClick={() => onSelect(quote.symbol)}
      >
        <span className={classes.symbol}>{quote.symbol}</span>
        <span className={`${classes.arrow} ${way}`} aria-hidden="true">
          {ARROW[way]}
        </span>
        <span className={`figure ${way}`}>{price(quote.bid, tick)}</span>
        <span className="figure muted">{price(quote.ask, tick)}</span>
      </button>
    </li>
  );
});

/** The direction of the last change of a figure; staying the same is no change. */
function useLastMove(value: string): Direction {
  const last = useRef<{ value: string; way: Direction }>({ value, way: "flat" });
  if (last.current.value !== value) {
    last.current = { value, way: direction(minus(value, last.current.value)) };
  }
  return last.current.way;
}
