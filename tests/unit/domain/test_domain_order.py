"""The order table: every pair of status and event is either in it, or refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tradewire.domain.order import (
    TRANSITIONS,
    IllegalTransition,
    Order,
    OrderEvent,
    OrderStatus,
    next_status,
)
from unit.oms.oms_samples import SENT, fill, order, request

S, E = OrderStatus, OrderEvent
FINAL = [S.FILLED, S.CANCELLED, S.EXPIRED, S.REJECTED]
ILLEGAL = {
    # The venue once proved that it has the order: neither "rejected" nor "resent" can follow.
    (S.WORKING, E.REJECTED),
    (S.WORKING, E.RESENT),
    (S.PARTIALLY_FILLED, E.REJECTED),
    (S.PARTIALLY_FILLED, E.RESENT),
    # Only what is known to be lost may be sent again.
    (S.SUBMITTING, E.RESENT),
    # Only what works can be replaced.
    *((status, E.REPLACE_ASKED) for status in S if status not in (S.WORKING, S.PARTIALLY_FILLED)),
}


@pytest.mark.parametrize("status", list(OrderStatus))
@pytest.mark.parametrize("event", list(OrderEvent))
def test_every_pair_is_decided(status: OrderStatus, event: OrderEvent) -> None:
    if (status, event) in ILLEGAL:
        with pytest.raises(IllegalTransition, match=f"{event} cannot happen to an order that is {status}"):
            next_status(status, event)
    else:
        assert next_status(status, event) is TRANSITIONS[status, event]


def test_exactly_the_documented_pairs_are_illegal() -> None:
    assert {(s, e) for s in S for e in E} - set(TRANSITIONS) == ILLEGAL


@pytest.mark.parametrize("status", FINAL)
@pytest.mark.parametrize("event", [E.LOST, E.ACCEPTED, E.REJECTED, E.CANCELLED, E.EXPIRED, E.RESENT])
def test_an_end_is_an_end_for_everything_but_a_fill(status: OrderStatus, event: OrderEvent) -> None:
    assert next_status(status, event) is status


@pytest.mark.parametrize("status", list(OrderStatus))
def test_a_whole_fill_fills_whatever_was_believed_before(status: OrderStatus) -> None:
    assert next_status(status, E.FILLED) is S.FILLED


@pytest.mark.parametrize(
    ("status", "after"),
    [
        (S.SUBMITTING, S.PARTIALLY_FILLED),
        (S.UNKNOWN, S.PARTIALLY_FILLED),
        (S.WORKING, S.PARTIALLY_FILLED),
        (S.PARTIALLY_FILLED, S.PARTIALLY_FILLED),
        (S.REJECTED, S.PARTIALLY_FILLED),
        (S.CANCELLED, S.CANCELLED),
        (S.EXPIRED, S.EXPIRED),
        (S.FILLED, S.FILLED),
    ],
)
def test_a_part_fill_after_an_end_that_withdrew_the_rest_stays_ended(status: OrderStatus, after: OrderStatus) -> None:
    assert next_status(status, E.PART_FILLED) is after


@pytest.mark.parametrize("status", list(OrderStatus))
def test_silence_never_rejects(status: OrderStatus) -> None:
    after = next_status(status, E.LOST)
    assert after is (S.UNKNOWN if status is S.SUBMITTING else status)


@pytest.mark.parametrize("status", list(OrderStatus))
def test_the_four_ends_are_final_and_nothing_else(status: OrderStatus) -> None:
    assert status.is_final == (status in FINAL)


def test_the_average_price_is_weighted_by_quantity_and_fees_add_up() -> None:
    first = order(S.WORKING).with_fill(fill("e1", "2", "100", fee=Decimal("0.1")))
    both = first.with_fill(fill("e2", "6", "104", fee=Decimal("-0.3"), ts_init=SENT + 9))
    assert (first.filled, first.average_price, first.remaining) == (2, 100, 8)
    assert (both.filled, both.average_price, both.remaining) == (8, 103, 2)
    assert both.fees == Decimal("-0.2")
    assert both.exec_ids == {"e1", "e2"}
    assert both.updated_at == SENT + 9
    assert both.status is S.PARTIALLY_FILLED


def test_the_same_execution_twice_changes_nothing_even_with_other_figures() -> None:
    once = order(S.WORKING).with_fill(fill("e1", "2", "100"))
    assert once.with_fill(fill("e1", "7", "999")) is once


def test_the_last_part_fills_and_an_over_fill_counts_in_full() -> None:
    exact = order(S.WORKING).with_fill(fill("e1", "10", "100"))
    assert (exact.status, exact.filled, exact.remaining) == (S.FILLED, 10, 0)
    over = exact.with_fill(fill("e2", "3", "100"))
    assert (over.status, over.filled, over.remaining) == (S.FILLED, 13, 0)


def test_a_move_keeps_the_last_reason_it_was_given() -> None:
    lost = order(S.SUBMITTING).moved(E.LOST, SENT + 5, "timeout")
    assert (lost.status, lost.reason, lost.updated_at) == (S.UNKNOWN, "timeout", SENT + 5)
    found = lost.moved(E.ACCEPTED, SENT + 6)
    assert (found.status, found.reason) == (S.WORKING, "timeout")
    assert found.moved(E.CANCELLED, SENT + 7, "by the venue").reason == "by the venue"


def test_a_new_order_is_handed_over_once_and_proven_nothing() -> None:
    new = Order(request=request(), updated_at=SENT)
    assert (new.status, new.sends, new.lookups, new.filled, new.remaining) == (S.SUBMITTING, 1, 0, 0, 10)
    assert new.average_price is None
    assert not new.cancel_requested
