"""Builds signals while the command grammar is parsed: a method a rule, a converter a terminal."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from lark import Token, Transformer

from tradewire.domain.signal import (
    Adjust,
    Adopt,
    Breakeven,
    CancelPending,
    Close,
    Control,
    Distance,
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
from tradewire.domain.symbols import canonical
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
from tradewire.parsing.mistake import Mistake

_THOUSAND = Decimal(1000)
_HALF = Distance(Decimal(50), Unit.PERCENT)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_NAMES = MappingProxyType({"AT": "LIMIT"})
"""Words that say the same as a flag."""
_LONGEST_S = 366 * 86400
_UNIT_LETTERS = "%abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ \t\n"

Parts = list[Any]

_CHECKS: MappingProxyType[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "STOP": stop_level,
        "MOVE_STOP": stop_level,
        "TRAIL": trailing_stop,
        "MOVE_TRAIL": trailing_stop,
        "TARGET": target_ladder,
        "MOVE_TARGET": target_ladder,
        "CLOSE": close_percent,
        "RISK": risk_size,
    }
)


def _checked(token: Token, value: Any) -> Any:
    return _placed(token, _CHECKS[token.type], value)


def _placed(token: Token, check: Callable[[Any], Any], value: Any) -> Any:
    """Return what the check of this word's value returns; a mistake that has no place is placed at the word."""
    try:
        return check(value)
    except Mistake as mistake:
        place = token.start_pos if mistake.position is None else mistake.position
        raise Mistake(mistake.reason, place, mistake.suggestion) from None


def _number(token: Token) -> Decimal:
    value = Decimal(token.strip("+@ \t\n").rstrip(_UNIT_LETTERS))
    if not value:
        raise Mistake(f"{token.strip()!r} must be more than zero", token.start_pos)
    return value


def _side(token: Token) -> Side:
    return Side.BUY if token.type == "BUY" else Side.SELL


def _accounts(parts: Parts) -> tuple[str, ...]:
    return next((part for part in parts if isinstance(part, tuple)), ())


def _stated(flag: Parts, name: str) -> dict[str, Any]:
    """Return what a flag says; of a breakeven, where it says so too: it must fit what other flags say."""
    stated = {name: flag[1] if len(flag) > 1 else True}
    return stated | {"BREAKEVEN_AT": flag[0].start_pos} if name == "BREAKEVEN" else stated


