"""Writes a signal as the command that reads as this signal."""

from __future__ import annotations

import re

from msgspec.structs import replace

from tradewire.domain.numbers import plain
from tradewire.domain.signal import (
    Adjust,
    Adopt,
    Breakeven,
    CancelPending,
    Close,
    Control,
    ExitSpec,
    Move,
    Open,
    Side,
    Signal,
    Size,
    SizeUnit,
    Trailing,
)
from tradewire.domain.symbols import exactly
from tradewire.domain.values import write_duration, write_level, write_size, write_target

_OUR_IDS = re.compile(r"t[a-z2-7]{20}|tw[a-z2-7]{20}|s[a-z2-7]{20}-[0-9]{1,4}|[0-9]{4,32}")


def to_command(signal: Signal) -> str:
    """Return the command of a signal; `parse_command` reads it as an equal signal.

    An `Adjust` of several exits becomes a command for each, separated by `;`.
    """
    match signal:
        case Open():
            commands = [_open(signal)]
        case Close():
            commands = [_close(signal)]
        case Adjust():
            commands = [_adjust(change) for change in single_changes(signal)]
        case CancelPending(symbol=symbol, ref=ref):
            commands = [["cancel", exactly(symbol) if symbol else _reference(ref)]]
        case Move():
            commands = [_move(signal)]
        case Adopt(symbol=symbol, exits=exits):
            commands = [["adopt", exactly(symbol), *_exits(exits)]]
        case Control(action=action):
            commands = [[action]]
    where = ["-e", ",".join(signal.destinations)] if signal.destinations else []
    return "; ".join(" ".join(words + where) for words in commands)


def single_changes(signal: Adjust) -> list[Adjust]:
    """Return the same change as one signal for each exit that it changes."""
    bare = replace(signal, stop=None, targets=None, trailing=None, breakeven_now=False, breakeven=None, force=False)
    changes: list[Adjust] = []
    if signal.stop is not None:
        changes.append(replace(bare, stop=signal.stop, force=signal.force))
    if signal.targets is not None:
        changes.append(replace(bare, targets=signal.targets))
    if signal.trailing is not None:
        changes.append(replace(bare, trailing=signal.trailing))
    if signal.breakeven_now or signal.breakeven is not None:
        changes.append(replace(bare, breakeven_now=signal.breakeven_now, breakeven=signal.breakeven))
    return changes


def _open(signal: Open) -> list[str]:
    words = [signal.side.value, exactly(signal.symbol)]
    if signal.size is not None:
        words.append(write_size(signal.size))
    if signal.limit_price is not None:
        words += ["-lim", plain(signal.limit_price)]
    if signal.stop_price is not None:
        words += ["-stop", plain(signal.stop_price)]
    words += _exits(signal.exits)
    if signal.leverage is not None:
        words += ["-lev", plain(signal.leverage)]
    if signal.tif is not None:
        words += ["-tif", signal.tif.value if signal.expire_s is None else write_duration(signal.expire_s)]
    if signal.tag is not None:
        words += ["-id", signal.tag]
    if signal.post_only:
        words.append("-post")
    return words


def _exits(exits: ExitSpec) -> list[str]:
    words: list[str] = []
    if exits.stop is not None:
        words += ["-sl", write_level(exits.stop)]
    if exits.targets:
        words += ["-tp", ",".join(map(write_target, exits.targets))]
    if exits.trailing is not None:
        words += ["-tsl", write_trailing(exits.trailing)]
    if exits.breakeven is not None:
        words += ["-be", write_moment(exits.breakeven)]
    if exits.time_limit_s is not None:
        words += ["-for", write_duration(exits.time_limit_s)]
    if exits.session_end:
        words.append("-eod")
    return words


def _close(signal: Close) -> list[str]:
    words = ["close", _scope(signal)]
    if signal.side is not None:
        words.append("long" if signal.side is Side.BUY else "short")
    if signal.percent is not None:
        words.append(f"{plain(signal.percent)}%")
    if signal.quantity is not None:
        words.append(_quantity(signal.quantity))
    if signal.tag is not None:
        words += ["-id", signal.tag]
    return words


def _move(signal: Move) -> list[str]:
    words = ["move", exactly(signal.symbol) if signal.symbol else _reference(signal.ref)]
    if signal.size is not None:
        words.append(_quantity(signal.size))
    for flag, price in (("-lim", signal.limit_price), ("-stop", signal.stop_price)):
        if price is not None:
            words += [flag, plain(price)]
    return words


def _quantity(size: Size) -> str:
    return plain(size.value) if size.unit is SizeUnit.UNITS else write_size(size)


def _adjust(signal: Adjust) -> list[str]:
    scope = _scope(signal)
    if signal.stop is not None:
        return ["sl", scope, write_level(signal.stop), *(["-force"] if signal.force else [])]
    if signal.targets is not None:
        return ["tp", scope, ",".join(map(write_target, signal.targets)) or "none"]
    if signal.trailing is not None:
        return ["trail", scope, write_trailing(signal.trailing)]
    later = signal.breakeven
    return ["be", scope] if later is None else ["be", scope, write_moment(later)]


def _scope(signal: Close | Adjust) -> str:
    return signal.trade or (exactly(signal.symbol) if signal.symbol else "all")


def _reference(ref: str | None) -> str:
    if ref is None:
        return "all"
    return ref if _OUR_IDS.fullmatch(ref) else f"-id {ref}"


def write_trailing(trailing: Trailing) -> str:
    """Write a trailing stop: `2.8%@1r/0.5%` follows at 2.8 %, from a gain of 1 R on, in steps of 0.5 %."""
    activation = "" if trailing.activation is None else f"@{write_level(trailing.activation)}"
    step = "" if trailing.step is None else f"/{write_level(trailing.step)}"
    return write_level(trailing.distance) + activation + step


def write_moment(breakeven: Breakeven) -> str:
    """Write when a stop goes to the entry, and how far beyond it: `1r`, `tp1+10p`, or `+10p` alone for at once."""
    offset = "" if breakeven.offset is None else f"+{write_level(breakeven.offset)}"
    if breakeven.after_target is not None:
        return f"tp{breakeven.after_target}{offset}"
    return offset if breakeven.at is None else write_level(breakeven.at) + offset
