"""What goes into the engine: messages, what venues answer, prices that touch a level, moments that come."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from tradewire.domain.account import Account
from tradewire.domain.message import Message
from tradewire.domain.venue_events import LookupResult, VenueEvent
from tradewire.engine import program_facts, schedule_facts


class MessageReceived(Struct, frozen=True, tag="message_received"):
    """A message became durable."""

    message: Message


class MessageDue(Struct, frozen=True, tag="message_due"):
    """A message that was stored earlier is read now."""

    message_id: str


class HookAsked(Struct, frozen=True, tag="hook_asked"):
    """A person asked for a webhook."""

    name: str


class AccountBorn(Struct, frozen=True, kw_only=True, tag="account_born"):
    """An account exists from now on; its mode is fixed by this."""

    account: Account
    balance: Decimal


class SignalArrived(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="signal_arrived"):
    """A signal was routed to this account. `sent_at`: when its text says that it was sent (epoch ns), if it does."""

    signal_id: str
    route: str
    received_at: int
    sent_at: int | None = None

    @property
    def age_from(self) -> int:
        """Return the moment from which the signal's age is counted."""
        return self.received_at if self.sent_at is None else self.sent_at


class VenueSaid(Struct, frozen=True, tag="venue_said"):
    """The venue told us something; `then` is what it told in the same breath."""

    event: VenueEvent
    then: tuple[VenueEvent, ...] = ()


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


class PriceCrossed(Struct, frozen=True, kw_only=True, tag="price_crossed"):
    """A price reached or crossed a level of an open trade, or moved a trailing stop."""

    symbol: str
    bid: Decimal
    ask: Decimal
    ts: int


class QuoteBroke(PriceCrossed, frozen=True, kw_only=True, tag="quote_broke"):
    """`PriceCrossed` in rows of older versions."""


class TimerRang(Struct, frozen=True, tag="timer_rang"):
    """A moment came that something waited for."""

    what: str


class BecameReady(Struct, frozen=True, tag="became_ready"):
    """The venue is entered and reconciled."""


class LostReady(Struct, frozen=True, tag="lost_ready"):
    """The venue cannot be reached."""

    reason: str


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
    | PriceCrossed
    | QuoteBroke
    | TimerRang
    | BecameReady
    | LostReady
    | program_facts.Event
    | schedule_facts.Event
)

NAMES = {"quote_broke": "price_crossed"}
"""Kinds of rows that older versions wrote, and what they are called today."""
