"""What was decided: facts, each from an input event (`engine/events.py`); a `Record` is a journal row of both.

Those about orders, trades and programs stand in `engine/order_facts.py`, `engine/terms.py`, `engine/trade_facts.py` and
`engine/program_facts.py`. A replay folds the facts and never decides again.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec
from msgspec import Struct

from tradewire.domain.order import Order
from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Refusal
from tradewire.domain.signal import Signal
from tradewire.engine import order_facts, program_facts, terms, trade_facts
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
from tradewire.engine.order_facts import (
    CancelAsked as CancelAsked,
)
from tradewire.engine.order_facts import (
    OrderAccepted as OrderAccepted,
)
from tradewire.engine.order_facts import (
    OrderEnded as OrderEnded,
)
from tradewire.engine.order_facts import (
    OrderFilled as OrderFilled,
)
from tradewire.engine.order_facts import (
    OrderLookedUp as OrderLookedUp,
)
from tradewire.engine.order_facts import (
    OrderLost as OrderLost,
)
from tradewire.engine.order_facts import (
    OrderRejected as OrderRejected,
)
from tradewire.engine.order_facts import (
    OrderResent as OrderResent,
)
from tradewire.engine.order_facts import (
    OrderTriggered as OrderTriggered,
)
from tradewire.engine.order_facts import (
    Submitting as Submitting,
)
from tradewire.engine.trade import Trade
from tradewire.engine.trade_facts import (
    Adopted as Adopted,
)
from tradewire.engine.trade_facts import (
    ExitDecided as ExitDecided,
)
from tradewire.engine.trade_facts import (
    ExitsSet as ExitsSet,
)
from tradewire.engine.trade_facts import (
    StopFollowed as StopFollowed,
)
from tradewire.engine.trade_facts import (
    StopRests as StopRests,
)
from tradewire.engine.trade_facts import (
    StopsMoved as StopsMoved,
)
from tradewire.engine.trade_facts import (
    TradeClosed as TradeClosed,
)
from tradewire.engine.trade_facts import (
    TradeLiquidated as TradeLiquidated,
)
from tradewire.engine.trade_facts import (
    TradeOpened as TradeOpened,
)
from tradewire.engine.trade_facts import (
    TradeVanished as TradeVanished,
)


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


InboxFact = MessageRead | SignalRouted | HookMade
AccountFact = (
    Recalled
    | Waiting
    | Released
    | PlanApproved
    | PlanRefused
    | order_facts.Fact
    | terms.Fact
    | trade_facts.Fact
    | MoneyAdjusted
    | EquityPeaked
    | AccountHalted
    | Alerted
    | ForeignSeen
)
AnyFact = InboxFact | AccountFact | program_facts.Fact


class Record(Struct, frozen=True):
    """One journal row: what happened, and what followed."""

    event: Event
    facts: tuple[AnyFact, ...] = ()


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
