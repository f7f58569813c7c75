"""What was decided: facts, each from an input event (`engine/events.py`); a `Record` is a journal row of both.

A replay folds the facts and never decides again.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec
from msgspec import Struct

from tradewire.domain.order import Fill, Order, OrderRequest
from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Refusal
from tradewire.domain.signal import ExitSpec, Signal
from tradewire.engine import terms
from tradewire.engine.events import (
    AccountBorn as AccountBorn,
)
from tradewire.engine.events import (
    BecameReady as BecameReady,
)
from tradewire.engine.events import (
    Event as Event,
)
from tradewire.engine.events import (
    HookAsked as HookAsked,
)
from tradewire.engine.events import (
    LookedUp as LookedUp,
)
from tradewire.engine.events import (
    LookupFailed as LookupFailed,
)
from tradewire.engine.events import (
    LostReady as LostReady,
)
from tradewire.engine.events import (
    MessageDue as MessageDue,
)
from tradewire.engine.events import (
    MessageReceived as MessageReceived,
)
from tradewire.engine.events import (
    PriceCrossed as PriceCrossed,
)
from tradewire.engine.events import (
    SignalArrived as SignalArrived,
)
from tradewire.engine.events import (
    SubmitEnded as SubmitEnded,
)
from tradewire.engine.events import (
    TimerRang as TimerRang,
)
from tradewire.engine.events import (
    VenueSaid as VenueSaid,
)
from tradewire.engine.trade import Trade
from tradewire.exits.kernel import State
from tradewire.exits.moves import Moves
from tradewire.exits.plan import ExitPlan


class MessageRead(Struct, frozen=True, kw_only=True, tag="message_read"):
    """What a message was read as: `status` read, none or unclear."""

    message_id: str
    status: str
    reason: str | None = None


class SignalRouted(Struct, frozen=True, kw_only=True, tag="signal_routed"):
    """A signal and the accounts that it goes to; none, with the refusal, where no route takes it."""

    signal_id: str
    message_id: str
    signal: Signal
    text: str
    accounts: tuple[str, ...] = ()
    refusal: Refusal | None = None


class HookMade(Struct, frozen=True, kw_only=True, tag="hook_made"):
    """A webhook exists from now on; only the hash of its token is kept."""

    name: str
    token_hash: bytes
    account: str | None = None


class Recalled(Struct, frozen=True, kw_only=True, tag="recalled"):
    """An order put away long ago, or whose trade was: the venue speaks of it again. No `trade`: at hand, or none."""

    order: Order
    trade: Trade | None


class Waiting(Struct, frozen=True, kw_only=True, tag="waiting"):
    """The signal is held: until the account is ready, or until these trades are closed (a reversal)."""

    signal_id: str
    signal: Signal
    route: str
    received_at: int
    until_closed: tuple[str, ...] = ()
    explicit: bool = False


class Released(Struct, frozen=True, tag="released"):
    """A held signal is decided now."""

    signal_id: str


class PlanApproved(Struct, frozen=True, tag="plan_approved"):
    """Risk said yes; the plan's size is reserved from here on."""

    plan: Plan
    ts: int


class PlanRefused(Struct, frozen=True, kw_only=True, tag="plan_refused"):
    """Risk said no, or there was nothing to do."""

    signal_id: str
    refusal: Refusal


class Submitting(Struct, frozen=True, tag="submitting"):
    """An order is recorded; it is handed to the venue after the commit."""

    request: OrderRequest


class OrderLost(Struct, frozen=True, kw_only=True, tag="order_lost"):
    """Nobody knows what became of the order: it is looked up until the venue proves it."""

    client_order_id: str
    reason: str
    ts: int


class OrderLookedUp(Struct, frozen=True, kw_only=True, tag="order_looked_up"):
    """One more look-up that proved nothing yet."""

    client_order_id: str
    ts: int
    alert: bool = False


