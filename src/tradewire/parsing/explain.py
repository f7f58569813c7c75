"""Says in one plain sentence what a signal asks for; shown in traces and previews."""

from __future__ import annotations

from tradewire.domain.numbers import HUNDRED, plain
from tradewire.domain.signal import (
    Adjust,
    Adopt,
    Breakeven,
    CancelPending,
    Close,
    Control,
    Distance,
    ExitSpec,
    Level,
    Move,
    Open,
    Side,
    Signal,
    Size,
    SizeUnit,
    Target,
    TimeInForce,
    Trailing,
    Unit,
)
from tradewire.domain.values import write_duration

_UNITS = {Unit.PERCENT: " %", Unit.PIPS: " pips", Unit.ATR: " ATR", Unit.R: " R"}
_STABLE = ("USDT", "USDC")
_CONTROLS = {
    "flatten": "close every position and cancel every resting order",
    "halt": "take no new entries",
    "resume": "take new entries again",
}


def describe(signal: Signal) -> str:
    """Return what the signal asks for, such as `buy 80 USDT of BTCUSDT at market, trailing stop 2.8 %, on bybit`."""
    match signal:
        case Open():
            parts = _open(signal)
        case Close():
            parts = [_close(signal)]
        case Adjust():
            parts = _adjust(signal)
        case CancelPending(symbol=symbol, ref=ref):
            what = f"the pending orders of {symbol}" if symbol else ref or "every pending order"
            parts = [f"cancel {what}"]
        case Move():
            parts = [_move(signal)]
        case Adopt(symbol=symbol, exits=exits):
            parts = [f"adopt the position in {symbol}", *_exits(exits)]
        case Control(action=action):
            parts = [_CONTROLS[action]]
    if signal.destinations:
        parts.append("on " + " and ".join(signal.destinations))
    return ", ".join(parts)


def _open(signal: Open) -> list[str]:
    size = "" if signal.size is None else _size(signal.size, signal.symbol) + " "
    prices = [
        f"{name} {plain(price)}"
        for name, price in (("stop", signal.stop_price), ("limit", signal.limit_price))
        if price is not None
    ]
    parts = [f"{signal.side} {size}{signal.symbol} at {', '.join(prices) or 'market'}", *_exits(signal.exits)]
    if signal.leverage is not None:
        parts.append(f"leverage {plain(signal.leverage)}")
    if signal.tif is TimeInForce.GTD and signal.expire_s is not None:
        parts.append(f"good for {write_duration(signal.expire_s)}")
    elif signal.tif is not None:
        parts.append(signal.tif.upper())
    if signal.post_only:
        parts.append("post only")
    if signal.tag is not None:
        parts.append(f"tagged {signal.tag}")
    return parts


def _size(size: Size, symbol: str) -> str:
    value = plain(size.value)
    match size.unit:
        case SizeUnit.QUOTE:
            currency = next((quote for quote in _STABLE if symbol.endswith(quote)), "(account currency)")
            return f"{value} {currency} of"
        case SizeUnit.LOTS:
            return f"{value} {'lot' if size.value == 1 else 'lots'} of"
        case SizeUnit.UNITS:
            return f"{value} {'unit' if size.value == 1 else 'units'} of"
        case SizeUnit.EQUITY_PERCENT:
            return f"{value} % of equity in"
        case SizeUnit.RISK_PERCENT:
            return f"{value} % risk in"


def _exits(exits: ExitSpec) -> list[str]:
    parts = []
    if exits.stop is not None:
        parts.append(f"stop loss {_level(exits.stop)}")
    if exits.targets:
        parts.append(_targets(exits.targets))
    if exits.trailing is not None:
        parts.append(_trailing(exits.trailing))
    if exits.breakeven is not None:
        parts.append(_breakeven(exits.breakeven))
    if exits.time_limit_s is not None:
        parts.append(f"closed after {write_duration(exits.time_limit_s)}")
    if exits.session_end:
        parts.append("closed at the session's end")
    return parts


def _level(level: Level) -> str:
    return plain(level.value) + _UNITS[level.unit] if isinstance(level, Distance) else plain(level)


def _targets(targets: tuple[Target, ...]) -> str:
    shown = [
        _level(target.level) + ("" if target.fraction is None else f" ({plain(target.fraction * HUNDRED)} %)")
        for target in targets
    ]
    return f"{'target' if len(shown) == 1 else 'targets'} {' and '.join(shown)}"


def _trailing(trailing: Trailing) -> str:
    start = "" if trailing.activation is None else f" from {_level(trailing.activation)} on"
    step = "" if trailing.step is None else f" in steps of {_level(trailing.step)}"
    return f"trailing stop {_level(trailing.distance)}{start}{step}"


def _breakeven(breakeven: Breakeven) -> str:
    beyond = "" if breakeven.offset is None else f" plus {_level(breakeven.offset)}"
    if breakeven.after_target is not None:
        return f"stop to the entry{beyond} after target {breakeven.after_target}"
    when = "" if breakeven.at is None else f" at {_level(breakeven.at)}"
    return f"stop to the entry{beyond}{when}"


def _close(signal: Close) -> str:
    part = ""
    if signal.percent is not None:
        part = f"{plain(signal.percent)} % of "
    elif signal.quantity is not None:
        part = _size(signal.quantity, signal.symbol or "") + " "
    side = {None: "", Side.BUY: "long ", Side.SELL: "short "}[signal.side]
    tagged = "" if signal.tag is None else f" tagged {signal.tag}"
    return f"close {part}{side}{_scope(signal)}{tagged}"


def _adjust(signal: Adjust) -> list[str]:
    parts = []
    if signal.stop is not None:
        parts.append(f"stop loss to {_level(signal.stop)}" + (" even if looser" if signal.force else ""))
    if signal.targets is not None:
        parts.append(_targets(signal.targets) if signal.targets else "no targets")
    if signal.trailing is not None:
        parts.append(_trailing(signal.trailing))
    if signal.breakeven is not None:
        parts.append(_breakeven(signal.breakeven))
    elif signal.breakeven_now:
        parts.append("stop to the entry")
    return [f"{_scope(signal)}: {', '.join(parts)}"]


def _move(signal: Move) -> str:
    changes = [] if signal.size is None else [f"size to {_size(signal.size, '').removesuffix(' of')}"]
    for name, price in (("limit", signal.limit_price), ("stop", signal.stop_price)):
        if price is not None:
            changes.append(f"{name} to {plain(price)}")
    what = f"pending order of {signal.symbol}" if signal.symbol else f"order {signal.ref}"
    return f"{what}: {', '.join(changes)}"


def _scope(signal: Close | Adjust) -> str:
    return signal.symbol or (f"trade {signal.trade}" if signal.trade else "everything that is open")
