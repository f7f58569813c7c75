"""Machine code for loops over bars, made at the first call and kept on disk.

Numba costs 0.4 s and 100 MB to import: a module of jitted loops costs nothing until one of them runs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

A = ParamSpec("A")
R = TypeVar("R")


def jitted(function: Callable[A, R]) -> Callable[A, R]:
    """Return `function` as machine code from its first call on; `__wrapped__` stays the plain one."""
    machine: Callable[A, R] | None = None

    @wraps(function)
    def call(*args: A.args, **kwargs: A.kwargs) -> R:
        nonlocal machine
        if machine is None:
            machine = _compiled(function)
        return machine(*args, **kwargs)

    return call


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    import numba

    try:
        compiled: Callable[..., Any] = numba.njit(cache=True, error_model="numpy", nogil=True)(function)
    except RuntimeError:  # no directory that can be written to: compile in every process
        compiled = numba.njit(error_model="numpy", nogil=True)(function)
    return compiled
