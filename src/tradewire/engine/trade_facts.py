"""Facts about open trades: their exits, and how they end."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from tradewire.domain.signal import ExitSpec
from tradewire.engine.trade import Trade
from tradewire.exits.kernel import State
from tradewire.exits.moves import Moves
from tradewire.exits.plan import ExitPlan


class TradeOpened(Struct, frozen=True, tag="trade_opened"):
    """The first fill of an entry: from here on the exits manage it."""

    trade: Trade


class ExitsSet(Struct, frozen=True, kw_only=True, tag="exits_set"):
    """The trade's exits as prices, at opening, after more fills, or by command. `state`: where they stand."""

    trade_id: str
    spec: ExitSpec
    exits: ExitPlan
    state: State
    by: str
    ts: int


class StopsMoved(Struct, frozen=True, kw_only=True, tag="stops_moved"):
    """What one price changed in all trades of one symbol: stops, peaks, steps taken."""

    symbol: str
    moves: Moves
    ts: int


class StopFollowed(Struct, frozen=True, kw_only=True, tag="stop_followed"):
    """A trade's stop has moved far enough to be told in its story; where it stands, the book knows (`StopsMoved`)."""

    trade_id: str
    stop: Decimal
    ts: int


class ExitDecided(Struct, frozen=True, kw_only=True, tag="exit_decided"):
    """A trade, or a part of it, is to be closed."""

    trade_id: str
    reason: str
    quantity: Decimal
    price: Decimal | None
    client_order_id: str
    ts: int


class TradeClosed(Struct, frozen=True, kw_only=True, tag="trade_closed"):
    """The last closing fill arrived."""

    trade_id: str
    reason: str
    pnl: Decimal
    fees: Decimal
    ts: int


class TradeVanished(Struct, frozen=True, kw_only=True, tag="trade_vanished"):
    """The venue shows, twice, that this much of a trade is gone without an order of ours: closed by hand, say.

    `price` is the market's then. The money is the venue's word (`MoneyAdjusted`), not this fact's.
    """

    trade_id: str
    quantity: Decimal
    price: Decimal
    rate: Decimal
    ts: int


class TradeLiquidated(Struct, frozen=True, kw_only=True, tag="trade_liquidated"):
    """The venue closed the trade because the account could not carry it any more; its gain and the fee are booked.

    `rate` turns the instrument's quote currency into the account's, in which `fee` is; `reason` is the venue's own.
    """

    trade_id: str
    quantity: Decimal
    price: Decimal
    rate: Decimal
    fee: Decimal
    reason: str
    ts: int


class StopRests(Struct, frozen=True, kw_only=True, tag="stop_rests"):
    """The trade's protective stop rests at the venue as this order."""

    trade_id: str
    client_order_id: str | None


class Adopted(Struct, frozen=True, tag="adopted"):
    """A person made a foreign position ours."""

    trade: Trade


Fact = (
    TradeOpened
    | ExitsSet
    | StopsMoved
    | StopFollowed
    | ExitDecided
    | TradeClosed
    | TradeVanished
    | TradeLiquidated
    | StopRests
    | Adopted
)
