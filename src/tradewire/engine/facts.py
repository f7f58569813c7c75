"""What the journal says: the input events of a stream, and the facts that were decided from them.

One journal row is one `Record`: an event with its facts. A replay folds the facts and never decides again.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec
from msgspec import Struct

from tradewire.domain.account import Account
from tradewire.domain.message import Message
from tradewire.domain.order import Fill, OrderRequest
from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Refusal
from tradewire.domain.signal import ExitSpec, Signal
from tradewire.domain.venue_events import LookupResult, VenueEvent
from tradewire.engine.trade import Trade
from tradewire.exits.kernel import State
from tradewire.exits.moves import Moves
from tradewire.exits.plan import ExitPlan

# ── events of the inbox stream ──────────────────────────────────────────────────────────────────────────────────────


class MessageReceived(Struct, frozen=True, tag="message_received"):
    """A message became durable."""

    message: Message


class MessageDue(Struct, frozen=True, tag="message_due"):
    """A message that was stored earlier is read now."""

    message_id: str


class HookAsked(Struct, frozen=True, tag="hook_asked"):
    """A person asked for a webhook."""

    name: str


# ── facts of the inbox stream ───────────────────────────────────────────────────────────────────────────────────────


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


# ── events of an account's stream ───────────────────────────────────────────────────────────────────────────────────


class AccountBorn(Struct, frozen=True, kw_only=True, tag="account_born"):
    """An account exists from now on; its mode is fixed by this."""

    account: Account
    balance: Decimal


class SignalArrived(Struct, frozen=True, kw_only=True, tag="signal_arrived"):
    """A signal was routed to this account."""

    signal_id: str
    route: str
    received_at: int


class VenueSaid(Struct, frozen=True, tag="venue_said"):
    """The venue told us something."""

    event: VenueEvent


class SubmitEnded(Struct, frozen=True, kw_only=True, tag="submit_ended"):
    """A submit did not simply hand over: refused = proven not done, else nobody knows."""

    client_order_id: str
    refused: bool
    reason: str
    ts: int


class LookedUp(Struct, frozen=True, kw_only=True, tag="looked_up"):
    """The venue answered a look-up."""

    result: LookupResult


class LookupFailed(Struct, frozen=True, kw_only=True, tag="lookup_failed"):
    """A look-up got no answer."""

    client_order_id: str
    reason: str


class QuoteBroke(Struct, frozen=True, kw_only=True, tag="quote_broke"):
    """A price touched a level of an open trade."""

    symbol: str
    bid: Decimal
    ask: Decimal
    ts: int


class TimerRang(Struct, frozen=True, tag="timer_rang"):
    """A moment came that something waited for."""

    what: str


class BecameReady(Struct, frozen=True, tag="became_ready"):
    """The venue is entered and reconciled."""


class LostReady(Struct, frozen=True, tag="lost_ready"):
    """The venue cannot be reached."""

    reason: str


# ── facts of an account's stream ────────────────────────────────────────────────────────────────────────────────────


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
    """We want the rest of the order withdrawn; it may still lose to a fill."""

    client_order_id: str
    ts: int


class TradeOpened(Struct, frozen=True, tag="trade_opened"):
    """The first fill of an entry: from here on the exits manage it."""

    trade: Trade


class ExitsSet(Struct, frozen=True, kw_only=True, tag="exits_set"):
    """The trade's exits as prices: at opening, after more fills, or by a person's command. `state`: where they stand."""

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


class StopRests(Struct, frozen=True, kw_only=True, tag="stop_rests"):
    """The trade's protective stop rests at the venue as this order."""

    trade_id: str
    client_order_id: str | None


class MoneyAdjusted(Struct, frozen=True, kw_only=True, tag="money_adjusted"):
    """The venue changed the balance by itself. Amount in the account's currency."""

    amount: Decimal
    reason: str
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


Event = (
    MessageReceived
    | MessageDue
    | HookAsked
    | AccountBorn
    | SignalArrived
    | VenueSaid
    | SubmitEnded
    | LookedUp
    | LookupFailed
    | QuoteBroke
    | TimerRang
    | BecameReady
    | LostReady
)

InboxFact = MessageRead | SignalRouted | HookMade
AccountFact = (
    Waiting
    | Released
    | PlanApproved
    | PlanRefused
    | Submitting
    | OrderLost
    | OrderLookedUp
    | OrderResent
    | OrderAccepted
    | OrderRejected
    | OrderFilled
    | OrderEnded
    | CancelAsked
    | TradeOpened
    | ExitsSet
    | StopsMoved
    | ExitDecided
    | TradeClosed
    | StopRests
    | MoneyAdjusted
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
