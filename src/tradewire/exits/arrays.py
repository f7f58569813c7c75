"""A book's numbers in arrays, swept by jitted code. Import it late: it brings numba."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from tradewire.exits.condense import BUCKETS, MOST, condense
from tradewire.exits.jit import compiled
from tradewire.exits.kernel import NO_RULES, NOWHERE, WIDTH, Row, Rules
from tradewire.exits.moves import Moves
from tradewire.exits.sweep import sweep
from tradewire.exits.table import Stops, Swept

_FLOATS = ("given", "trail_keep", "trail_gap", "trail_from", "trail_step", "even_at", "even_stop")
_INTEGERS = ("even_rung", "deadline", "late", "last")
RULES = np.dtype([(name, "<f8") for name in _FLOATS] + [(name, "<i8") for name in _INTEGERS], align=True)
ROW = np.dtype(
    [("sign", "<f8"), ("stop", "<f8"), ("target", "<f8"), ("rung", "<i8"), ("watched", "<i8"), ("rules", RULES)],
    align=True,
)


@cache
def _jitted_sweep() -> Any:
    return compiled(sweep)


@cache
def _jitted_condense() -> Any:
    return compiled(condense)


class ArrayTable:
    """A table of arrays that double when they are full; bytes and decisions equal those of `ListTable`."""

    def __init__(self, rows: bytes = b"", ladders: bytes = b"") -> None:
        self._count = len(rows) // ROW.itemsize
        self._rows = np.frombuffer(rows, ROW).copy()
        self._ladders = np.frombuffer(ladders, "<f8").copy()
        self._levels = np.zeros(MOST, np.int64)
        self._seen = np.zeros(BUCKETS, np.int64)
        self._sweep, self._condense = _jitted_sweep(), _jitted_condense()
        self._reserve(max(64, self._count))

    def _reserve(self, capacity: int) -> None:
        rows, ladders = np.zeros(capacity, ROW), np.zeros(capacity * WIDTH)
        rows[: self._count] = self._rows[: self._count]
        ladders[: self._count * WIDTH] = self._ladders[: self._count * WIDTH]
        self._rows, self._ladders = rows, ladders
        self._slots = np.zeros(capacity, "<u4")
        self._stops = np.zeros(capacity)
        self._places = np.zeros(capacity, "u1")
        self._fired = np.zeros(4 * capacity, np.int64)

    def append(self, row: Row, targets: tuple[float, ...]) -> None:
        if self._count == len(self._rows):
            self._reserve(2 * self._count)
        self._count += 1
        self.put(self._count - 1, row, targets)

    def put(self, slot: int, row: Row, targets: tuple[float, ...]) -> None:
        self._rows[slot] = (*row[:5], tuple(row.rules))
        self._ladders[slot * WIDTH : (slot + 1) * WIDTH] = targets

    def drop(self, slot: int) -> None:
        last = self._count - 1
        self._rows[slot] = self._rows[last]
        self._ladders[slot * WIDTH : (slot + 1) * WIDTH] = self._ladders[last * WIDTH : (last + 1) * WIDTH]
        self._count = last

    def row(self, slot: int) -> Row:
        sign, stop, target, rung, watched, rules = self._rows[slot].item()
        return Row(sign, stop, target, rung, watched, Rules(*rules))

    def watch(self, slot: int, watched: int) -> None:
        self._rows["watched"][slot] = watched

    def stops(self) -> list[float]:
        stops: list[float] = self._rows["stop"][: self._count].tolist()
        return stops

    def sweep(self, bid: float, ask: float, now: int) -> Swept:
        moved, fires, bounds = self._sweep(
            self._rows, self._ladders, self._count, bid, ask, now, self._slots, self._stops, self._fired
        )
        return Swept(self._moved(moved), self._fired[: 4 * fires].tolist(), bounds)

    def _moved(self, moved: int) -> Stops:
        slots, stops = self._slots[:moved], self._stops[:moved]
        self._seen.fill(0)
        count = self._condense(slots, stops.view(np.int64), moved, self._levels, self._places, self._seen)
        if count:
            return Stops(levels=self._levels[:count].tobytes(), places=self._places[: slots[-1] + 1].tobytes())
        if moved and slots[-1] == moved - 1:
            return Stops(stops=stops.tobytes())
        return Stops(slots.tobytes(), stops.tobytes())

    def set(self, moves: Moves) -> None:
        self._set_stops(moves)
        slots = np.frombuffer(moves.rung_slots, "<u4").astype(np.int64)
        rungs = np.frombuffer(moves.rungs, "u1")
        self._rows["rung"][slots] = rungs
        self._rows["target"][slots] = self._ladders[slots * WIDTH + rungs]

    def _set_stops(self, moves: Moves) -> None:
        column = self._rows["stop"][: self._count]
        if moves.places:
            levels, places = np.frombuffer(moves.levels, "<f8"), np.frombuffer(moves.places, "u1")
            if 0 in moves.places:
                slots = np.flatnonzero(places)
                column[slots] = levels[places[slots] - 1]
            else:
                column[: len(places)] = levels[places - 1]
            return
        stops = np.frombuffer(moves.stops, "<f8")
        if moves.slots:
            column[np.frombuffer(moves.slots, "<u4")] = stops
        else:
            column[: len(stops)] = stops

    def pack(self) -> tuple[bytes, bytes]:
        return self._rows[: self._count].tobytes(), self._ladders[: self._count * WIDTH].tobytes()


def warm() -> None:
    """Load the jitted sweep from the disk, or compile it."""
    table = ArrayTable()
    table.append(Row(1.0, -NOWHERE, NOWHERE, 0, 1, NO_RULES), (NOWHERE,) * WIDTH)
    table.sweep(1.0, 1.0, 0)
