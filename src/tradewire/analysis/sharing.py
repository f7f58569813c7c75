"""Indicators that many sets of parameters have in common are reckoned once: while a sweep shares, and only then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

A = ParamSpec("A")
R = TypeVar("R")

LIMIT: Final = 24 * 1024 * 1024
"""Bytes of answers that are kept at once."""


class Shared:
    """Answers to questions about the columns of one history, which must not change while they are kept.

    An array counts as one of these columns, or a part of one, if it lies in the same memory: that memory is taken as
    long as this lives, so nothing else can lie there. Questions about any other array are not kept.
    """

    def __init__(self, columns: Iterable[NDArray[Any]], limit: int = LIMIT) -> None:
        self._columns = tuple(columns)
        self._spans = [(start, start + column.nbytes) for column in self._columns if (start := _address(column))]
        self._limit = limit
        self._answers: dict[Any, tuple[NDArray[Any], ...]] = {}
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._answers)

    def key(self, function: Callable[..., Any], values: tuple[Any, ...]) -> Any:
        """Return what makes a question one with an earlier one, None where it cannot be kept."""
        parts: list[Any] = [function]
        for value in values:
            if isinstance(value, np.ndarray):
                start = _address(value)
                if not any(first <= start and start + value.nbytes <= last for first, last in self._spans):
                    return None
                parts.append((start, value.shape, value.strides))
            elif isinstance(value, int | float | str | None):
                parts.append(value)
            else:
                return None
        return tuple(parts)

    def find(self, key: Any) -> tuple[NDArray[Any], ...] | None:
        """Return the answer to a question that was asked before."""
        return self._answers.get(key)

    def keep(self, key: Any, answer: tuple[NDArray[Any], ...]) -> None:
        """Keep an answer, which nobody may change any more; where there is no room, begin anew."""
        size = sum(column.nbytes for column in answer)
        if self._bytes + size > self._limit:
            self._answers, self._bytes = {}, 0
        if size <= self._limit:
            self._answers[key] = answer
            self._bytes += size


_now: Shared | None = None


@contextmanager
def sharing(answers: Shared) -> Iterator[None]:
    """Keep and use the answers of shared functions until the block ends, in all threads."""
    global _now
    before, _now = _now, answers
    try:
        yield
    finally:
        _now = before


def shared(function: Callable[A, R]) -> Callable[A, R]:
    """Return `function`, whose arrays are reckoned once for the same question while answers are shared.

    It takes arrays, numbers and texts by position, and returns an array or a tuple of arrays; each caller gets a copy.
    """

    @wraps(function)
    def call(*args: A.args, **kwargs: A.kwargs) -> R:
        answers = _now
        if answers is None or kwargs:
            return function(*args, **kwargs)
        key = answers.key(function, args)
        if key is None:
            return function(*args, **kwargs)
        found = answers.find(key)
        if found is None:
            answer = function(*args, **kwargs)
            columns: Any = answer if isinstance(answer, tuple) else (answer,)
            answers.keep(key, tuple(column.copy() for column in columns))
            return answer
        copies: Any = tuple(column.copy() for column in found)
        again: R = copies if len(copies) > 1 else copies[0]
        return again

    return call


def _address(column: NDArray[Any]) -> int:
    return int(column.__array_interface__["data"][0])
