"""Puts read values together: what fits each other becomes a signal, what does not is a mistake.

Typed commands and JSON bodies both end here, so that the same words cannot mean two things.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tradewire.domain.numbers import HUNDRED
from tradewire.domain.signal import (
    Adopt,
    Breakeven,
    Distance,
    ExitSpec,
    Level,
    Open,
    OrderType,
    Side,
    Size,
    SizeUnit,
    Target,
    Trailing,
    Unit,
)
from tradewire.parsing.mistake import Mistake

Given = Mapping[str, Any]
"""Values by the name of their flag's terminal in the grammar (STOP, TARGET, LIMIT …)."""

_NO_EXITS = ExitSpec()
_EXITS = frozenset({"STOP", "TARGET", "TRAIL", "BREAKEVEN", "TIME_LIMIT", "SESSION_END"})
_WHOLE = Distance(HUNDRED, Unit.PERCENT)


def build_open(symbol: str, side: Side, size: Size | None, given: Given) -> Open:
    """Return the entry; which prices are given decides its order type."""
    if not given:
        return Open(symbol=symbol, side=side, size=size)
    limit: Decimal | None = given.get("LIMIT")
    trigger: Decimal | None = given.get("TRIGGER")
    if "NOW" in given and (limit or trigger):
        raise Mistake("an order is either at market (now) or at a price, not both")
    tif, expire_s = given.get("TIF", (None, None))
    return Open(
        symbol=symbol,
        side=side,
        size=size,
        order_type=_order_type(limit, trigger),
        limit_price=limit,
        stop_price=trigger,
        exits=_exits(given) if not _EXITS.isdisjoint(given) else _NO_EXITS,
        leverage=given.get("LEVERAGE"),
        tif=tif,
        expire_s=expire_s,
        destinations=given.get("ACCOUNTS", ()),
        tag=given.get("TAG"),
        post_only="POST_ONLY" in given,
    )


def build_adopt(symbol: str, given: Given) -> Adopt:
    """Return the adoption of what is already open: it brings exits, and nothing that an order would need."""
    return Adopt(symbol=symbol, exits=_exits(given), destinations=given.get("ACCOUNTS", ()))


def _order_type(limit: Decimal | None, trigger: Decimal | None) -> OrderType:
    if limit is None:
        return OrderType.MARKET if trigger is None else OrderType.STOP
    return OrderType.LIMIT if trigger is None else OrderType.STOP_LIMIT


def _exits(given: Given) -> ExitSpec:
    targets: tuple[Target, ...] = given.get("TARGET", ())
    breakeven: Breakeven | None = given.get("BREAKEVEN")
    after = breakeven.after_target if breakeven else None
    if after is not None and targets and after > len(targets):
        there = "is only one target" if len(targets) == 1 else f"are only {len(targets)} targets"
        raise Mistake(f"breakeven after target {after}, but there {there}", given.get("BREAKEVEN_AT"))
    return ExitSpec(
        stop=given.get("STOP"),
        targets=targets,
        trailing=given.get("TRAIL"),
        breakeven=breakeven,
        time_limit_s=given.get("TIME_LIMIT"),
        session_end="SESSION_END" in given,
    )


def entry_size(size: Size | Decimal | Distance | None) -> Size | None:
    """Return the size of an entry: a bare number is the account's quote currency, a percentage is of the equity."""
    match size:
        case Decimal():
            return Size(size, SizeUnit.QUOTE)
        case Distance():
            return Size(size.value, SizeUnit.EQUITY_PERCENT)
    return size


def risk_size(percent: Decimal) -> Size:
    """Return the size that loses `percent` of the equity when the stop is hit."""
    if percent > HUNDRED:
        raise Mistake("a risk is at most 100% of the equity", suggestion="100%")
    return Size(percent, SizeUnit.RISK_PERCENT)


def close_percent(percent: Decimal) -> Decimal:
    """Return the part that a close closes."""
    if percent > HUNDRED:
        raise Mistake("more than 100% cannot be closed", suggestion="100%")
    return percent


def stop_level(level: Level) -> Level:
    """Return a stop; one that is the whole price away would never be hit."""
    if isinstance(level, Distance) and level.unit is Unit.PERCENT and level.value >= HUNDRED:
        raise Mistake("a stop is less than 100% away from the price")
    return level


def trailing_stop(trailing: Trailing) -> Trailing:
    """Return a trailing stop; its distance is less than the price, its step not wider than its distance."""
    distance, step = trailing.distance, trailing.step
    if distance.unit is Unit.PERCENT and distance.value >= HUNDRED:
        raise Mistake("a trailing stop is less than 100% away from the price")
    if step is not None and step.unit is distance.unit and step.value > distance.value:
        raise Mistake("the step of a trailing stop is at most its distance")
    return trailing


def target_ladder(targets: Sequence[Target]) -> tuple[Target, ...]:
    """Return the targets; together they close at most the whole."""
    stated = [target.fraction for target in targets if target.fraction is not None]
    if sum(stated) > 1:
        raise Mistake("the targets close more than 100% together")
    if sum(stated) == 1 and len(stated) < len(targets):
        raise Mistake("the shares of the targets leave nothing for those without a share")
    return tuple(targets)
