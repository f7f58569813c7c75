"""Readings in the vocabulary that labelled signal corpora use: actions open, close, partial_close, cancel, modify …"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tradewire.domain.numbers import HUNDRED
from tradewire.domain.signal import (
    Adjust,
    Adopt,
    CancelPending,
    Close,
    Control,
    Distance,
    Level,
    Move,
    NotASignal,
    Open,
    OrderType,
    Reading,
    Signal,
    Size,
    SizeUnit,
    Target,
    Trailing,
    Unclear,
    Unit,
)
from tradewire.parsing.reader import read_text

Intent = dict[str, Any]

_DISTANCES = {Unit.PERCENT: "percent", Unit.PIPS: "pips", Unit.ATR: "atr", Unit.R: "r"}
_SIZES = {
    SizeUnit.QUOTE: "quote",
    SizeUnit.LOTS: "lots",
    SizeUnit.UNITS: "qty",
    SizeUnit.EQUITY_PERCENT: "percent",
}


def predict(text: str, context: str | None = None) -> Intent:
    """Return what a text means, as plain JSON. Commands stand alone: the message before (`context`) adds nothing."""
    del context
    return to_corpus(read_text(text))


def to_corpus(reading: Reading) -> Intent:
    """Return a reading as plain JSON; a field that the message does not say is absent."""
    match reading:
        case NotASignal(reason=reason):
            return {"action": "none", "reason": reason}
        case Unclear(reason=reason, position=position, suggestion=suggestion):
            return _stated(action="unclear", reason=reason, position=position, suggestion=suggestion)
    intents = [intent for signal in reading for intent in _intents(signal)]
    return intents[0] if len(intents) == 1 else {"action": "multi", "intents": intents}


def _intents(signal: Signal) -> list[Intent]:
    match signal:
        case Open():
            return [_open(signal)]
        case Close():
            return [_close(signal)]
        case Adjust():
            return _adjust(signal)
        case CancelPending(symbol=symbol, ref=ref):
            scope = "all" if symbol is None and ref is None else None
            return [_stated(action="cancel", symbol=symbol, ref=ref, scope=scope, exchange=_exchange(signal))]
        case Move():
            return [{"action": "none", "reason": "move changes an order that rests and trades nothing"}]
        case Adopt():
            return [{"action": "none", "reason": "adopt makes a position ours and trades nothing"}]
        case Control(action="flatten"):
            return [_stated(action="close", scope="all", exchange=_exchange(signal))]
        case Control(action=word):
            return [{"action": "none", "reason": f"{word} is a word to the hub, not to a trade"}]


def _open(signal: Open) -> Intent:
    stop_limit = signal.order_type is OrderType.STOP_LIMIT
    entry = signal.limit_price if signal.stop_price is None else signal.stop_price
    exits = signal.exits
    fractions = [target.fraction for target in exits.targets]
    return _stated(
        action="open",
        symbol=signal.symbol,
        side=signal.side.value,
        order_type=signal.order_type.value,
        entry=_number(entry),
        limit_price=_number(signal.limit_price) if stop_limit else None,
        stop_loss=_level(exits.stop),
        take_profits=_targets(exits.targets),
        tp_alloc=[_number(part * HUNDRED) for part in fractions if part is not None] if all(fractions) else None,
        trailing=_trailing(exits.trailing),
        leverage=_number(signal.leverage),
        exchange=_exchange(signal),
        **_size(signal.size),
    )


def _close(signal: Close) -> Intent:
    partial = signal.quantity is not None or (signal.percent is not None and signal.percent < HUNDRED)
    return _stated(
        action="partial_close" if partial else "close",
        symbol=signal.symbol,
        trade=signal.trade,
        tag=signal.tag,
        side=signal.side.value if signal.side else None,
        close_percent=_number(signal.percent) if partial else None,
        scope="all" if signal.symbol is None and signal.trade is None else None,
        exchange=_exchange(signal),
        **_size(signal.quantity),
    )


def _adjust(signal: Adjust) -> list[Intent]:
    scope = _stated(symbol=signal.symbol, trade=signal.trade, exchange=_exchange(signal))
    changes = _stated(
        stop_loss=_level(signal.stop),
        take_profits=_targets(signal.targets),
        trailing=_trailing(signal.trailing),
    )
    intents = [{"action": "modify"} | scope | changes] if changes or signal.targets is not None else []
    if signal.breakeven_now or signal.breakeven is not None:
        intents.append({"action": "breakeven"} | scope)
    return intents


def _stated(**fields: Any) -> Intent:
    return {name: value for name, value in fields.items() if value is not None and value != []}


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _level(level: Level | None) -> Any:
    return {_DISTANCES[level.unit]: _number(level.value)} if isinstance(level, Distance) else _number(level)


def _targets(targets: Sequence[Target] | None) -> list[Any]:
    return [_level(target.level) for target in targets or ()]


def _trailing(trailing: Trailing | None) -> Intent | None:
    if trailing is None:
        return None
    if trailing.activation is None and trailing.step is None:
        distance: Intent = _level(trailing.distance)
        return distance
    step = _level(trailing.step)
    return _stated(trigger=_level(trailing.activation), distance=_level(trailing.distance), step=step)


def _size(size: Size | None) -> Intent:
    if size is None:
        return {}
    if size.unit is SizeUnit.RISK_PERCENT:
        return {"risk": {"percent": _number(size.value)}}
    return {"size": {_SIZES[size.unit]: _number(size.value)}}


def _exchange(signal: Signal) -> str | list[str] | None:
    names = [name.lower() for name in signal.destinations]
    return names[0] if len(names) == 1 else names or None
