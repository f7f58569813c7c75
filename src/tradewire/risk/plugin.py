"""Default exits from a function of the owner's, named `module:function` in the configuration."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from importlib import import_module
from typing import Any

from msgspec import Struct

from tradewire.domain.instrument import Instrument, Quote
from tradewire.domain.refusal import Code
from tradewire.domain.signal import ExitSpec, Open
from tradewire.risk.unplannable import Unplannable


class ExitRequest(Struct, frozen=True, kw_only=True):
    """What the owner's function is given. It must be pure: the same request, the same exits."""

    signal: Open
    instrument: Instrument
    quote: Quote
    entry: Decimal
    atr: Decimal | None


@lru_cache(maxsize=64)
def load(name: str) -> Callable[[ExitRequest], Any]:
    """Return the function; also used to check a configuration before it runs.

    Raises:
        ValueError: there is no such function.
    """
    module, _, function = name.partition(":")
    try:
        found = getattr(import_module(module), function)
    except Exception as error:
        raise ValueError(f"the exit plug-in {name} cannot be loaded: {error}") from error
    if not callable(found):
        raise ValueError(f"the exit plug-in {name} is not a function")
    return found  # type: ignore[no-any-return]


def ask(name: str, request: ExitRequest) -> ExitSpec:
    """Return the exits that the owner's function gives.

    Raises:
        Unplannable: it is broken; the entry is refused rather than made without its stop.
    """
    try:
        spec = load(name)(request)
    except Exception as error:
        raise Unplannable(Code.PLUGIN_FAILED, f"The exit plug-in {name} failed: {error}.") from error
    if not isinstance(spec, ExitSpec):
        raise Unplannable(
            Code.PLUGIN_FAILED, f"The exit plug-in {name} gave {type(spec).__name__} instead of an ExitSpec."
        )
    return spec
