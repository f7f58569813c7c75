"""Makes a signal of the fields of one JSON instruction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, cast

from tradewire.domain.signal import (
    Adjust,
    Adopt,
    Breakeven,
    CancelPending,
    Close,
    Control,
    Distance,
    Move,
    Side,
    Signal,
    Size,
    SizeUnit,
)
from tradewire.domain.symbols import nearest
from tradewire.parsing.assemble import (
    build_adopt,
    build_open,
    close_percent,
    entry_size,
    risk_size,
    stop_level,
    target_ladder,
    trailing_stop,
)
from tradewire.parsing.fields import Fields
from tradewire.parsing.mistake import Mistake
from tradewire.parsing.vocabulary import ACTION_OF, ALLOWED, ORDER_TYPES

_SIDES = MappingProxyType({"buy": Side.BUY, "long": Side.BUY, "sell": Side.SELL, "short": Side.SELL})


def read_instruction(body: Mapping[str, Any]) -> Signal:
    """Return the signal of one JSON object.

    Raises:
        Mistake: it cannot be read with certainty.
    """
    fields = Fields(body)
    word = fields.word("action") or fields.word("side")
    if word is None:
        raise Mistake("the action is missing: buy, sell, close, cancel, modify …", suggestion="action")
    action = ACTION_OF.get(word)
    match action:
        case None:
            raise Mistake(f"{word[:64]!r} is not an action", suggestion=nearest(word, ACTION_OF))
        case "buy" | "sell" | "open":
            return _open(fields, action)
        case "close" | "close_long" | "close_short":
            return _close(fields, action, partial=word == "partial_close")
        case "cancel":
            return _cancel(fields)
        case "move":
            return _move(fields)
        case "modify" | "breakeven":
            return _adjust(fields, action)
        case "adopt":
            return _adopt(fields)
        case _:
            fields.allow(action, ALLOWED["control"])
            return Control(action=cast(Any, action), destinations=_accounts(fields))


def _open(fields: Fields, action: str) -> Signal:
    fields.allow("open", ALLOWED["open"])
    given = _prices(fields) | _flags(fields)
    return build_open(fields.symbol(), _entry_side(fields, action), _entry_size(fields), given)


def _adopt(fields: Fields) -> Adopt:
    fields.allow("adopt", ALLOWED["adopt"])
    return build_adopt(fields.symbol(), _flags(fields))


def _flags(fields: Fields) -> dict[str, Any]:
    """Read what a command says with flags, by the flags' names in the grammar."""
    given: dict[str, Any] = {name: read(fields) for key, name, read in _FLAGS if key in fields}
    for key, name in (("session_end", "SESSION_END"), ("post_only", "POST_ONLY")):
        if fields.flag(key):
            given[name] = True
    return given


def _entry_side(fields: Fields, action: str) -> Side:
    stated = _side(fields)
    meant = _SIDES.get(action, stated)
    if meant is None:
        raise Mistake("the side is missing: buy or sell", suggestion="side")
    if stated not in (None, meant):
        raise Mistake(f"the action says {meant}, the side says {stated}")
    return meant


def _side(fields: Fields) -> Side | None:
    word = fields.word("side")
    if word is None:
        return None
    if word not in _SIDES:
        raise Mistake(f"{word[:64]!r} is not a side", suggestion=nearest(word, _SIDES))
    return _SIDES[word]


