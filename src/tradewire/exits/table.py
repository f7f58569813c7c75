"""Where a book keeps its numbers: rows in lists for a few trades; `arrays.ArrayTable` has the same shape for many."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from struct import Struct as Layout
from struct import pack, unpack
from typing import NamedTuple, Protocol

from tradewire.exits.condense import BUCKETS, MOST, condense
from tradewire.exits.kernel import WIDTH, Row, Rules
from tradewire.exits.moves import Moves
from tradewire.exits.sweep import Bounds, sweep

ROW = Layout("<3d2q7d4q")
"""Bytes of a `Row` with its rules, in the order of their fields."""


class Stops(NamedTuple):
    """The columns of the stops that moved, as `Moves` has them."""

    slots: bytes = b""
    stops: bytes = b""
    levels: bytes = b""
    places: bytes = b""


class Swept(NamedTuple):
    """The outcome of a sweep: the stops that moved, four numbers a fired trade, and the bounds afterwards."""

    moved: Stops
    fired: list[int]
    bounds: Bounds


class Table(Protocol):
    """Rows in dense slots: an append takes the next slot, a removal puts the last row into the hole."""

    def append(self, row: Row, targets: tuple[float, ...]) -> None: ...
    def put(self, slot: int, row: Row, targets: tuple[float, ...]) -> None: ...
    def drop(self, slot: int) -> None: ...
    def row(self, slot: int) -> Row: ...
    def watch(self, slot: int, watched: int) -> None: ...
    def stops(self) -> list[float]: ...
    def sweep(self, bid: float, ask: float, now: int) -> Swept: ...
    def set(self, moves: Moves) -> None: ...
    def pack(self) -> tuple[bytes, bytes]: ...


TableMaker = Callable[[bytes, bytes], Table]
"""Makes a table from what `pack` returned."""


class ListTable:
    """A table of plain Python values."""

    def __init__(self, rows: bytes = b"", ladders: bytes = b"") -> None:
        self._rows = [
            Row(sign, stop, target, rung, watched, Rules(*rules))
            for sign, stop, target, rung, watched, *rules in ROW.iter_unpack(rows)
        ]
        self._ladders = list(unpack(f"<{len(ladders) // 8}d", ladders))

    def append(self, row: Row, targets: tuple[float, ...]) -> None:
        self._rows.append(row)
        self._ladders.extend(targets)

    def put(self, slot: int, row: Row, targets: tuple[float, ...]) -> None:
        self._rows[slot] = row
        self._ladders[slot * WIDTH : (slot + 1) * WIDTH] = targets

    def drop(self, slot: int) -> None:
        self.put(slot, self._rows[-1], tuple(self._ladders[-WIDTH:]))
        self._rows.pop()
        del self._ladders[-WIDTH:]

    def row(self, slot: int) -> Row:
        return self._rows[slot]

    def watch(self, slot: int, watched: int) -> None:
        self._rows[slot] = self._rows[slot]._replace(watched=watched)

    def stops(self) -> list[float]:
        return [row.stop for row in self._rows]

    def sweep(self, bid: float, ask: float, now: int) -> Swept:
        count = len(self._rows)
        slots, stops, fired = [0] * count, [0.0] * count, [0] * (4 * count)
        moved, fires, bounds = sweep(self._rows, self._ladders, count, bid, ask, now, slots, stops, fired)
        return Swept(moved_stops(slots[:moved], stops[:moved]), fired[: 4 * fires], bounds)

    def set(self, moves: Moves) -> None:
        for slot, stop in each_stop(moves):
            self._rows[slot] = self._rows[slot]._replace(stop=stop)
        slots = unpack(f"<{len(moves.rungs)}I", moves.rung_slots)
        for slot, rung in zip(slots, moves.rungs, strict=True):
            self._rows[slot] = self._rows[slot]._replace(rung=rung, target=self._ladders[slot * WIDTH + rung])

    def pack(self) -> tuple[bytes, bytes]:
        rows = b"".join(ROW.pack(*row[:5], *row.rules) for row in self._rows)
        return rows, pack(f"<{len(self._ladders)}d", *self._ladders)


def moved_stops(slots: list[int], stops: list[float]) -> Stops:
    """Return the stops that moved in their shortest form. `slots` are strictly increasing."""
    moved = len(slots)
    raw = pack(f"<{moved}d", *stops)
    places, levels = [0] * (slots[-1] + 1 if slots else 0), [0] * MOST
    count = condense(slots, unpack(f"<{moved}q", raw), moved, levels, places, [0] * BUCKETS)
    if count:
        return Stops(levels=pack(f"<{count}q", *levels[:count]), places=bytes(places))
    if len(places) == moved:
        return Stops(stops=raw)
    return Stops(pack(f"<{moved}I", *slots), raw)


def each_stop(moves: Moves) -> Iterable[tuple[int, float]]:
    """Yield (slot, stop) for each stop that moved."""
    if moves.places:
        levels = unpack(f"<{len(moves.levels) // 8}d", moves.levels)
        return ((slot, levels[place - 1]) for slot, place in enumerate(moves.places) if place)
    stops = unpack(f"<{len(moves.stops) // 8}d", moves.stops)
    slots = unpack(f"<{len(moves.slots) // 4}I", moves.slots) if moves.slots else range(len(stops))
    return zip(slots, stops, strict=True)
