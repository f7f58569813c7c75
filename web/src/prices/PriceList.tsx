import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useInstruments, useQuotes } from "../api/queries";
import { useSelection } from "../app/selection";
import { Answer } from "../ui/Answer";
import { Panel } from "../ui/Panel";
import classes from "./PriceList.module.css";
import { PriceRow } from "./PriceRow";

/** Every symbol with its moving bid and ask; choosing one draws its chart. */
export function PriceList() {
  const quotes = useQuotes();
  const instruments = useInstruments();
  const { symbol, setSymbol } = useSelection();
  const [search, setSearch] = useState("");
  const wanted = search.trim().toUpperCase();
  const ticks = new Map(instruments.data?.map((one) => [one.symbol, one.tick_size]));

  return (
    <Panel
      label="Prices"
      title={
        <TextInput
          aria-label="Search symbols"
          placeholder="Search symbols"
          size="xs"
          variant="unstyled"
          className={classes.search}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      }
    >
      <Answer query={quotes} rows={8} empty="No prices yet: the feed is starting.">
        {(all) => {
          const found = all.filter((quote) => quote.symbol.includes(wanted));
          if (found.length === 0) return <p className={classes.none}>No symbol contains “{search}”.</p>;
          return (
            <ul className={classes.list}>
              <li className={classes.columns} aria-hidden="true">
                <span>Symbol</span>
                <span />
                <span className="figure">Bid</span>
                <span className="figure">Ask</span>
              </li>
              {found.map((quote) => (
                <PriceRow
                  key={quote.symbol}
                  quote={quote}
                  tick={ticks.get(quote.symbol)}
                  isSelected={quote.symbol === symbol}
                  onSelect={setSymbol}
                />
              ))}
            </ul>
          );
        }}
      </Answer>
    </Panel>
  );
}
