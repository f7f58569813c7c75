"""What a strategy says, without the bars at which it says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tradewire.backtest.terms import Small
from tradewire.domain.bars import Floats, Integers
from tradewire.strategies.meaning import meaning

Flags = NDArray[np.bool_]


class Words(NamedTuple):
    """What is to be done in which bars (rows, rising) and at what price; the columns hold one element a word.

    `codes` are sums of `ENTER_…` and `LEAVE_…`; `sizes`, `distances` and `atr` are empty where there are none.
    """

    rows: Integers
    prices: Floats
    codes: Small
    sizes: Floats
    distances: Floats
    atr: Floats


MEANINGS: Final = np.array([meaning(n & 1, n >> 1 & 1, n >> 2 & 1, n >> 3) for n in range(16)], np.int8)
"""The code of each combination of flags: long entry 1, long exit 2, short entry 4, short exit 8."""


def gather(
    long_entry: Any, long_exit: Any, short_entry: Any, short_exit: Any, meanings: Any, rows: Any, codes: Any
) -> int:
    """Write rows and codes of the bars that say something; return how many there are.

    The columns hold the flags of eight bars in each element, a byte for each.
    """
    count = 0
    for eight in range(len(long_entry)):
        flags = long_entry[eight] + 2 * long_exit[eight] + 4 * short_entry[eight] + 8 * short_exit[eight]
        row = 8 * eight
        while flags:
            code = meanings[flags & 15]
            if code:
                rows[count], codes[count] = row, code
                count += 1
            flags >>= 8
            row += 1
    return count


def strung(said: Sequence[Words]) -> tuple[Words, Integers]:
    """Return sets of words one behind the other, and where each begins (and the last ends)."""
    begins = np.cumsum([0, *(len(words.rows) for words in said)])
    if not said:
        return Words(*(np.empty(0, kind) for kind in (np.int64, float, np.int8, float, float, float))), begins
    columns: list[Any] = [np.concatenate([words[at] for words in said]) for at in range(3)]
    for at in range(3, 6):
        given = any(len(words[at]) for words in said)
        filled = [words[at] if len(words[at]) else np.full(len(words.rows), np.nan) for words in said]
        columns.append(np.concatenate(filled) if given else np.empty(0))
    return Words(*columns), begins


def part(words: Words, start: int, stop: int, *, at_close: bool = False) -> Words:
    """Return what is to be done in the bars from row `start` to before `stop` when they are all the bars there are.

    It is what `words_of` says of these bars and of that part of the flags; rows count from `start`.
    """
    first, last = np.searchsorted(words.rows, (start, stop - 1) if at_close else (start + 1, stop))
    columns: list[Any] = [column[first:last] for column in words]
    return Words(columns[0] - start, *columns[1:])
