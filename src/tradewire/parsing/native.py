"""Reads a signal as the API shows it: `{"type": "open", "symbol": "BTCUSDT", "side": "buy", …}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from tradewire.domain.signal import Adjust, Control, Signal
from tradewire.domain.symbols import canonical, exactly, nearest
from tradewire.parsing.command import read_command
from tradewire.parsing.mistake import Mistake
from tradewire.parsing.render import single_changes, to_command

KINDS = frozenset({"open", "close", "adjust", "cancel", "move", "adopt", "control"})


def is_native(body: Mapping[str, Any]) -> bool:
    """Tell a signal of the API from a sender's own fields; no order type is called like a kind of signal."""
    return isinstance(body.get("type"), str) and body["type"] in KINDS


def read_native(body: Mapping[str, Any]) -> Signal:
    """Return the signal, if it is one that a command could have said: no other check is needed then.

    Raises:
        Mistake: an unknown field, a value of the wrong kind, or one that no command can say.
    """
    body = {key: value for key, value in body.items() if key != "id"}
    try:
        signal: Signal = msgspec.convert(msgspec.to_builtins(body), Signal, strict=False)
    except msgspec.ValidationError as error:
        raise Mistake(f"this is not a signal: {error}") from None
    _check_keys(body, msgspec.to_builtins(signal))
    if not isinstance(signal, Control) and signal.symbol is not None:
        _check_symbol(signal.symbol)
    parts = tuple(single_changes(signal)) if isinstance(signal, Adjust) else (signal,)
    if isinstance(signal, Adjust) and signal.force and signal.stop is None:
        raise Mistake("'force' insists on a stop: give one")
    if not parts:
        raise Mistake("nothing to change: give a stop, targets, trailing or breakeven")
    for part in parts:
        _check_sayable(part)
    return signal


def _check_symbol(symbol: str) -> None:
    """A signal of the API names its symbol exactly: `GOLD` is a share here, and no alias."""
    if canonical(exactly(symbol)) != symbol:
        raise Mistake(f"{symbol[:64]!r} is not a symbol as the API shows it", suggestion=canonical(symbol))


def _check_sayable(signal: Signal) -> None:
    command = to_command(signal)
    try:
        same = read_command(command) == (signal,)
    except Mistake as mistake:
        raise Mistake(f"{command[:200]!r}: {mistake.reason}", suggestion=mistake.suggestion) from None
    if not same:
        raise Mistake(f"the fields do not fit each other: {command[:200]!r} says something else")


def _check_keys(written: Any, known: Any) -> None:
    """Refuse a key that was not read: it would have meant something to its sender."""
    if isinstance(written, Mapping) and isinstance(known, Mapping):
        for key, value in written.items():
            if key not in known:
                raise Mistake(f"the key {key[:64]!r} is not known", suggestion=nearest(key, known))
            _check_keys(value, known[key])
    elif isinstance(written, list) and isinstance(known, list | tuple):
        for item, read in zip(written, known, strict=True):
            _check_keys(item, read)
