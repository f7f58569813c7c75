"""The outcome policy: what may follow from an answer, from silence, and from a look-up.

A client order id is no idempotency key: many venues keep it unique among open orders only, so a blind resend of a
filled order is a second order. Therefore: an order without an answer is *unknown*, it is looked up; it is sent again
only after the venue has proven, past the request's own expiry, that it has no such order.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from tradewire.domain.order import Leg, Order, OrderEvent, OrderStatus
from tradewire.domain.venue_events import Absent, Found, LookupResult

SECOND = 1_000_000_000


class OutcomePolicy(Struct, frozen=True, kw_only=True):
    """How patient the hub is. Times in nanoseconds.

    `grace`: how much longer than the request's expiry absence must last before it proves anything (venues answer order
    queries from replicas that lag). `alert_after`: look-ups without proof before a person is told. `entry_max_age`: an
    entry older than this is not sent again; the moment that it was meant for has passed.
    """

    answer_within: int = 2 * SECOND
    first_lookup: int = SECOND // 4
    longest_pause: int = 30 * SECOND
    grace: int = SECOND // 2
    alert_after: int = 10
    entry_max_age: int = 120 * SECOND


class Verdict(StrEnum):
    """What a look-up means for the order."""

    FOUND = "found"
    """The venue has it: take over what it shows."""
    WAIT = "wait"
    """Nothing is proven yet: look again later."""
    RESEND = "resend"
    """Proven never to have existed, and still wanted."""
    GIVE_UP = "give_up"
    """Proven never to have existed, and too old to be wanted: a known end."""
    UNWANTED = "unwanted"
    """Proven never to have existed, and nobody wants it any more: a known end."""
    PARK = "park"
    """Nothing can be proven at this venue: it stays unknown until a person decides."""


def judge(
    order: Order, result: LookupResult, policy: OutcomePolicy, *, client_ids: bool = True, wanted: bool = True
) -> Verdict:
    """Say what a look-up of an order in flight proves.

    `client_ids` tells whether the venue finds orders by our id; where it does not, absence proves nothing. An order
    that is not `wanted` any more, or whose cancel was asked for, is never sent again.
    """
    if isinstance(result, Found):
        return Verdict.FOUND
    if order.status not in (OrderStatus.SUBMITTING, OrderStatus.UNKNOWN):
        # The venue had it once. Its absence now is a gap in the venue's memory, not an end that we may invent.
        return Verdict.WAIT
    if not client_ids:
        return Verdict.PARK
    if not absence_is_proof(order, result, policy):
        return Verdict.WAIT
    if order.cancel_requested or not wanted:
        return Verdict.UNWANTED
    request = order.request
    age = result.ts - request.submitted_at
    if request.leg is Leg.ENTRY and age > policy.entry_max_age:
        return Verdict.GIVE_UP
    return Verdict.RESEND


def judge_replace(order: Order, found: Found, policy: OutcomePolicy) -> OrderEvent | None:
    """Say what a look-up proves of a replacement that was asked for: done, not done, or (None) nothing yet.

    Old terms prove nothing while the request may still be carried out. An order that has ended is changed no more.
    """
    asked = order.replace_requested
    if asked is None:
        return None
    if found.terms == asked.terms:
        return OrderEvent.REPLACED
    late = found.ts > asked.expires_at + policy.grace
    return OrderEvent.REPLACE_REJECTED if found.status.is_final or (late and found.terms is not None) else None


def absence_is_proof(order: Order, absent: Absent, policy: OutcomePolicy) -> bool:
    """Tell whether the request can no longer execute: its own expiry is past, by more than the venue's lag."""
    return absent.ts > order.request.expires_at + policy.grace


def next_lookup(order: Order, now: int, policy: OutcomePolicy) -> int:
    """Return when to look next (epoch ns): doubling pauses, but the first proof is not awaited longer than needed."""
    pause = min(policy.first_lookup << min(order.lookups, 20), policy.longest_pause)
    asked = order.replace_requested
    proof = (asked or order.request).expires_at + policy.grace + 1
    doubtful = asked is not None or order.status in (OrderStatus.SUBMITTING, OrderStatus.UNKNOWN)
    if doubtful and now < proof <= now + pause:
        return proof
    return now + pause


def needs_alert(order: Order, policy: OutcomePolicy) -> bool:
    """Tell whether this very look-up is the one after which a person must know."""
    return order.lookups == policy.alert_after
