"""The loop over several symbols that share cash, moment by moment: plain Python that numba compiles."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from tradewire.backtest.closing import closed, moved, settled
from tradewire.backtest.holding import charged, within
from tradewire.backtest.loop import ENTERED, UNTRADABLE, lifted, listened
from tradewire.backtest.plan import Numbers, Plans
from tradewire.backtest.terms import END, OPEN, SIGNAL, Columns, Held, Inside, Terms
from tradewire.backtest.words import Words
from tradewire.domain.bars import Floats, Integers
from tradewire.exits.kernel import NONE, SESSION_END, Rules
from tradewire.exits.step import step
from tradewire.strategies.meaning import ENTER_LONG, ENTER_SHORT, LEAVE_LONG, LEAVE_SHORT

CROWDED: Final = UNTRADABLE + 1
"""The answer to an entry for which there was no room."""


class Book(NamedTuple):
    """Symbols one behind the other: the bars of symbol s are those from `base[s]` to `base[s + 1]`.

    So are their words (`said`) and the ends of their sessions (`closing`). `rates` is what is due at each bar's open,
    and empty where nothing ever is; `inside` counts bars in the same way, from the beginning of all. `steps` holds a
    row a symbol: quantity step, least and largest quantity, least value, tick.
    """

    base: Integers
    ts: Integers
    opens: Floats
    highs: Floats
    lows: Floats
    closes: Floats
    words: Words
    said: Integers
    ends: Integers
    closing: Integers
    rates: Floats
    inside: Inside
    steps: Any


class Clock(NamedTuple):
    """All bars in the order of time, those of one moment in the order of the symbols.

    Moment m is that of the bars from `edges[m]` to before `edges[m + 1]`, each told by its symbol and its row there.
    """

    edges: Integers
    symbols: Integers
    rows: Integers


class Desk(NamedTuple):
    """Space for what is known of each symbol, a row each: its trade and rules, its next word, its last close.

    `fresh` tells that its trade was entered at this moment, `deaf` that the word of this moment went with a trade.
    """

    trades: Floats
    places: Integers
    rules: Floats
    limits: Integers
    targets: Floats
    fractions: Floats
    number: Integers
    last: Floats
    fresh: Any
    deaf: Any
    left_out: Integers


def held_at(desk: Desk, symbol: int, balance: float, written: int) -> Held:
    """Return a symbol's trade, which knows what the account has now."""
    trade, places = desk.trades[symbol], desk.places[symbol]
    return Held(
        places[0],
        trade[0],
        trade[1],
        trade[2],
        trade[3],
        trade[4],
        trade[5],
        places[1],
        places[2],
        trade[6],
        balance,
        written,
    )


def keep(desk: Desk, symbol: int, held: Held) -> None:
    """Write a symbol's trade down."""
    trade, places = desk.trades[symbol], desk.places[symbol]
    places[0], places[1], places[2] = held.row, held.rung, held.over
    trade[0], trade[1], trade[2], trade[3] = held.sign, held.entry, held.units, held.left
    trade[4], trade[5], trade[6] = held.stop, held.target, held.funding


def rules_of(desk: Desk, symbol: int) -> Rules:
    """Return the rules of a symbol's trade."""
    rules, limits = desk.rules[symbol], desk.limits[symbol]
    return Rules(
        rules[0],
        rules[1],
        rules[2],
        rules[3],
        rules[4],
        rules[5],
        rules[6],
        limits[0],
        limits[1],
        limits[2],
        limits[3],
    )


def keep_rules(desk: Desk, symbol: int, wanted: Rules) -> None:
    """Write the rules of a symbol's trade down."""
    rules, limits = desk.rules[symbol], desk.limits[symbol]
    rules[0], rules[1], rules[2], rules[3] = wanted.given, wanted.trail_keep, wanted.trail_gap, wanted.trail_from
    rules[4], rules[5], rules[6] = wanted.trail_step, wanted.even_at, wanted.even_stop
    limits[0], limits[1], limits[2], limits[3] = wanted.even_rung, wanted.deadline, wanted.late, wanted.last


def terms_at(terms: Terms, steps: Any) -> Terms:
    """Return the terms with the steps of a symbol."""
    return Terms(
        terms.at_close,
        terms.entry_bar,
        terms.open_first,
        terms.entry_high,
        terms.stop_first,
        terms.raises,
        terms.close_at_end,
        terms.fee,
        terms.half_spread,
        terms.slippage,
        terms.leverage,
        terms.lasting,
        steps[0],
        steps[1],
        steps[2],
        steps[3],
        steps[4],
    )


def managed(
    held: Held,
    rules: Rules,
    at: int,
    row: int,
    book: Book,
    terms: Terms,
    targets: Any,
    fractions: Any,
    columns: Columns,
) -> Held:
    """Return a trade after its exits have looked at a bar, `at` among all and `row` among those of its symbol."""
    inside = book.inside
    if len(inside.begin) and inside.begin[at] < inside.end[at]:
        begin = at - row
        own = Inside(inside.begin[begin:], inside.end[begin:], inside.opens, inside.highs, inside.lows, inside.closes)
        return within(held, rules, row, book.ts[at], targets, fractions, columns, terms, own)
    sign = held.sign
    stop, target, rung, reason, price = step(
        sign * book.opens[at],
        sign * (book.highs[at] if sign > 0.0 else book.lows[at]),
        sign * (book.lows[at] if sign > 0.0 else book.highs[at]),
        sign * book.closes[at],
        book.ts[at],
        held.stop,
        held.target,
        held.rung,
        rules,
        targets,
        0,
        terms.stop_first,
        terms.raises,
    )
    before, held = held, moved(held, stop, target, rung)
    if reason == NONE and rung == before.rung:
        return held
    return settled(before, held, rules, reason, price, book.opens[at], row, targets, fractions, columns, terms)