def _prices(fields: Fields) -> dict[str, Any]:
    """A bare `price` or `stop` means different things to different senders: the type must say which."""
    word = fields.word("type")
    kind = ORDER_TYPES.get(word) if word is not None else None
    if word is not None and kind is None:
        raise Mistake(f"{word[:64]!r} is not an order type", suggestion=nearest(word, ORDER_TYPES))
    if kind is None and "price" in fields:
        raise Mistake("'price' needs a type: limit, or market where it is for information only", suggestion="type")
    if "stop" in fields and kind not in ("stop", "stop_limit"):
        raise Mistake("'stop' is a stop loss to some and an entry to others: write sl or stop_price", suggestion="sl")
    limit_keys, trigger_keys = {"limit"}, {"trigger", "stop"}
    if kind == "stop":
        trigger_keys.add("price")
    elif kind in ("limit", "stop_limit"):
        limit_keys.add("price")
    limit, trigger = fields.one_of(limit_keys), fields.one_of(trigger_keys)
    needed = {"limit": (True, False), "stop": (False, True), "stop_limit": (True, True), "market": (False, False)}
    if kind is not None and needed[kind] != (limit is not None, trigger is not None):
        raise Mistake(f"an order of type {kind} does not go with the prices that are given")
    return {
        name: fields.value(key, "price") for name, key in (("LIMIT", limit), ("TRIGGER", trigger)) if key is not None
    }


def _entry_size(fields: Fields) -> Size | None:
    match fields.one_of({"size", "units", "lots", "quote", "percent", "risk"}):
        case None:
            return None
        case "size":
            return entry_size(fields.value("size", "size"))
        case "percent":
            return entry_size(fields.value("percent", "percent", "%"))
        case "risk":
            risk: Size = _checked(fields, "risk", risk_size, fields.value("risk", "percent", "%").value)
            return risk
        case key:
            return _plain_size(fields, key)


def _plain_size(fields: Fields, key: str) -> Size:
    """Read a size whose key says its unit; a unit that the value brings along must be the same."""
    if key == "quote":
        return Size(fields.value(key, "price"), SizeUnit.QUOTE)
    unit = {"units": SizeUnit.UNITS, "lots": SizeUnit.LOTS}[key]
    read = fields.value(key, "amount")
    if isinstance(read, Distance) or read.unit not in (unit, SizeUnit.UNITS):
        raise Mistake(f"{fields.spelling(key)!r} is a number of {unit}")
    return Size(read.value, unit)


def _close(fields: Fields, action: str, *, partial: bool) -> Close:
    fields.allow("close", ALLOWED["close"])
    if fields.word("type") not in (None, "market"):
        raise Mistake("a close goes to the market: leave the type out")
    side = {"close_long": Side.BUY, "close_short": Side.SELL}.get(action)
    stated = _side(fields) if fields.word("side") not in ("close", "exit") else None
    if side is not None and stated not in (None, side):
        raise Mistake(f"the action closes the {side} side, the side says {stated}")
    percent: Decimal | None = None
    quantity: Size | None = None
    match fields.one_of({"size", "units", "lots", "quote", "percent", "close_percent"}):
        case None if partial:
            raise Mistake("how much is to be closed is missing", suggestion="close_percent")
        case None:
            pass
        case "percent" | "close_percent" as key:
            percent = _checked(fields, key, close_percent, fields.value(key, "percent", "%").value)
        case "size":
            read = fields.value("size", "amount")
            if isinstance(read, Distance):
                percent = _checked(fields, "size", close_percent, read.value)
            else:
                quantity = read
        case key:
            quantity = _plain_size(fields, key)
    anywhere = "tag" in fields and fields.one_of({"symbol", "trade"}) is None
    scope = {} if anywhere else _scope(fields)
    if quantity is not None and not scope:
        raise Mistake("a quantity needs a symbol; of all that is open, close a percentage")
    if "tag" in fields and "trade" in scope:
        raise Mistake("a trade's id says it all: leave the tag out")
    return Close(
        **scope,
        percent=percent,
        quantity=quantity,
        side=side or stated,
        tag=fields.value("tag", "tag") if "tag" in fields else None,
        destinations=_accounts(fields),
    )


def _scope(fields: Fields) -> dict[str, Any]:
    if fields.one_of({"symbol", "trade"}) == "trade":
        return {"trade": fields.name("trade") or ""}
    return {} if fields.word("symbol") == "all" else {"symbol": fields.symbol()}


