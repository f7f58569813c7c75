"""What is wrong with a configuration: where it stands, what it is, and the nearest right word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from msgspec import Struct

Path = tuple[str | int, ...]
"""The way to a value: keys of mappings and indices of lists."""


class Problem(Struct, frozen=True, kw_only=True):
    """One thing that is wrong. `line` and `column` count from 1; `path` is written with dots."""

    file: str
    line: int | None = None
    column: int | None = None
    path: str = ""
    message: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.path}: {self.message}" if self.path else f"{where}: {self.message}"


class SettingsError(Exception):
    """The configuration cannot be used; `problems` has everything that was found, in the order of the file.

    `warnings` has what alone would not have kept the hub from running.
    """

    def __init__(self, problems: Sequence[Problem], warnings: Sequence[Problem] = ()) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)
        self.warnings = tuple(warnings)


def dotted(path: Path) -> str:
    """Write a path as people read it: `routes.0.match`."""
    return ".".join(str(part) for part in path)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant."""
    return next(iter(get_close_matches(word.lower(), sorted(known), n=1, cutoff=0.6)), None)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean "x"?` for the nearest known word, or a list of what there is, or nothing."""
    words = sorted(known)
    meant = nearest(word, words)
    if meant is not None:
        return f'; did you mean "{meant}"?'
    return f"; known are {', '.join(words)}" if 0 < len(words) <= 12 else ""
