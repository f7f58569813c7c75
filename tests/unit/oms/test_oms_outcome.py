"""What may follow from silence: never "rejected" without proof, never a second send while the first can still act."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tradewire.domain.order import Leg, OrderStatus
from tradewire.domain.venue_events import Found
from tradewire.oms.outcome import OutcomePolicy, Verdict, judge, needs_alert, next_lookup
from unit.oms.oms_samples import CID, EXPIRY, SECOND, SENT, absent, order

POLICY = OutcomePolicy()
PROOF = SENT + EXPIRY + POLICY.grace
"""The last moment at which absence proves nothing."""
IN_FLIGHT = [OrderStatus.SUBMITTING, OrderStatus.UNKNOWN]
ELSEWHERE = [status for status in OrderStatus if status not in IN_FLIGHT]


def test_the_defaults_are_those_that_the_documentation_promises() -> None:
    assert (
        OutcomePolicy(
            answer_within=2_000_000_000,
            first_lookup=250_000_000,
            longest_pause=30_000_000_000,
            grace=500_000_000,
            alert_after=10,
            entry_max_age=120_000_000_000,
        )
        == POLICY
    )


@pytest.mark.parametrize("status", list(OrderStatus))
@pytest.mark.parametrize("shown", list(OrderStatus))
def test_what_the_venue_shows_is_taken_over_whatever_we_believed(status: OrderStatus, shown: OrderStatus) -> None:
    found = Found(client_order_id=CID, status=shown, ts=SENT)
    assert judge(order(status), found, POLICY) is Verdict.FOUND
    assert judge(order(status), found, POLICY, client_ids=False) is Verdict.FOUND


@pytest.mark.parametrize("status", IN_FLIGHT)
def test_absence_proves_nothing_until_the_request_has_expired_and_the_grace_is_over(status: OrderStatus) -> None:
    assert judge(order(status), absent(SENT), POLICY) is Verdict.WAIT
    assert judge(order(status), absent(SENT + EXPIRY + 1), POLICY) is Verdict.WAIT
    assert judge(order(status), absent(PROOF), POLICY) is Verdict.WAIT
    assert judge(order(status), absent(PROOF + 1), POLICY) is Verdict.RESEND


def test_an_entry_whose_moment_has_passed_is_not_sent_again() -> None:
    limit = SENT + POLICY.entry_max_age
    assert judge(order(), absent(limit), POLICY) is Verdict.RESEND
    assert judge(order(), absent(limit + 1), POLICY) is Verdict.GIVE_UP


@pytest.mark.parametrize("leg", [Leg.EXIT, Leg.STOP, Leg.TARGET])
def test_what_closes_a_trade_is_wanted_however_late(leg: Leg) -> None:
    late = absent(SENT + 1000 * POLICY.entry_max_age)
    assert judge(order(leg=leg), late, POLICY) is Verdict.RESEND


@pytest.mark.parametrize("leg", list(Leg))
def test_what_nobody_wants_any_more_is_never_sent_again_and_ends_by_proof_alone(leg: Leg) -> None:
    cancelled = replace(order(leg=leg), cancel_requested=True)
    for unwanted, wanted in ((cancelled, True), (order(leg=leg), False)):
        assert judge(unwanted, absent(PROOF), POLICY, wanted=wanted) is Verdict.WAIT
        assert judge(unwanted, absent(PROOF + 1), POLICY, wanted=wanted) is Verdict.UNWANTED
        assert judge(unwanted, absent(PROOF + 1), POLICY, client_ids=False, wanted=wanted) is Verdict.PARK


def test_an_old_entry_is_not_given_up_before_absence_is_proven() -> None:
    impatient = OutcomePolicy(entry_max_age=SECOND)
    assert judge(order(), absent(PROOF), impatient) is Verdict.WAIT
    assert judge(order(), absent(PROOF + 1), impatient) is Verdict.GIVE_UP


@pytest.mark.parametrize("status", ELSEWHERE)
def test_an_order_that_the_venue_once_had_never_ends_by_absence(status: OrderStatus) -> None:
    assert judge(order(status), absent(SENT + 10**18), POLICY) is Verdict.WAIT
    assert judge(order(status), absent(SENT + 10**18), POLICY, client_ids=False) is Verdict.WAIT


@pytest.mark.parametrize("ts", [SENT, PROOF + 1, SENT + 10**18])
def test_where_the_venue_cannot_be_asked_by_our_id_nothing_is_ever_proven(ts: int) -> None:
    assert judge(order(), absent(ts), POLICY, client_ids=False) is Verdict.PARK


def test_pauses_double_up_to_the_longest() -> None:
    later = SENT + 10**12  # the moment of proof is long past
    pauses = [next_lookup(order(lookups=n), later, POLICY) - later for n in range(10)]
    quarter = SECOND // 4
    assert pauses == [quarter * 2**n for n in range(7)] + [30 * SECOND] * 3
    assert next_lookup(order(lookups=10**6), later, POLICY) - later == 30 * SECOND


def test_doubling_ends_after_twenty_look_ups_even_where_the_longest_pause_is_longer() -> None:
    patient = OutcomePolicy(first_lookup=1, longest_pause=10**18)
    assert next_lookup(order(lookups=20), SENT + 10**12, patient) == SENT + 10**12 + 2**20
    assert next_lookup(order(lookups=21), SENT + 10**12, patient) == SENT + 10**12 + 2**20


@pytest.mark.parametrize("status", IN_FLIGHT)
def test_the_first_moment_of_proof_is_not_slept_through(status: OrderStatus) -> None:
    waiting = order(status, lookups=6)  # would pause 16 s
    assert next_lookup(waiting, SENT, POLICY) == PROOF + 1
    assert next_lookup(waiting, PROOF, POLICY) == PROOF + 1
    assert next_lookup(waiting, PROOF + 1, POLICY) == PROOF + 1 + 16 * SECOND
    assert next_lookup(waiting, PROOF + 1 - 16 * SECOND, POLICY) == PROOF + 1
    assert next_lookup(waiting, PROOF - 16 * SECOND, POLICY) == PROOF


def test_an_order_that_works_at_the_venue_has_no_moment_of_proof() -> None:
    assert next_lookup(order(OrderStatus.WORKING, lookups=6), SENT, POLICY) == SENT + 16 * SECOND
    assert next_lookup(order(OrderStatus.PARTIALLY_FILLED, lookups=6), SENT, POLICY) == SENT + 16 * SECOND


def test_a_person_is_told_once() -> None:
    told = [n for n in range(50) if needs_alert(order(lookups=n), POLICY)]
    assert told == [POLICY.alert_after]
