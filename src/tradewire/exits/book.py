"""The exits of all open trades of one account and one symbol."""

from __future__ import annotations

from decimal import Decimal
from importlib import import_module
from math import inf, isfinite, nextafter
from struct import pack, unpack

from msgspec import Struct

from tradewire.domain.numbers import Rounding, to_step
from tradewire.domain.signal import Side
from tradewire.exits.kernel import MAX_TARGETS, NEVER, NONE, NOWHERE, Params, Row, State
from tradewire.exits.moves import Moves, Trigger, Watch, reason_of
from tradewire.exits.sweep import Bounds
from tradewire.exits.table import ListTable, Table, TableMaker

FEW = 16
"""Up to here plain Python is as fast as a jitted call, and needs no numba."""

_DIGITS = 12
"""Significant digits of a float that are a price and not its binary noise."""

_UNKNOWN = Watch(NOWHERE, -NOWHERE, NOWHERE, -NOWHERE, -NEVER)
"""No quote is inside: the next one is looked at in full."""


class StaleMoves(ValueError):
    """Trades came, went or were changed between deciding and applying the moves."""


class BookDump(Struct, frozen=True, kw_only=True):
    """The exact state of a book: ids in slot order, and little-endian rows, ladders and fractions."""

    generation: int
    ids: tuple[str, ...]
    rows: bytes
    ladders: bytes
    fractions: bytes


_jitted: dict[str, TableMaker] = {}


