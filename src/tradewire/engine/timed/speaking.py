"""From what a strategy says of a bar to the commands that it speaks, which end only trades of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Context, Decimal
from typing import NamedTuple

from msgspec.structs import replace

from tradewire.domain.instrument import Instrument
from tradewire.domain.signal import CancelPending, Close, Distance, Open, Side, Signal, Size, SizeUnit, Unit
from tradewire.engine.state import AccountState
from tradewire.engine.timed.asking import Live, Said
from tradewire.strategies.meaning import ENTER_LONG, ENTER_SHORT, LEAVE_LONG, LEAVE_SHORT

_FIGURES = Context(prec=12)
"""Digits of a number that a strategy gives: the rest of a float is noise, and a command must stay readable."""

_ENTERS = {ENTER_LONG: Side.BUY, ENTER_SHORT: Side.SELL}
_LEAVES = {LEAVE_LONG: Side.BUY, LEAVE_SHORT: Side.SELL}


class Holding(NamedTuple):
    """The accounts on which a strategy holds something of one side, and by account the entries under way besides."""

    open: frozenset[str]
    coming: Mapping[str, tuple[str, ...]]

    @property
    def accounts(self) -> frozenset[str]:
        """Where it holds the side, or will."""
        return self.open | self.coming.keys()


def holding(states: Mapping[str, AccountState], tag: str, symbol: str, side: Side) -> Holding:
    """Return where something with this tag is open, or will be: orders that may fill yet, and signals that are held."""
    held, coming = set(), {}
    for name, state in states.items():
        if any(t.tag == tag and t.symbol == symbol and t.side is side for t in state.trades.values()):
            held.add(name)
        entries: dict[str, object] = {**state.reserved, **{s: w.signal for s, w in state.waiting.items()}}
        if refs := tuple(ref for ref, entry in entries.items() if _is_of(entry, tag, symbol, side)):
            coming[name] = refs
    return Holding(frozenset(held), coming)


def _is_of(entry: object, tag: str, symbol: str, side: Side) -> bool:
    given = (getattr(entry, name, None) for name in ("tag", "symbol", "side"))
    return tuple(given) == (tag, symbol, side)


def commands(
    live: Live,
    symbol: str,
    said: Said,
    held: Callable[[Side], Holding],
    reach: Callable[[Open], Sequence[str]],
    instrument: Instrument | None,
) -> tuple[Signal, ...]:
    """Return the commands of a bar, in order: ends of own trades, then the entry; none where nothing would change.

    `held` tells where the strategy holds a side, `reach` to which accounts an entry would go. One that holds the side
    already is passed over, as in a backtest.
    """
    spoken: list[Signal] = []
    for code, side in _LEAVES.items():
        if said.code & code:
            where = held(side)
            for name, refs in where.coming.items():
                spoken += [CancelPending(ref=ref, destinations=(name,)) for ref in refs]
            if where.open:
                named = tuple(sorted(where.open))
                spoken.append(Close(symbol=symbol, side=side, tag=live.name, destinations=named))
    for code, side in _ENTERS.items():
        if said.code & code:
            entry = _entry(live, symbol, side, said, instrument)
            busy = held(side).accounts
            if not busy:
                spoken.append(entry)
            elif free := [name for name in reach(entry) if name not in busy]:
                spoken.append(replace(entry, destinations=tuple(free)))
    return tuple(spoken)


def _entry(live: Live, symbol: str, side: Side, said: Said, instrument: Instrument | None) -> Open:
    entry = replace(live.entry, symbol=symbol, side=side, tag=live.name, destinations=live.accounts)
    if said.size is not None:
        entry = replace(entry, size=Size(_number(said.size), SizeUnit.UNITS))
    if said.distance is not None:
        stop = _distance(said.distance, said.close, instrument)
        entry = replace(entry, exits=replace(entry.exits, stop=stop))
    return entry


def _distance(distance: float, close: float, instrument: Instrument | None) -> Distance:
    """Return a difference of prices as pips; as percent of the close where no pip is known."""
    if instrument is None:
        return Distance(_number(100 * distance / close), Unit.PERCENT)
    return Distance(_FIGURES.divide(_number(distance), instrument.pip_size), Unit.PIPS)


def _number(value: float) -> Decimal:
    return _FIGURES.create_decimal(repr(value))
