"""A resting entry gets another price or size: asked for, taken, refused, lost, and raced by fills."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tradewire.domain import venue_events as v
from tradewire.domain.order import OrderStatus, OrderTerms
from tradewire.domain.refusal import Code
from tradewire.engine import facts as f
from tradewire.engine import memory
from tradewire.engine import terms as t
from tradewire.engine.step import Amend
from unit.engine.desk_harness import Desk, facts_of, refused

D = Decimal


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.check()


def rest(desk: Desk, text: str = "buy btc 10u -lim 95 -sl 5%") -> str:
    """Let an entry rest at the venue; return its id."""
    desk.type(text)
    cid = desk.sent().client_order_id
    desk.accept(cid)
    return cid


def terms(quantity: str, limit: str) -> OrderTerms:
    return OrderTerms(quantity=D(quantity), limit_price=D(limit))


def test_a_move_is_asked_for_and_done_once_the_venue_says_so(desk: Desk) -> None:
    cid = rest(desk)
    assert facts_of(desk.type("move btc 4 -lim 96"), t.ReplaceAsked)
    assert desk.amends() == [Amend(cid, terms("4", "96"))]
    assert desk.order(cid).request.limit_price == D(95)
    desk.replaced(cid, terms("4", "96"))
    order = desk.order(cid)
    assert (order.status, order.request.terms) == (OrderStatus.WORKING, terms("4", "96"))
    assert (order.remaining, order.replace_requested) == (D(4), None)


def test_what_is_not_named_stays(desk: Desk) -> None:
    cid = rest(desk)
    desk.type("move btc 4")
    assert desk.amends() == [Amend(cid, terms("4", "95"))]


def test_until_it_is_answered_the_larger_of_both_is_reserved(desk: Desk) -> None:
    cid = rest(desk)
    for quantity, asked, done in (("20", 1900, 1900), ("2", 1900, 190)):
        desk.type(f"move btc {quantity}")
        assert desk.state.reserved[cid].value == asked
        desk.wait(1)
        desk.replaced(cid, terms(quantity, "95"))
        assert desk.state.reserved[cid].value == done


def test_a_move_that_the_venue_refuses_leaves_the_order_and_tells_a_person(desk: Desk) -> None:
    cid = rest(desk)
    desk.type("move btc 20 -lim 96")
    desk.replace_refused(cid, "too late")
    order = desk.order(cid)
    assert (order.request.terms, order.replace_requested) == (terms("10", "95"), None)
    assert desk.state.reserved[cid].value == 950
    assert desk.alerts() == [f"Order {cid} was not moved"]


def test_what_is_filled_meanwhile_stays_and_only_the_rest_works_on(desk: Desk) -> None:
    cid = rest(desk)
    desk.type("move btc 6 -lim 96")
    desk.fill(cid, "4", "95")
    desk.replaced(cid, terms("6", "96"))
    assert (desk.order(cid).status, desk.order(cid).remaining) == (OrderStatus.PARTIALLY_FILLED, D(2))


@pytest.mark.parametrize("first", ["fill", "move"])
def test_an_order_that_is_filled_beyond_its_new_size_is_done(desk: Desk, first: str) -> None:
    cid = rest(desk)
    desk.type("move btc 6 -lim 96")
    fill = desk.execution(cid, "7", "95")
    words = [v.Filled(fill=fill), v.Replaced(client_order_id=cid, terms=terms("6", "96"), ts=desk.around.now)]
    for said in words if first == "fill" else reversed(words):
        desk.give(f.VenueSaid(said))
    assert (desk.order(cid).status, desk.order(cid).remaining) == (OrderStatus.FILLED, D(0))
    assert desk.trade().open_quantity == D(7)
    assert not desk.state.reserved


def test_an_order_that_had_grown_before_its_last_fill_works_on(desk: Desk) -> None:
    cid = rest(desk)
    desk.type("move btc 15")
    desk.fill(cid, "10", "95")
    assert desk.order(cid).status is OrderStatus.FILLED
    desk.replaced(cid, terms("15", "95"))
    assert (desk.order(cid).status, desk.order(cid).remaining) == (OrderStatus.PARTIALLY_FILLED, D(5))
    desk.fill(cid, "5", "95")
    assert desk.trade().quantity == D(15)


def test_a_word_said_before_a_later_one_changes_nothing(desk: Desk) -> None:
    cid = rest(desk)
    desk.type("move btc -lim 96")
    first = v.Replaced(client_order_id=cid, terms=terms("10", "96"), ts=desk.around.now)
    desk.give(f.VenueSaid(first))
    desk.wait(1)
    desk.type("move btc -lim 97")
    assert not desk.give(f.VenueSaid(first)).facts
    desk.replaced(cid, terms("10", "97"))
    assert not desk.give(f.VenueSaid(first)).facts
    assert desk.order(cid).request.limit_price == D(97)


def test_a_lost_answer_is_looked_up_and_old_terms_are_no_proof_while_the_request_travels(desk: Desk) -> None:
    cid = rest(desk)
    desk.type("move btc -lim 96")
    assert [lookup.client_order_id for lookup in desk.lookups()][-1] == cid

    def shown(limit: str) -> None:
        found = v.Found(client_order_id=cid, status=OrderStatus.WORKING, terms=terms("10", limit), ts=desk.around.now)
        desk.give(f.LookedUp(result=found))

    desk.wait(2)
    before = len(desk.lookups())
    shown("95")
    assert desk.order(cid).replace_requested is not None
    assert len(desk.lookups()) == before + 1
    desk.wait(4)
    shown("95")
    assert (desk.order(cid).replace_requested, desk.order(cid).request.limit_price) == (None, D(95))
    desk.type("move btc -lim 97")
    shown("97")
    assert (desk.order(cid).replace_requested, desk.order(cid).request.limit_price) == (None, D(97))


def test_a_move_is_judged_like_an_entry_but_counted_as_none() -> None:
    desk = Desk(max_order_value=2_000, max_exposure=2_000, trades_per_day=1, orders_per_minute=1, max_open_trades=1)
    cid = rest(desk)
    assert refused(desk.type("move btc 30")) is Code.MAX_ORDER_VALUE
    assert refused(desk.type("move btc -lim 9.5")) is Code.DECIMAL_SLIP
    assert refused(desk.type("move btc 0.01")) is Code.BELOW_MINIMUM
    assert refused(desk.type("move btc -stop 96")) is Code.UNSUPPORTED_ORDER
    assert refused(desk.type("move btc 20")) is None
    assert len(desk.amends()) == 1
    desk.check()
    assert desk.state.exposure.values["BTC"] == desk.state.reserved[cid].notional


def test_a_move_means_exactly_one_order_that_rests(desk: Desk) -> None:
    assert refused(desk.type("move btc 3")) is Code.NOTHING_TO_MOVE
    desk.type("buy btc 5u -lim 95 -id low")
    assert refused(desk.type("move btc 3")) is Code.NOT_READY
    cid = desk.sent().client_order_id
    desk.accept(cid)
    rest(desk, "buy btc 5u -lim 94")
    assert refused(desk.type("move btc 3")) is Code.NOTHING_TO_MOVE
    assert refused(desk.type("move -id low 3")) is None
    assert refused(desk.type("move -id low 4")) is Code.NOT_READY
    desk.type(f"cancel {cid}")
    assert refused(desk.type("move -id low 4")) is Code.NOTHING_TO_MOVE


def test_a_venue_that_cannot_change_orders_is_not_asked_to(desk: Desk) -> None:
    desk.around.amends = False
    rest(desk)
    assert refused(desk.type("move btc 3")) is Code.UNSUPPORTED_ORDER
    assert desk.amends() == []


def test_an_order_of_an_older_journal_has_no_replacement_under_way() -> None:
    desk = Desk()
    cid = rest(desk)
    old = memory.dump(desk.state).replace(b'"replace_requested":null,', b"").replace(b'"replaced_at":null,', b"")
    assert b"replace" not in old
    assert memory.load(old).orders[cid] == desk.order(cid)
