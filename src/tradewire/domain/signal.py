"""What a message means. A message gives zero or more signals, or says why it gives none."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Literal

from msgspec import Struct


class Side(StrEnum):
    """Direction of an order or a position (buy = long)."""

    BUY = "buy"
    SELL = "sell"

    @property
    def opposite(self) -> Side:
        return Side.SELL if self is Side.BUY else Side.BUY

    @property
    def sign(self) -> int:
        return 1 if self is Side.BUY else -1


class OrderType(StrEnum):
    """How an order is priced."""

    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"
    STOP_LIMIT = "stop_limit"


class Unit(StrEnum):
    """What a distance is measured in."""

    PERCENT = "%"
    PIPS = "p"
    ATR = "atr"
    R = "r"
    """Multiples of the distance between entry and initial stop."""


class Distance(Struct, frozen=True):
    """A distance from a reference price (the entry, or the best price for a trail); always positive."""

    value: Decimal
    unit: Unit


Level = Decimal | Distance
"""An absolute price, or a distance that becomes one when the entry is known."""


class SizeUnit(StrEnum):
    """What a size is measured in."""

    QUOTE = "quote"
    """The account's quote currency: 80 → 80 USDT worth."""
    LOTS = "lots"
    UNITS = "units"
    EQUITY_PERCENT = "equity%"
    RISK_PERCENT = "risk%"
    """Percent of equity that is lost when the stop is hit."""


class Size(Struct, frozen=True):
    """How much, with its unit."""

    value: Decimal
    unit: SizeUnit


class Target(Struct, frozen=True):
    """A take-profit level and the fraction (0..1] of the initial quantity closed there; None = an equal share."""

    level: Level
    fraction: Decimal | None = None


class Trailing(Struct, frozen=True):
    """A stop that follows the best price at `distance`, from `activation` on, moved in steps of at least `step`."""

    distance: Distance
    activation: Level | None = None
    step: Distance | None = None


class Breakeven(Struct, frozen=True):
    """Move the stop to the entry (plus `offset`) at a level, or after the n-th target (1-based)."""

    at: Level | None = None
    after_target: int | None = None
    offset: Distance | None = None


class ExitSpec(Struct, frozen=True, kw_only=True):
    """How a trade is to end, as a person says it; resolved to prices when the entry is known."""

    stop: Level | None = None
    targets: tuple[Target, ...] = ()
    trailing: Trailing | None = None
    breakeven: Breakeven | None = None
    time_limit_s: int | None = None
    session_end: bool = False


class TimeInForce(StrEnum):
    """How long an order works. GTD carries its expiry in `expire_s` seconds from submission."""

    GTC = "gtc"
    DAY = "day"
    IOC = "ioc"
    FOK = "fok"
    GTD = "gtd"


class Open(Struct, frozen=True, kw_only=True, tag="open"):
    """Open a position (or add to one)."""

    symbol: str
    side: Side
    size: Size | None = None
    order_type: OrderType = OrderType.MARKET
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    exits: ExitSpec = ExitSpec()
    leverage: Decimal | None = None
    tif: TimeInForce | None = None
    expire_s: int | None = None
    destinations: tuple[str, ...] = ()
    """Venues or accounts named with `-e`; empty = as routed."""
    tag: str | None = None
    post_only: bool = False


class Close(Struct, frozen=True, kw_only=True, tag="close"):
    """Close all or a part of what is open in a symbol (or in one trade); with a tag only what was entered with it."""

    symbol: str | None = None
    trade: str | None = None
    percent: Decimal | None = None
    quantity: Size | None = None
    side: Side | None = None
    tag: str | None = None
    destinations: tuple[str, ...] = ()


class Adjust(Struct, frozen=True, kw_only=True, tag="adjust"):
    """Change the exits of open trades; a field that is None stays as it is. `force`: a stop may be loosened."""

    symbol: str | None = None
    trade: str | None = None
    stop: Level | None = None
    targets: tuple[Target, ...] | None = None
    trailing: Trailing | None = None
    breakeven_now: bool = False
    breakeven: Breakeven | None = None
    force: bool = False
    destinations: tuple[str, ...] = ()


class CancelPending(Struct, frozen=True, kw_only=True, tag="cancel"):
    """Cancel resting entry orders of a symbol, one order or trade by id or tag, or all."""

    symbol: str | None = None
    ref: str | None = None
    destinations: tuple[str, ...] = ()


class Move(Struct, frozen=True, kw_only=True, tag="move"):
    """Change the prices or the size of one resting entry order; a field that is None stays as it is.

    `size` is the new whole, with what is filled already.
    """

    symbol: str | None = None
    ref: str | None = None
    """The order's or trade's id, or the entry's tag."""
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    size: Size | None = None
    destinations: tuple[str, ...] = ()


class Adopt(Struct, frozen=True, kw_only=True, tag="adopt"):
    """Make a position ours that was opened elsewhere: from then on it can be managed and closed like any trade."""

    symbol: str
    exits: ExitSpec = ExitSpec()
    destinations: tuple[str, ...] = ()


class Control(Struct, frozen=True, kw_only=True, tag="control"):
    """A word to the hub itself."""

    action: Literal["flatten", "halt", "resume"]
    destinations: tuple[str, ...] = ()


class NotASignal(Struct, frozen=True, tag="none"):
    """The message asks for nothing."""

    reason: str


class Unclear(Struct, frozen=True, kw_only=True, tag="unclear"):
    """The message seems to ask for something that cannot be read with certainty, so nothing is done.

    `position` is the 0-based character where reading failed, `suggestion` the nearest word that would be right.
    """

    reason: str
    position: int | None = None
    suggestion: str | None = None


Signal = Open | Close | Adjust | CancelPending | Move | Adopt | Control
Reading = tuple[Signal, ...] | NotASignal | Unclear
