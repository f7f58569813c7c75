"""The exit step for numba. Import it late: numba costs about a second and 100 MB.

`compiled` makes a loop that may call `step` and its policies. The plain functions stay what they are.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from inspect import getmodule, getsource
from types import FunctionType
from typing import Any

import numba
from numba.extending import register_jitable

from tradewire.exits import breakeven, kernel, ladder, limits, quiet, step, stop, trailing

_POLICIES: tuple[Callable[..., Any], ...] = (
    stop.crossed,
    stop.tightened,
    trailing.trailed,
    trailing.raising_price,
    breakeven.evened,
    ladder.climbed,
    ladder.fill_price,
    limits.is_late,
    quiet.ceiling,
    step.raised,
    step.step,
)

_OPTIONS: dict[str, Any] = {"error_model": "numpy", "nogil": True, "_nrt": False}
"""`_nrt`: arrays that are handed on are not counted (two fifths of a backtest's time), so none can be made."""


@cache
def _register(parts: tuple[Callable[..., Any], ...]) -> str:
    """Make functions callable from jitted code, inlined there, and return a fingerprint of their source."""
    for part in parts:
        register_jitable(forceinline=True)(part)
    sources = [kernel, *dict.fromkeys(getmodule(part) for part in parts)]
    return sha256("".join(getsource(source) for source in sources if source).encode()).hexdigest()[:12]


def compiled(function: Callable[..., Any], *parts: Callable[..., Any]) -> Any:
    """Return `function` jitted, with its machine code kept on disk where there is a place for it.

    It may call the policies, and `parts`. Numba would notice a change of the function's own file only; a fingerprint of
    theirs in the name makes it notice a change of the others.
    """
    fingerprint = _register((*_POLICIES, *parts))
    named = FunctionType(function.__code__, function.__globals__, function.__name__, None, function.__closure__)
    named.__qualname__ = f"{function.__qualname__}_{fingerprint}"
    named.__module__ = function.__module__
    try:
        return numba.njit(cache=True, **_OPTIONS)(named)
    except RuntimeError:  # no directory that can be written to: compile in every process
        return numba.njit(**_OPTIONS)(named)
