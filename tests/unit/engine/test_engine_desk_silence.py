"""What follows from silence and look-ups: unknown is not rejected, and nothing is sent twice."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tradewire.domain import venue_events as v
from tradewire.domain.order import OrderStatus
from tradewire.engine import facts as f
from unit.engine.desk_harness import NOW, SECOND, Desk, facts_of

D = Decimal


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.check()


def test_a_lost_answer_is_unknown_looked_up_and_never_rejected(desk: Desk) -> None:
    desk.type("buy btc 1u")
    cid = desk.sent().client_order_id
    desk.lose(cid)
    assert desk.order(cid).status is OrderStatus.UNKNOWN
    look = desk.lookups()[-1]
    assert (look.client_order_id, look.always, look.at) == (cid, True, NOW + SECOND // 4)
    for _ in range(30):
        desk.wait(0.1)
        desk.give(f.LookupFailed(client_order_id=cid, reason="timeout"))
    assert desk.order(cid).status is OrderStatus.UNKNOWN
    assert desk.order(cid).lookups == 30
    assert desk.sends() == 1
    assert desk.alerts() == [f"Order {cid} is still unknown"]


def test_absence_before_the_requests_expiry_sends_nothing_again_and_after_it_once(desk: Desk) -> None:
    desk.type("buy btc 1u")
    first = desk.sent()
    cid = first.client_order_id
    desk.lose(cid)
    for _ in range(11):
        desk.give(f.LookedUp(result=v.Absent(client_order_id=cid, ts=desk.around.now)))
        assert desk.sends() == 1
        desk.wait(0.5)
    desk.wait(0.1)
    desk.give(f.LookedUp(result=v.Absent(client_order_id=cid, ts=desk.around.now)))
    assert desk.sends() == 2
    again = desk.sent()
    assert again.client_order_id == cid
    assert again.expires_at == desk.around.now + desk.around.capabilities.request_expiry_ns
    assert (desk.order(cid).status, desk.order(cid).sends) == (OrderStatus.SUBMITTING, 2)
    desk.give(f.LookedUp(result=v.Absent(client_order_id=cid, ts=desk.around.now + 1)))
    assert desk.sends() == 2, "the new request has an expiry of its own"


def test_silence_alone_becomes_unknown_at_the_first_look_up(desk: Desk) -> None:
    desk.type("buy btc 1u")
    cid = desk.sent().client_order_id
    desk.wait(2)
    desk.give(f.LookedUp(result=v.Absent(client_order_id=cid, ts=desk.around.now)))
    assert (desk.order(cid).status, desk.order(cid).reason) == (OrderStatus.UNKNOWN, "no answer from the venue")


def test_an_entry_that_never_arrived_and_is_too_old_ends_with_that_reason(desk: Desk) -> None:
    desk.type("buy btc 1u")
    cid = desk.sent().client_order_id
    desk.lose(cid)
    desk.wait(121)
    desk.give(f.LookedUp(result=v.Absent(client_order_id=cid, ts=desk.around.now)))
    assert desk.order(cid).status is OrderStatus.REJECTED
    assert desk.order(cid).reason == "it never reached the venue and is too old to be sent again"
    assert desk.sends() == 1


def test_where_the_venue_keeps_no_ids_of_ours_an_unknown_order_waits_for_a_person() -> None:
    desk = Desk(client_ids=False)
    desk.type("buy btc 1u")
    cid = desk.sent().client_order_id
    desk.lose(cid)
    for _ in range(12):
        desk.wait(60)
        desk.give(f.LookedUp(result=v.Absent(client_order_id=cid, ts=desk.around.now)))
    assert (desk.order(cid).status, desk.sends()) == (OrderStatus.UNKNOWN, 1)
    assert len(desk.alerts()) == 1
    desk.check()


@pytest.mark.parametrize(
    ("shown", "after"),
    [
        (OrderStatus.WORKING, OrderStatus.WORKING),
        (OrderStatus.CANCELLED, OrderStatus.CANCELLED),
        (OrderStatus.EXPIRED, OrderStatus.EXPIRED),
        (OrderStatus.REJECTED, OrderStatus.REJECTED),
    ],
)
def test_what_a_look_up_finds_is_taken_over(desk: Desk, shown: OrderStatus, after: OrderStatus) -> None:
    desk.type("buy btc 4u -lim 90")
    cid = desk.sent().client_order_id
    desk.lose(cid)
    desk.give(f.LookedUp(result=v.Found(client_order_id=cid, venue_order_id="v1", status=shown, ts=NOW)))
    assert desk.order(cid).status is after


def test_a_look_up_brings_fills_that_were_missed_and_only_those(desk: Desk) -> None:
    desk.type("buy btc 4u -sl 80")
    cid = desk.sent().client_order_id
    first = desk.execution(cid, "1", "100")
    desk.give(f.VenueSaid(v.Filled(fill=first)))
    second = desk.execution(cid, "3", "104")
    found = v.Found(client_order_id=cid, status=OrderStatus.FILLED, fills=(first, second), ts=NOW)
    decision = desk.give(f.LookedUp(result=found))
    assert len(facts_of(decision, f.OrderFilled)) == 1
    assert (desk.order(cid).filled, desk.trade().entry_price) == (D(4), D(103))
    assert facts_of(desk.give(f.LookedUp(result=found)), f.OrderFilled) == []


def test_absence_of_an_order_that_works_ends_nothing(desk: Desk) -> None:
    desk.type("buy btc 4u -lim 90")
    cid = desk.sent().client_order_id
    desk.accept(cid)
    desk.wait(1000)
    desk.give(f.LookedUp(result=v.Absent(client_order_id=cid, ts=desk.around.now)))
    assert desk.order(cid).status is OrderStatus.WORKING


def test_a_proven_refusal_of_a_submit_rejects_but_not_an_order_that_was_taken(desk: Desk) -> None:
    desk.type("buy btc 4u -lim 90")
    cid = desk.sent().client_order_id
    desk.accept(cid)
    late = f.SubmitEnded(client_order_id=cid, refused=True, reason="duplicate", ts=NOW)
    assert desk.give(late).facts == ()
    desk.type("buy eth 4u -lim 9")
    other = desk.sent().client_order_id
    desk.give(f.SubmitEnded(client_order_id=other, refused=True, reason="margin", ts=NOW))
    assert (desk.order(other).status, desk.order(other).reason) == (OrderStatus.REJECTED, "margin")


def test_an_entry_that_was_cancelled_while_nobody_knew_of_it_is_not_sent_again(desk: Desk) -> None:
    desk.type("buy btc 1u -lim 90")
    cid = desk.sent().client_order_id
    desk.lose(cid)
    desk.type("cancel btc")
    desk.wait(6)
    desk.give(f.LookedUp(result=v.Absent(client_order_id=cid, ts=desk.around.now)))
    assert desk.sends() == 1
    assert desk.order(cid).status is OrderStatus.CANCELLED
    assert desk.order(cid).reason == "it never reached the venue and is not wanted any more"
    desk.asked.clear()
    desk.accept(cid)
    assert desk.cancels() == [cid], "a venue that proves what is not so is asked to withdraw it"


def test_a_cancel_that_came_before_its_order_is_asked_for_again_when_the_order_is_there(desk: Desk) -> None:
    desk.type("buy btc 1u -lim 90")
    cid = desk.sent().client_order_id
    desk.type("cancel btc")
    assert desk.cancels() == [cid]
    desk.accept(cid)
    assert desk.cancels() == [cid, cid]


def test_who_asks_for_a_cancel_again_is_heard_again(desk: Desk) -> None:
    desk.type("buy btc 1u -lim 90")
    cid = desk.sent().client_order_id
    desk.accept(cid)
    for asked in (1, 2, 3):
        desk.type("cancel btc")
        assert desk.cancels() == [cid] * asked


def test_a_cancel_that_was_lost_is_asked_for_again_as_long_as_the_venue_shows_the_order(desk: Desk) -> None:
    desk.type("buy btc 1u -lim 90")
    kept = desk.sent().client_order_id
    desk.accept(kept)
    desk.type("buy eth 1u -lim 9")
    lost = desk.sent().client_order_id
    desk.accept(lost)
    desk.type("cancel eth")
    desk.restart()
    desk.find(shown=[desk.order(kept), desk.order(lost)])
    assert desk.cancels() == [lost, lost]
    desk.find(shown=[desk.order(kept)])
    assert desk.cancels() == [lost, lost]


def test_a_cancel_that_failed_is_tried_again_in_growing_pauses_until_the_order_is_gone(desk: Desk) -> None:
    desk.type("buy btc 1u -lim 90")
    cid = desk.sent().client_order_id
    desk.accept(cid)
    desk.type("cancel btc")
    found = v.Found(client_order_id=cid, venue_order_id="v1", status=OrderStatus.WORKING, ts=NOW)
    for tried, pause in enumerate((0.5, 1, 2, 4), start=1):
        desk.give(f.LookedUp(result=found))
        assert desk.cancels() == [cid] * tried
        desk.wait(pause)
        desk.ring()
        assert desk.cancels() == [cid] * (tried + 1)
    desk.give(f.LookedUp(result=found))
    desk.cancelled(cid)
    desk.wait(60)
    desk.ring()
    assert len(desk.cancels()) == 5
