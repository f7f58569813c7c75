"""What a program is told: prices, moments, bars, and what became of its own orders and trades.

Own orders and trades are named by the number of the saying that asked for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct


class Price(Struct, frozen=True, tag="price"):
    """Bid and ask of a symbol at a moment (epoch ns)."""

    symbol: str
    bid: Decimal
    ask: Decimal
    ts: int


class Holdings(Struct, frozen=True, kw_only=True):
    """What the account has. `equity` in its currency, `quantities` signed, `worth`: a unit's value in that currency."""

    equity: Decimal
    quantities: Mapping[str, Decimal]
    worth: Mapping[str, Decimal]


class Moment(Struct, frozen=True, tag="moment"):
    """A moment (epoch ns) that the program waited for has come. `holdings` where it asked for them."""

    ts: int
    holdings: Holdings | None = None


class BarClosed(Struct, frozen=True, kw_only=True, tag="bar_closed"):
    """A bar is over. `ts`: when it began (epoch ns); `values`: the figures that were asked for, by their words."""

    symbol: str
    timeframe_s: int
    ts: int
    values: Mapping[str, Decimal]


class Filled(Struct, frozen=True, kw_only=True, tag="filled"):
    """An own entry order was filled, or a part of it; `left` is what still works of it. The trade is open from then."""

    n: int
    quantity: Decimal
    price: Decimal
    left: Decimal
    ts: int


class Ended(Struct, frozen=True, kw_only=True, tag="ended"):
    """The rest of an own entry order is gone: cancelled or expired. `filled`: what it had filled before."""

    n: int
    filled: Decimal
    reason: str
    ts: int


class Refused(Struct, frozen=True, kw_only=True, tag="refused"):
    """Nothing comes of a saying: risk refused it, the venue rejected its order, or it could not be read."""

    n: int
    code: str
    reason: str
    ts: int


class Closed(Struct, frozen=True, kw_only=True, tag="closed"):
    """An own trade is closed. `pnl` is before `fees`; both in the account's currency."""

    n: int
    reason: str
    pnl: Decimal
    fees: Decimal
    ts: int

    @property
    def net(self) -> Decimal:
        return self.pnl - self.fees


OwnEvent = Filled | Ended | Refused | Closed
Event = Price | Moment | BarClosed | OwnEvent