class OrderResent(Struct, frozen=True, kw_only=True, tag="order_resent"):
    """Proven never to have existed at the venue: sent again with a new expiry."""

    request: OrderRequest
    ts: int


class OrderAccepted(Struct, frozen=True, kw_only=True, tag="order_accepted"):
    """The venue took the order."""

    client_order_id: str
    venue_order_id: str | None
    ts: int


class OrderTriggered(Struct, frozen=True, kw_only=True, tag="order_triggered"):
    """The price reached the order's stop price; it works on."""

    client_order_id: str
    ts: int


class OrderRejected(Struct, frozen=True, kw_only=True, tag="order_rejected"):
    """Proven not taken by the venue."""

    client_order_id: str
    reason: str
    ts: int


class OrderFilled(Struct, frozen=True, kw_only=True, tag="order_filled"):
    """A new execution. `rate` turns the instrument's quote currency, `fee_rate` the fee's, into the account's."""

    fill: Fill
    multiplier: Decimal
    rate: Decimal
    fee_rate: Decimal


class OrderEnded(Struct, frozen=True, kw_only=True, tag="order_ended"):
    """The rest of the order is gone: cancelled or expired."""

    client_order_id: str
    expired: bool
    reason: str
    ts: int


class CancelAsked(Struct, frozen=True, kw_only=True, tag="cancel_asked"):
    """We want the rest of the order withdrawn; it may still lose to a fill. `by`: the signal that asked for it."""

    client_order_id: str
    ts: int
    by: str | None = None


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


class MoneyAdjusted(Struct, frozen=True, kw_only=True, tag="money_adjusted"):
    """The venue changed the balance by itself. Amount in the account's currency."""

    amount: Decimal
    reason: str
    ts: int


class EquityPeaked(Struct, frozen=True, kw_only=True, tag="equity_peaked"):
    """Balance and open P&L together are higher than ever. In the account's currency."""

    equity: Decimal
    ts: int


class AccountHalted(Struct, frozen=True, tag="account_halted"):
    """Entries of this account are halted, or allowed again."""

    halted: bool


class Alerted(Struct, frozen=True, kw_only=True, tag="alerted"):
    """A person was told."""

    severity: str
    title: str
    body: str
    ts: int


class ForeignSeen(Struct, frozen=True, kw_only=True, tag="foreign_seen"):
    """The venue holds something that is not ours: shown, never touched unless adopted. Signed quantity."""

    symbol: str
    quantity: Decimal


class Adopted(Struct, frozen=True, tag="adopted"):
    """A person made a foreign position ours."""

    trade: Trade


InboxFact = MessageRead | SignalRouted | HookMade
AccountFact = (
    Recalled
    | Waiting
    | Released
    | PlanApproved
    | PlanRefused
    | Submitting
    | OrderLost
    | OrderLookedUp
    | OrderResent
    | OrderAccepted
    | OrderTriggered
    | OrderRejected
    | OrderFilled
    | OrderEnded
    | CancelAsked
    | terms.Fact
    | TradeOpened
    | ExitsSet
    | StopsMoved
    | StopFollowed
    | ExitDecided
    | TradeClosed
    | TradeVanished
    | TradeLiquidated
    | StopRests
    | MoneyAdjusted
    | EquityPeaked
    | AccountHalted
    | Alerted
    | ForeignSeen
    | Adopted
)


class Record(Struct, frozen=True):
    """One journal row: what happened, and what followed."""

    event: Event
    facts: tuple[InboxFact | AccountFact, ...] = ()


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Record)


def encode(record: Record) -> tuple[str, bytes]:
    """Return (kind, data) of a journal row."""
    return record.event.__struct_config__.tag, _encoder.encode(record)  # type: ignore[return-value]


def decode(data: bytes) -> Record:
    """Read a journal row back.

    Raises:
        msgspec.ValidationError: the row was not written by this version of the hub, or was damaged.
    """
    return _decoder.decode(data)