def _cancel(fields: Fields) -> CancelPending:
    fields.allow("cancel", ALLOWED["cancel"])
    return CancelPending(**_pending(fields), destinations=_accounts(fields))


def _pending(fields: Fields) -> dict[str, Any]:
    """Read which entry orders are meant; nothing for all."""
    key = fields.one_of({"symbol", "order", "trade", "tag"})
    if key in ("order", "trade", "tag"):
        return {"ref": fields.name(key)}
    return _scope(fields)


def _move(fields: Fields) -> Move:
    fields.allow("move", ALLOWED["move"])
    which = _pending(fields)
    if not which:
        raise Mistake("one order is moved at a time: name its symbol, id or tag", suggestion="order_id")
    changes: dict[str, Any] = {
        name: fields.value(key, "price")
        for key, name in (("limit", "limit_price"), ("trigger", "stop_price"))
        if key in fields
    }
    match fields.one_of({"size", "units", "lots", "quote"}):
        case None:
            pass
        case "size":
            size = fields.value("size", "amount")
            if isinstance(size, Distance):
                raise Mistake("an order is moved to a quantity, not to a percentage")
            changes["size"] = size
        case key:
            changes["size"] = _plain_size(fields, key)
    if not changes:
        raise Mistake("nothing to change: give limit, stop_price or qty", suggestion="limit")
    return Move(**which, **changes, destinations=_accounts(fields))


def _adjust(fields: Fields, action: str) -> Adjust:
    fields.allow(action, ALLOWED[action])
    changes: dict[str, Any] = {}
    for key, name in (("stop_loss", "stop"), ("targets", "targets"), ("trailing", "trailing")):
        if key in fields:
            changes[name] = _READERS[key](fields)
    if action == "breakeven" or fields.word("breakeven") in ("true", "now"):
        changes["breakeven_now"] = True
    elif "breakeven" in fields:
        changes["breakeven"] = _moment(fields)
    if not changes:
        raise Mistake("nothing to change: give sl, tp, tsl or breakeven", suggestion="sl")
    return Adjust(**_scope(fields), **changes, destinations=_accounts(fields))


def _checked(fields: Fields, key: str, check: Callable[[Any], Any], value: Any) -> Any:
    try:
        return check(value)
    except Mistake as mistake:
        raise Mistake(f"{fields.spelling(key)}: {mistake.reason}", suggestion=mistake.suggestion) from None


def _accounts(fields: Fields) -> tuple[str, ...]:
    accounts: tuple[str, ...] = fields.value("accounts", "accounts") if "accounts" in fields else ()
    return accounts


def _moment(fields: Fields) -> Breakeven:
    moment: Breakeven = fields.value("breakeven", "moment")
    return moment


_READERS: MappingProxyType[str, Callable[[Fields], Any]] = MappingProxyType(
    {
        "stop_loss": lambda fields: _checked(fields, "stop_loss", stop_level, fields.value("stop_loss", "level")),
        "targets": lambda fields: _checked(fields, "targets", target_ladder, fields.value("targets", "targets")),
        "trailing": lambda fields: _checked(fields, "trailing", trailing_stop, fields.value("trailing", "trailing")),
        "breakeven": _moment,
        "leverage": lambda fields: fields.value("leverage", "leverage"),
        "tif": lambda fields: fields.value("tif", "tif"),
        "time_limit": lambda fields: fields.value("time_limit", "duration"),
        "tag": lambda fields: fields.value("tag", "tag"),
        "accounts": _accounts,
    }
)

_FLAGS = tuple(
    (key, name, _READERS[key])
    for key, name in (
        ("stop_loss", "STOP"),
        ("targets", "TARGET"),
        ("trailing", "TRAIL"),
        ("breakeven", "BREAKEVEN"),
        ("leverage", "LEVERAGE"),
        ("tif", "TIF"),
        ("time_limit", "TIME_LIMIT"),
        ("tag", "TAG"),
        ("accounts", "ACCOUNTS"),
    )
)