def worth(desk: Desk, balance: float) -> tuple[float, float, int]:
    """Return the equity at the last closes, the value that open trades hold at their entries, and how many they are."""
    held, count = 0.0, 0
    for symbol in range(len(desk.last)):
        sign, entry, left = desk.trades[symbol, 0], desk.trades[symbol, 1], desk.trades[symbol, 3]
        if left > 0.0:
            balance += left * (sign * desk.last[symbol] - entry)
            held += left * abs(entry)
            count += 1
    return balance, held, count


def together(
    clock: Clock,
    book: Book,
    plans: Plans,
    terms: Terms,
    cash: float,
    most: int,
    desk: Desk,
    columns: Columns,
    which: Integers,
    equity: Floats,
) -> int:
    """Fill `columns`, `which` (the symbol of each row) and `equity` (one element a moment); return how many rows.

    `desk` is as `portfolio` makes it; in its `left_out` the answers to entries are counted, those beyond `most` at a
    time as `CROWDED`. At a moment all exits go before all entries, and entries in the order of the symbols.
    """
    number, fresh, deaf = desk.number, desk.fresh, desk.deaf
    exits_first = terms.at_close or not terms.open_first
    balance, written = cash, 0
    words = book.words
    for moment in range(len(clock.edges) - 1):
        first, after = clock.edges[moment], clock.edges[moment + 1]
        for phase in range(4):
            for event in range(first, after):
                symbol, row = clock.symbols[event], clock.rows[event]
                at, said = book.base[symbol] + row, number[symbol]
                heard = said < book.said[symbol + 1] and words.rows[said] == row
                open_ = desk.trades[symbol, 3] > 0.0
                if phase == 3:
                    desk.last[symbol] = book.closes[at]
                if phase == 0:
                    fresh[symbol] = deaf[symbol] = False
                if not (heard if 0 < phase < 3 else open_):
                    continue
                own, rules = terms_at(terms, book.steps[symbol]), rules_of(desk, symbol)
                targets, fractions = desk.targets[symbol], desk.fractions[symbol]
                held = held_at(desk, symbol, balance, written)
                if phase == 0:
                    if len(book.rates) and book.rates[at] != 0.0:
                        held = charged(held, book.rates[at] * held.left * held.sign * book.opens[at])
                    if exits_first:
                        held = managed(held, rules, at, row, book, own, targets, fractions, columns)
                        if held.left > 0.0 and row >= held.over:
                            price = held.sign * book.closes[at]
                            held = closed(held, row, price, held.left, own.slippage, 1.0, SESSION_END, columns, own)
                        deaf[symbol] = held.left == 0.0 and not terms.at_close
                elif phase == 1:
                    if open_ and words.codes[said] & (LEAVE_LONG if held.sign > 0.0 else LEAVE_SHORT):
                        price = held.sign * words.prices[said]
                        held = closed(held, row, price, held.left, own.slippage, 1.0, SIGNAL, columns, own)
                elif phase == 2:
                    if not open_ and not deaf[symbol] and words.codes[said] & (ENTER_LONG | ENTER_SHORT):
                        equal, committed, count = worth(desk, balance)
                        answer = CROWDED
                        if count < most:
                            plan = Numbers(
                                plans.lengths[symbol],
                                plans.fractions[symbol, : plans.counts[symbol]],
                                plans.last[symbol],
                                plans.even_rung[symbol],
                                plans.limit[symbol],
                                plans.sizing[symbol],
                                plans.size[symbol],
                                plans.session[symbol],
                            )
                            held, wanted, answer = listened(
                                held_at(desk, symbol, equal, written),
                                rules,
                                words,
                                said,
                                book.ts[book.base[symbol] : book.base[symbol + 1]],
                                plan,
                                own,
                                book.ends[book.closing[symbol] : book.closing[symbol + 1]],
                                committed,
                                targets,
                                fractions,
                                columns,
                            )
                            keep(desk, symbol, held)
                            keep_rules(desk, symbol, wanted)
                            held = held_at(desk, symbol, balance + (held.balance - equal), written)
                        desk.left_out[answer] += 1
                        if answer == ENTERED:
                            fresh[symbol] = True
                            if terms.entry_high and not terms.entry_bar and not terms.at_close:
                                high = book.highs[at] if held.sign > 0.0 else -book.lows[at]
                                held = lifted(held, wanted, high)
                    number[symbol] += 1
                else:
                    looks = terms.entry_bar and not terms.at_close if fresh[symbol] else not exits_first
                    if looks:
                        held = managed(held, rules, at, row, book, own, targets, fractions, columns)
                    price = held.sign * book.closes[at]
                    if held.left > 0.0 and row >= held.over:
                        held = closed(held, row, price, held.left, own.slippage, 1.0, SESSION_END, columns, own)
                    if held.left > 0.0 and at + 1 == book.base[symbol + 1]:
                        cost, reason = (1.0, END) if terms.close_at_end else (0.0, OPEN)
                        held = closed(held, row, price, held.left, own.slippage, cost, reason, columns, own)
                which[written : held.written] = symbol
                balance, written = held.balance, held.written
                keep(desk, symbol, held)
        equity[moment] = worth(desk, balance)[0]
    return written