class Builder(Transformer[Token, tuple[Signal, ...]]):
    """Turns the parts of a command into values as soon as each is complete; no tree is ever built.

    Raises:
        Mistake: the words fit the grammar but not each other, or a number is outside of what it can mean.
    """

    def commands(self, parts: Parts) -> tuple[Signal, ...]:
        return tuple(parts)

    def open(self, parts: Parts) -> Open:
        verb, symbol = parts[:2]
        given: dict[str, Any] = parts.pop() if isinstance(parts[-1], dict) else {}
        size = entry_size(parts[2]) if len(parts) > 2 else None
        built: Open = _placed(verb, lambda stated: build_open(symbol, _side(verb), size, stated), given)
        return built

    def adopt(self, parts: Parts) -> Adopt:
        verb, symbol, *given = parts
        adopted: Adopt = _placed(verb, lambda stated: build_adopt(symbol, stated), given[0] if given else {})
        return adopted

    def first_given(self, parts: Parts) -> dict[str, Any]:
        flag = parts[0]
        return _stated(flag, _NAMES.get(flag[0].type, flag[0].type))

    def more_given(self, parts: Parts) -> dict[str, Any]:
        given: dict[str, Any] = parts[0]
        word: Token = parts[1][0]
        if word.type in given:
            raise Mistake(f"{word.strip()!r} is given twice", word.start_pos)
        given |= _stated(parts[1], word.type)
        return given

    def entry(self, parts: Parts) -> Parts:
        return parts

    def flag(self, parts: Parts) -> Parts:
        check = _CHECKS.get(parts[0].type)
        if check is not None:
            parts[1] = _placed(parts[0], check, parts[1])
        return parts

    def order_flag(self, parts: Parts) -> Parts:
        return parts

    def risk(self, parts: Parts) -> Size:
        size: Size = _checked(parts[0], parts[1].value)
        return size

    def to(self, parts: Parts) -> tuple[str, ...]:
        accounts: tuple[str, ...] = parts[1]
        return accounts

    def close(self, parts: Parts) -> Close:
        verb: Token = parts[0]
        fields: dict[str, Any] = {"destinations": _accounts(parts)}
        for part in parts[1:]:
            match part:
                case Token():
                    fields["side"] = _side(part)
                case dict():
                    fields |= part
                case Size():
                    fields["quantity"] = part
                case Distance():
                    fields["percent"] = _checked(verb, part.value)
        if "quantity" in fields and not fields.keys() & {"symbol", "trade"}:
            raise Mistake("a quantity needs a symbol; of all that is open, close a percentage", verb.start_pos)
        if fields.keys() >= {"trade", "tag"}:
            raise Mistake("a trade's id says it all: leave the tag out", verb.start_pos)
        return Close(**fields)

    def tagged(self, parts: Parts) -> dict[str, str]:
        return {"tag": parts[1]}

    def quantity(self, parts: Parts) -> Size:
        size = parts[0]
        return size if isinstance(size, Size) else Size(size, SizeUnit.UNITS)

    def cancel(self, parts: Parts) -> CancelPending:
        scope = parts[1]
        ref = scope.get("ref") or scope.get("trade")
        return CancelPending(symbol=scope.get("symbol"), ref=ref, destinations=_accounts(parts))

    def ref(self, parts: Parts) -> dict[str, str]:
        word = parts[-1]
        return {"ref": word.strip().lower() if isinstance(word, Token) else word}

    def move(self, parts: Parts) -> Move:
        verb, *rest = parts
        fields: dict[str, Any] = {"destinations": _accounts(rest)}
        for part in rest:
            match part:
                case Size():
                    fields["size"] = part
                case dict():
                    if fields.keys() & part.keys():
                        raise Mistake("a price is given twice", verb.start_pos)
                    fields |= part
        return Move(**fields)

    def pending(self, parts: Parts) -> dict[str, str]:
        word = parts[0]
        if isinstance(word, dict):
            return word
        return {"ref": word.strip().lower()} if isinstance(word, Token) else {"symbol": word}

    def moved(self, parts: Parts) -> dict[str, Decimal]:
        return {"limit_price" if parts[0].type == "LIMIT" else "stop_price": parts[1]}

    def stop(self, parts: Parts) -> Adjust:
        force = any(isinstance(part, Token) for part in parts[3:])
        return Adjust(**parts[1], stop=_checked(parts[0], parts[2]), force=force, destinations=_accounts(parts))

    def target(self, parts: Parts) -> Adjust:
        none = isinstance(parts[2], Token)
        targets = () if none else _checked(parts[0], parts[2])
        return Adjust(**parts[1], targets=targets, destinations=_accounts(parts))

    def breakeven(self, parts: Parts) -> Adjust:
        scope, destinations = parts[1], _accounts(parts)
        match parts[2] if len(parts) > 2 else None:
            case Breakeven() as later:
                return Adjust(**scope, breakeven=later, destinations=destinations)
            case Distance() as offset:
                beyond = Breakeven(offset=offset)
                return Adjust(**scope, breakeven_now=True, breakeven=beyond, destinations=destinations)
        return Adjust(**scope, breakeven_now=True, destinations=destinations)

    def trail(self, parts: Parts) -> Adjust:
        return Adjust(**parts[1], trailing=_checked(parts[0], parts[2]), destinations=_accounts(parts))

    def control(self, parts: Parts) -> Control:
        return Control(action=parts[0].type.lower(), destinations=_accounts(parts))

    def what(self, parts: Parts) -> dict[str, str]:
        word = parts[0]
        if not isinstance(word, Token):
            return {"symbol": word}
        return {"trade": word.strip().lower()} if word.type == "TRADE" else {}

    def targets(self, parts: Parts) -> list[Target]:
        return parts

    def target_item(self, parts: Parts) -> Target:
        return Target(*parts)

    def trailing(self, parts: Parts) -> Trailing:
        distance = _trail_distance(parts[0])
        if len(parts) == 1:
            return Trailing(distance)
        more = dict(parts[1:])
        return Trailing(distance, activation=more.get("activation"), step=more.get("step"))

    def gtd(self, parts: Parts) -> tuple[TimeInForce, int]:
        return TimeInForce.GTD, parts[0]

    def activation(self, parts: Parts) -> tuple[str, Any]:
        return "activation", parts[0]

    def step(self, parts: Parts) -> tuple[str, Distance]:
        return "step", _trail_distance(parts[0])

    def moment(self, parts: Parts) -> Breakeven:
        offset = parts[1] if len(parts) > 1 else None
        if isinstance(parts[0], int):
            return Breakeven(after_target=parts[0], offset=offset)
        return Breakeven(at=parts[0], offset=offset)

    def accounts(self, parts: Parts) -> tuple[str, ...]:
        return tuple(dict.fromkeys(parts))

    def SYMBOL(self, token: Token) -> str:
        symbol = canonical(token)
        if symbol is None:
            word = token.strip()
            marked = f"${word.upper()}" if word.isalpha() else None
            raise Mistake(f"{word!r} is not a symbol", token.start_pos, marked)
        return symbol

    def ACCOUNT(self, token: Token) -> str:
        return token.strip()

    def TAG_WORD(self, token: Token) -> str:
        return token.strip()

    def PRICE(self, token: Token) -> Decimal:
        number = _number(token)
        return number * _THOUSAND if token.rstrip()[-1] in "kK" else number

    def PERCENT(self, token: Token) -> Distance:
        return Distance(_number(token), Unit.PERCENT)

    def PIPS(self, token: Token) -> Distance:
        return Distance(_number(token), Unit.PIPS)

    def ATR(self, token: Token) -> Distance:
        return Distance(_number(token), Unit.ATR)

    def R(self, token: Token) -> Distance:
        return Distance(_number(token), Unit.R)

    def OFFSET(self, token: Token) -> Distance:
        unit = token.rstrip()[-1]
        return Distance(_number(token), Unit.PERCENT if unit == "%" else Unit.ATR if unit in "rR" else Unit.PIPS)

    def LOTS(self, token: Token) -> Size:
        return Size(_number(token), SizeUnit.LOTS)

    def UNITS(self, token: Token) -> Size:
        return Size(_number(token), SizeUnit.UNITS)

    def TIMES(self, token: Token) -> Decimal:
        return _number(token)

    def SHARE(self, token: Token) -> Decimal:
        share = _number(token) / 100
        if share > 1:
            raise Mistake("a target closes at most 100%", token.start_pos, "@100%")
        return share

    def HALF(self, token: Token) -> Distance:
        return _HALF

    def AFTER_TARGET(self, token: Token) -> int:
        return int(token[2:])

    def TIF_WORD(self, token: Token) -> tuple[TimeInForce, None]:
        return TimeInForce(token.strip().lower()), None

    def DURATION(self, token: Token) -> int:
        word = token.strip()
        seconds = int(word[:-1]) * _SECONDS[word[-1].lower()]
        if seconds > _LONGEST_S:
            raise Mistake("a time of more than a year is surely not meant", token.start_pos)
        return seconds


def _trail_distance(distance: Decimal | Distance) -> Distance:
    return distance if isinstance(distance, Distance) else Distance(distance, Unit.PERCENT)
