"""The step under numba: same code, same answers, and a cache that notices changed policies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tradewire.exits.jit import compiled


def plain_loop(values: Any) -> float:
    total = 0.0
    for value in values:
        total += value
    return total


def test_the_cache_is_named_after_the_sources_of_the_policies() -> None:
    first = compiled(plain_loop)
    assert first(np.ones(3)) == 3.0
    assert first.py_func.__qualname__.startswith("plain_loop_")
    assert plain_loop.__qualname__ == "plain_loop"


def test_a_loop_that_no_cache_can_hold_is_compiled_all_the_same() -> None:
    scope: dict[str, Callable[[int], int]] = {}
    exec("def doubled(n):\n    return 2 * n", scope)  # a function without a source file
    assert compiled(scope["doubled"])(21) == 42
