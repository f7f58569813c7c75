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

    `moments` are when the bar begins whose open comes after the word (epoch ns): trades count their time from there.
    `codes` are sums of `ENTER_…` and `LEAVE_…`; `sizes`, `distances` and `atr` are empty where there are none.
    """

    rows: Integers
    prices: Floats
    moments: Integers
    codes: Small
    sizes: Floats
    distances: Floats
    atr: Floats


OPTIONAL: Final = ("sizes", "distances", "atr")
KINDS: Final = dict.fromkeys(Words._fields, np.float64) | {"rows": np.int64, "moments": np.int64, "codes": np.int8}
MEANINGS: Final = np.array([meaning(n & 1, n >> 1 & 1, n >> 2 & 1, n >> 3) for n in range(16)], np.int8)
"""The code of each combination of flags: long entry 1, long exit 2, short entry 4, short exit 8."""


def gather(
    long_entry: Any, long_exit: Any, short_entry: Any, short_exit: Any, meanings: Any, rows: Any, codes: Any
) -> int:
    """Write rows and codes of the bars that say something, as far as there is room; return how many there are.

    The columns hold the flags of eight bars in each element, a byte for each.
    """
    count = 0
    for eight in range(len(long_entry)):
        flags = long_entry[eight] + 2 * long_exit[eight] + 4 * short_entry[eight] + 8 * short_exit[eight]
        row = 8 * eight
        while flags:
            code = meanings[flags & 15]
            if code:
                if count < len(rows):
                    rows[count], codes[count] = row, code
                count += 1
            flags >>= 8
            row += 1
    return count


def strung(said: Sequence[Words]) -> tuple[Words, Integers]:
    """Return sets of words one behind the other, and where each begins (and the last ends)."""
    begins = np.cumsum([0, *(len(words.rows) for words in said)])
    columns: list[Any] = []
    for name in Words._fields:
        given: list[Any] = [getattr(words, name) for words in said]
        if name in OPTIONAL and any(map(len, given)):
            given = [getattr(words, name) if len(getattr(words, name)) else words.prices * np.nan for words in said]
        columns.append(np.concatenate([np.empty(0, KINDS[name]), *given], dtype=KINDS[name]))
    return Words(*columns), begins


def part(words: Words, start: int, stop: int, *, at_close: bool = False) -> Words:
    """Return what is to be done in the bars from row `start` to before `stop` when they are all the bars there are.

    It is what `words_of` says of these bars and of that part of the flags; rows count from `start`.
    """
    first, last = np.searchsorted(words.rows, (start, stop - 1) if at_close else (start + 1, stop))
    columns: list[Any] = [column[first:last] for column in words]
    return Words(columns[0] - start, *columns[1:])