class ExitBook:
    """Watches the exits of many trades at once.

    A quote is decided by `on_quote`, which changes nothing, and made so by `apply` once it is journaled. Slots follow
    from the order of additions and removals alone, so that a fold of the same journal gives the same book; `generation`
    counts additions, removals and replacements, and moves of another generation are refused. Beyond `few` trades the
    book uses the jitted path, once that is loaded (`warm`).
    """

    def __init__(self, few: int = FEW) -> None:
        self._few = few
        self._table: Table = ListTable()
        self._ids: list[str] = []
        self._slots: dict[str, int] = {}
        self._fractions: list[tuple[float, ...]] = []
        self._generation = 0
        self._watch = _UNKNOWN
        self._decided: tuple[tuple[float, float, int], Moves] | None = None
        """The last quote that changes something, with what it changes, as long as the book stays as it was."""

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, trade_id: str) -> bool:
        return trade_id in self._slots

    @property
    def watch(self) -> Watch:
        """The bounds strictly inside which a quote changes nothing."""
        return self._watch

    @property
    def wants_warm(self) -> bool:
        """Tell whether the book has outgrown plain Python while the jitted path is not loaded."""
        return len(self._ids) > self._few and not _jitted

    @staticmethod
    def warm() -> None:
        """Load the jitted path for all books: a second from the disk, some more the first time. Call it in a thread."""
        arrays = import_module("tradewire.exits.arrays")
        arrays.warm()
        _jitted["table"] = arrays.ArrayTable

    def add(self, trade_id: str, side: Side, params: Params, state: State) -> None:
        """Watch a trade.

        Raises:
            ValueError: it is watched already.
        """
        if trade_id in self._slots:
            raise ValueError(f"trade {trade_id} is watched already")
        self._slots[trade_id] = len(self._ids)
        self._ids.append(trade_id)
        self._fractions.append(params.fractions)
        self._table.append(Row(float(side.sign), *state, 1, params.rules), params.targets)
        self._changed()

    def remove(self, trade_id: str) -> None:
        """Forget a trade; the last one takes its slot. Raises KeyError for one that is not watched."""
        slot = self._slots.pop(trade_id)
        last = self._ids.pop()
        fractions = self._fractions.pop()
        if last != trade_id:
            self._ids[slot], self._slots[last], self._fractions[slot] = last, slot, fractions
        self._table.drop(slot)
        self._changed()

    def replace(self, trade_id: str, params: Params, state: State) -> None:
        """Give a trade other exits. Raises KeyError for one that is not watched."""
        slot = self._slots[trade_id]
        row = self._table.row(slot)
        self._fractions[slot] = params.fractions
        self._table.put(slot, Row(row.sign, *state, row.watched, params.rules), params.targets)
        self._changed()

    def suspend(self, trade_id: str) -> None:
        """Trigger nothing for a trade whose exit order is under way; its stop still follows."""
        self._set_watched(trade_id, 0)

    def resume(self, trade_id: str) -> None:
        """Trigger again."""
        self._set_watched(trade_id, 1)

    def is_suspended(self, trade_id: str) -> bool:
        return not self._table.row(self._slots[trade_id]).watched

    def state(self, trade_id: str) -> State:
        """Return a trade's stop and next target (signed prices) and its targets done."""
        row = self._table.row(self._slots[trade_id])
        return State(row.stop, row.target, row.rung)

    def stop(self, trade_id: str, tick_size: Decimal) -> Decimal | None:
        """Return a trade's stop on the venue's tick, rounded towards the market: never looser than the hub's own."""
        row = self._table.row(self._slots[trade_id])
        if row.stop == -NOWHERE:
            return None
        exact = Decimal(f"{abs(row.stop):.{_DIGITS}g}")
        return to_step(exact, tick_size, Rounding.UP if row.sign > 0.0 else Rounding.DOWN)

    def stops(self) -> dict[str, float | None]:
        """Return every trade's stop as it stands, as a price for screens."""
        stops = self._table.stops()
        return {
            trade_id: None if stop == -NOWHERE else abs(stop) for trade_id, stop in zip(self._ids, stops, strict=True)
        }

    def closing(self) -> Watch:
        """Return the prices at which something closes next: as `watch`, without those that only move a stop."""
        stops, targets, before = [-NOWHERE, -NOWHERE], [NOWHERE, NOWHERE], NEVER
        for slot in range(len(self._ids)):
            row = self._table.row(slot)
            if row.watched:
                side = row.sign < 0.0
                stops[side], targets[side] = max(stops[side], row.stop), min(targets[side], row.target)
                before = min(before, row.rules.deadline)
        return _watch((stops[0], targets[0], stops[1], targets[1], before))

    def on_quote(self, bid: float, ask: float, ts: int) -> Moves | None:
        """Decide what a quote changes; None = nothing. The book stays as it is until `apply`.

        The same quote asked again of the same book is answered from memory: the watch asks first, the desk decides.

        Raises:
            ValueError: a price is not finite.
        """
        bid_above, bid_below, ask_above, ask_below, before = self._watch
        if bid_above < bid < bid_below and ask_above < ask < ask_below and ts < before:
            return None
        quote = (bid, ask, ts)
        if self._decided is not None and self._decided[0] == quote:
            return self._decided[1]
        if not (isfinite(bid) and isfinite(ask)):
            raise ValueError(f"a quote must be finite, not {bid}/{ask}")
        self._grow()
        swept = self._table.sweep(bid, ask, ts)
        watch = _watch(swept.bounds)
        if not any(swept.moved) and not swept.fired:
            # What changed nothing now changes nothing later, even where the bounds' slack says "perhaps".
            self._watch = watch._replace(
                bid_below=max(watch.bid_below, nextafter(bid, inf)),
                ask_above=min(watch.ask_above, nextafter(ask, -inf)),
            )
            return None
        fired = [swept.fired[at : at + 4] for at in range(0, len(swept.fired), 4)]
        climbs = [(slot, rung) for slot, was, rung, _ in fired if rung != was]
        moves = Moves(
            generation=self._generation,
            **swept.moved._asdict(),
            rung_slots=pack(f"<{len(climbs)}I", *(slot for slot, _ in climbs)),
            rungs=bytes(rung for _, rung in climbs),
            triggers=tuple(self._trigger(bid, ask, *each) for each in fired),
            watch=watch,
        )
        self._decided = quote, moves
        return moves

    def apply(self, moves: Moves) -> None:
        """Make moves so, fresh ones or ones read from the journal.

        Raises:
            StaleMoves: they were decided for another generation of the book.
        """
        if moves.generation != self._generation:
            raise StaleMoves(
                f"moves of generation {moves.generation} do not fit a book of generation {self._generation}"
            )
        self._table.set(moves)
        self._look_anew(moves.watch or _UNKNOWN)

    def dump(self) -> BookDump:
        """Return the exact state for a snapshot."""
        rows, ladders = self._table.pack()
        fractions = [fraction for each in self._fractions for fraction in each]
        return BookDump(
            generation=self._generation,
            ids=tuple(self._ids),
            rows=rows,
            ladders=ladders,
            fractions=pack(f"<{len(fractions)}d", *fractions),
        )

    @classmethod
    def load(cls, dump: BookDump) -> ExitBook:
        """Return the book that was dumped."""
        book = cls()
        book._table = ListTable(dump.rows, dump.ladders)
        book._ids = list(dump.ids)
        book._slots = {trade_id: slot for slot, trade_id in enumerate(dump.ids)}
        flat = unpack(f"<{len(dump.fractions) // 8}d", dump.fractions)
        book._fractions = [flat[at : at + MAX_TARGETS] for at in range(0, len(flat), MAX_TARGETS)]
        book._generation = dump.generation
        return book

    def _changed(self) -> None:
        self._generation += 1
        self._look_anew()

    def _look_anew(self, watch: Watch = _UNKNOWN) -> None:
        self._watch = watch
        self._decided = None

    def _grow(self) -> None:
        """Move to arrays when the book has outgrown plain Python and the jitted path is loaded."""
        if len(self._ids) > self._few and _jitted and isinstance(self._table, ListTable):
            self._table = _jitted["table"](*self._table.pack())

    def _set_watched(self, trade_id: str, watched: int) -> None:
        slot = self._slots[trade_id]
        if self._table.row(slot).watched != watched:
            self._table.watch(slot, watched)
            self._look_anew()

    def _trigger(self, bid: float, ask: float, slot: int, was: int, rung: int, code: int) -> Trigger:
        row = self._table.row(slot)
        rest = code != NONE
        return Trigger(
            trade_id=self._ids[slot],
            reason=reason_of(code, row.stop, row.rules),
            price=bid if row.sign > 0.0 else ask,
            fraction=1.0 if rest else sum(self._fractions[slot][was:rung]),
            rest=rest,
            first_target=was,
            next_target=rung,
        )


def _watch(bounds: Bounds) -> Watch:
    long_floor, long_ceiling, short_floor, short_ceiling, deadline = bounds
    return Watch(long_floor, long_ceiling, -short_ceiling, -short_floor, deadline)
