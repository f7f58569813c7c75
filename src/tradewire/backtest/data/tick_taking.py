"""Taking a file of ticks in: piece by piece, faulty ones refused or left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from tradewire.backtest.data.checking import SHOWN, Finding
from tradewire.backtest.data.problems import BadHistory
from tradewire.backtest.data.progress import Done, silent
from tradewire.backtest.data.tick_files import read_ticks
from tradewire.backtest.data.tick_store import TickStore
from tradewire.backtest.data.ticks import Ticks, impossible

DROP: Final = "drop"


@dataclass(frozen=True, slots=True)
class TakenTicks:
    """What became of a file of ticks."""

    file: Path
    symbol: str
    added: int
    left_out: Mapping[str, int]
    ticks: int

    def told(self) -> str:
        """Return a sentence for people."""
        parts = [f"{self.added} ticks taken", *(f"{count} left out: {rule}" for rule, count in self.left_out.items())]
        return f"{self.file}: {self.symbol}/ticks: {', '.join(parts)}; {self.ticks} ticks there"

    def figures(self) -> Mapping[str, Any]:
        """Return the same for programs."""
        return {
            "symbol": self.symbol,
            "timeframe_s": 0,
            "added": self.added,
            "ticks": self.ticks,
            "mended": dict(self.left_out),
        }


@dataclass(slots=True)
class Faults:
    """Collects what is wrong with ticks that come in pieces."""

    _last: int | None = None
    _row: int = 0
    _found: dict[str, tuple[str, int, list[int], list[int], list[str]]] = field(default_factory=dict)

    def look(self, ticks: Ticks, places: Any = None) -> Any:
        """Note the faults of the next piece; return which of its ticks have one."""
        faults = impossible(ticks)
        if self._last is not None:
            faults["unsorted"][0][ticks.ts < self._last] = True
        self._last = max(int(ticks.ts.max()), self._last or 0)
        for rule, (flags, sentence) in faults.items():
            rows = np.flatnonzero(flags)
            if not len(rows):
                continue
            _, count, at, times, where = self._found.get(rule, (sentence, 0, [], [], []))
            new = rows[: SHOWN - len(at)].tolist()
            where += [places(row) for row in new] if places else []
            at += [self._row + row for row in new]
            times += [int(ticks.ts[row]) for row in new]
            self._found[rule] = (sentence, count + len(rows), at, times, where)
        self._row += len(ticks)
        return np.logical_or.reduce([flags for flags, _ in faults.values()])

    def findings(self) -> list[tuple[Finding, list[str]]]:
        """Return what was found, and where the first ones stand."""
        return [
            (Finding(rule, sentence, True, count, tuple(at), tuple(times)), where)
            for rule, (sentence, count, at, times, where) in self._found.items()
        ]

    def counts(self) -> dict[str, int]:
        """Return how many ticks broke each rule."""
        return {sentence: count for sentence, count, *_ in self._found.values()}

    def told(self) -> list[str]:
        """Return a line for people for each kind of fault."""
        return [told(finding, where) for finding, where in self.findings()]


def told(finding: Finding, where: list[str]) -> str:
    """Return a line for people."""
    places = dict(zip(finding.rows, where, strict=False))
    return finding.told(places.__getitem__ if places else None)


def take_ticks(
    file: Path,
    store: TickStore,
    symbol: str | None = None,
    zone: str | None = None,
    rule: str | None = None,
    done: Done = silent,
) -> TakenTicks:
    """Keep the ticks of a file; without a rule one that cannot be refuses it, with `drop` it is left out.

    `done` hears how many ticks were read.

    Raises:
        BadHistory: the file cannot be read, has faults and no rule, or nothing is left of it.
    """
    if rule not in (None, DROP):
        raise BadHistory(f"{file}: ticks are mended with --mend drop, not {rule}")
    faults, name = Faults(), symbol

    def sound() -> Iterator[Ticks]:
        nonlocal name
        read = 0
        for reading in read_ticks(file, symbol, zone):
            name = reading.ticks.symbol
            wrong = faults.look(reading.ticks, reading.place)
            read += len(reading.ticks)
            done(read)
            if rule == DROP:
                yield reading.ticks.rows(~wrong)
            elif not faults.counts():
                yield reading.ticks
        if rule is None and faults.counts():
            lines = "".join(f"\n  {line}" for line in faults.told())
            raise BadHistory(f"{file} cannot be used as it is: mend the file, or import it with --mend drop{lines}")

    pieces = sound()
    first = next(pieces, None)
    if first is None or name is None:
        raise BadHistory(f"{file}: no ticks")

    def again() -> Iterator[Ticks]:
        yield first
        yield from pieces

    added, there = store.merge(name, again())
    return TakenTicks(file, name, added, faults.counts(), there)
