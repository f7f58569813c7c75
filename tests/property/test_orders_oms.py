"""Orders against a plain ledger, whatever the venue says, how often, and in which order."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from tradewire.domain.account import Position
from tradewire.domain.order import (
    TRANSITIONS,
    Fill,
    IllegalTransition,
    Leg,
    Order,
    OrderEvent,
    OrderStatus,
    OrderTerms,
    Replacing,
)
from tradewire.domain.venue_events import Absent, Found, OpenOrder, Snapshot
from tradewire.oms import requests
from tradewire.oms.outcome import OutcomePolicy, Verdict, judge, judge_replace, next_lookup
from tradewire.oms.reconcile import ForeignOrder, LookUp, LostOrder, PositionDrift, reconcile
from unit.oms.oms_samples import CID, EXPIRY, SENT, fill, request

POLICY = OutcomePolicy()
IN_FLIGHT = (OrderStatus.SUBMITTING, OrderStatus.UNKNOWN)
EXECUTIONS = {f"e{n}": (Decimal(quantity), Decimal(100 + n)) for n, quantity in enumerate((1, 2, 3, 4, 5, 10))}
"""What each execution of the venue is, for ever: 25 in all, of an order for 10."""


ALIVE = (OrderStatus.WORKING, OrderStatus.PARTIALLY_FILLED)
TERMS = [
    OrderTerms(quantity=Decimal(quantity), limit_price=Decimal(price))
    for quantity, price in ((10, 95), (4, 96), (1, 97), (25, 98))
]
"""What the order may be replaced by: less than is filled, exactly that, more."""


class OrderAgainstLedger(RuleBasedStateMachine):
    """The ledger: executions by id, the terms the venue took and when, what it has proven, when the order was sent."""

    @initialize(leg=st.sampled_from([Leg.ENTRY, Leg.EXIT]))
    def send(self, leg: Leg) -> None:
        self.now = SENT
        self.order = Order(request=request(leg=leg), updated_at=SENT)
        self.executed: dict[str, Decimal] = {}
        self.proofs: set[OrderEvent] = set()
        self.sent_at = [SENT]
        self.took = [(SENT, self.order.request.terms)]
        self.told = self.took[0]
        self.travels: Replacing | None = None

    @rule(exec_id=st.sampled_from(sorted(EXECUTIONS)))
    def fills_new_or_known_early_or_late(self, exec_id: str) -> None:
        quantity, price = EXECUTIONS[exec_id]
        before = self.order
        self.order = before.with_fill(fill(exec_id, str(quantity), str(price)))
        assert (exec_id in self.executed) == (self.order is before)
        self.executed[exec_id] = quantity

    @rule(event=st.sampled_from([OrderEvent.ACCEPTED, OrderEvent.REJECTED, OrderEvent.CANCELLED, OrderEvent.EXPIRED]))
    def the_venue_says(self, event: OrderEvent) -> None:
        was = self.order
        try:
            self.order = was.moved(event, self.now)
        except IllegalTransition:
            assert event is OrderEvent.REJECTED
            assert was.status in (OrderStatus.WORKING, OrderStatus.PARTIALLY_FILLED)
            return
        self.proofs.add(event)
        if was.status.is_final:
            assert self.order.status is was.status

    @rule(terms=st.sampled_from(TERMS))
    def other_terms_are_asked_for(self, terms: OrderTerms) -> None:
        asked = Replacing(terms=terms, asked_at=self.now, expires_at=self.now + EXPIRY)
        try:
            after = self.order.replace_asked(asked, self.now)
        except IllegalTransition:
            assert self.order.status not in ALIVE
            return
        assert (after.status, after.request, after.filled) == (
            self.order.status,
            self.order.request,
            self.order.filled,
        ), "asking changes nothing"
        self.order, self.travels = after, asked

    @precondition(lambda self: self.travels is not None)
    @rule(tell=st.booleans())
    def the_venue_takes_other_terms(self, tell: bool) -> None:
        """In time, or not at all; its word may be lost."""
        assert self.travels is not None
        asked, self.travels = self.travels, None
        self.now += 1
        if self.now <= asked.expires_at:
            self.took.append((self.now, asked.terms))
            if tell:
                self.the_venue_tells_its_terms(len(self.took) - 1)

    @rule(which=st.integers(0, 20))
    def the_venue_tells_its_terms(self, which: int) -> None:
        """Early, late, again, and older ones after newer ones."""
        at, terms = self.took[which % len(self.took)]
        if at == SENT:
            return
        before = self.order
        self.order = before.replaced(terms, at)
        self.told = max(self.told, (at, terms), key=lambda told: told[0])
        assert self.order.filled == before.filled, "what is filled stays"

    @rule()
    def the_venue_refuses_other_terms(self) -> None:
        asked = self.order.replace_requested
        if asked is None or (self.travels is not asked and asked.terms in [terms for _, terms in self.took]):
            return
        before, self.travels = self.order, None
        self.order = before.replace_rejected(self.now)
        assert self.order.request == before.request
        assert self.order.status is before.status
        assert self.order.replace_requested is None

    @precondition(lambda self: self.order.replace_requested is not None)
    @rule()
    def a_look_up_shows_the_terms(self) -> None:
        at, terms = self.took[-1]
        asked = self.order.replace_requested
        assert asked is not None
        found = Found(client_order_id=CID, status=OrderStatus.WORKING, terms=terms, ts=self.now)
        match judge_replace(self.order, found, POLICY):
            case OrderEvent.REPLACED:
                assert terms == asked.terms
                self.order = self.order.replaced(terms, at)
                self.told = self.took[-1]
            case OrderEvent.REPLACE_REJECTED:
                assert terms != asked.terms
                assert self.now > asked.expires_at, "what still travels is not called refused"
                self.order = self.order.replace_rejected(self.now)
            case None:
                assert self.now <= asked.expires_at + POLICY.grace

    @invariant()
    def the_terms_are_the_last_ones_that_the_venue_told(self) -> None:
        assert self.order.request.terms == self.told[1]
        assert self.order.remaining == max(Decimal(0), self.told[1].quantity - self.order.filled)

    @rule()
    def the_answer_is_lost(self) -> None:
        self.order = self.order.moved(OrderEvent.LOST, self.now)

    @rule(seconds=st.integers(0, 200))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds * 1_000_000_000

    @precondition(lambda self: self.order.status in IN_FLIGHT)
    @rule()
    def a_look_up_finds_nothing(self) -> None:
        if self.order.status is OrderStatus.SUBMITTING:
            self.order = self.order.moved(OrderEvent.LOST, self.now)
        verdict = judge(self.order, Absent(client_order_id=CID, ts=self.now), POLICY)
        if verdict is Verdict.RESEND:
            assert self.now > self.sent_at[-1] + EXPIRY + POLICY.grace
            again = requests.resend(self.order, self.now, EXPIRY)
            assert again.client_order_id == self.order.request.client_order_id
            moved = self.order.moved(OrderEvent.RESENT, self.now)
            self.order = replace(moved, request=again, sends=moved.sends + 1)
            self.sent_at.append(self.now)
        elif verdict is Verdict.GIVE_UP:
            assert self.order.request.leg is Leg.ENTRY
            assert self.now > self.sent_at[-1] + max(POLICY.entry_max_age, EXPIRY + POLICY.grace)
            self.order = self.order.moved(OrderEvent.REJECTED, self.now)
            self.proofs.add(OrderEvent.REJECTED)
        else:
            assert verdict is Verdict.WAIT

    @invariant()
    def the_position_is_the_sum_of_unique_executions(self) -> None:
        assert self.order.filled == sum(self.executed.values(), Decimal(0))
        assert self.order.exec_ids == set(self.executed)
        if self.executed:
            cost = sum(quantity * EXECUTIONS[e][1] for e, quantity in self.executed.items())
            assert self.order.average_price is not None
            assert self.order.cost == cost
            assert abs(self.order.average_price * self.order.filled - cost) < Decimal("1e-13") * cost

    @invariant()
    def nothing_is_claimed_without_proof(self) -> None:
        status = self.order.status
        if status is OrderStatus.REJECTED:
            assert OrderEvent.REJECTED in self.proofs
            assert not self.executed
        elif status is OrderStatus.CANCELLED:
            assert OrderEvent.CANCELLED in self.proofs
        elif status is OrderStatus.EXPIRED:
            assert OrderEvent.EXPIRED in self.proofs
        elif status is OrderStatus.PARTIALLY_FILLED:
            assert self.executed
        assert (status is OrderStatus.FILLED) == (self.order.filled >= self.order.request.quantity)

    @invariant()
    def it_was_sent_as_often_as_it_was_proven_absent_and_once_more(self) -> None:
        assert self.order.sends == len(self.sent_at)
        for earlier, later in zip(self.sent_at, self.sent_at[1:], strict=False):
            assert later > earlier + EXPIRY + POLICY.grace


TestOrderAgainstLedger = OrderAgainstLedger.TestCase
TestOrderAgainstLedger.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@given(quantities=st.lists(st.integers(1, 5), min_size=1, max_size=6), data=st.data())
def test_the_order_of_deliveries_and_their_number_do_not_matter(quantities: list[int], data: st.DataObject) -> None:
    fills: list[Fill] = [fill(f"e{n}", str(q), str(100 + n)) for n, q in enumerate(quantities)]
    delivered = data.draw(st.permutations(fills + data.draw(st.lists(st.sampled_from(fills), max_size=6))))

    def booked(these: list[Fill]) -> Order:
        order = Order(request=request(), updated_at=SENT)
        for each in these:
            order = order.with_fill(each)
        return order

    straight, shuffled = booked(fills), booked(delivered)
    assert (shuffled.status, shuffled.filled, shuffled.exec_ids) == (
        straight.status,
        straight.filled,
        straight.exec_ids,
    )
    assert shuffled.average_price == straight.average_price


@given(lookups=st.integers(0, 100), late=st.integers(-(10**10), 10**12), status=st.sampled_from(list(OrderStatus)))
def test_a_next_look_up_lies_ahead_and_never_beyond_the_longest_pause(
    lookups: int, late: int, status: OrderStatus
) -> None:
    order = Order(request=request(), status=status, lookups=lookups, updated_at=SENT)
    now = SENT + late
    assert now < next_lookup(order, now, POLICY) <= now + POLICY.longest_pause


CIDS = st.sampled_from(["tw" + letter * 20 for letter in "abcde"])
SYMBOLS = st.sampled_from(["BTCUSDT", "ETHUSDT"])
AMOUNTS = st.integers(-3, 3).map(Decimal)


@st.composite
def venues(draw: st.DrawFn) -> Snapshot:
    """A venue with any orders and positions, ours and foreign."""
    cids = draw(st.sets(CIDS | st.sampled_from(["web-1", "web-2"]), max_size=5))
    base = request()
    shown = tuple(
        OpenOrder(
            client_order_id=cid,
            venue_order_id=f"v-{cid}",
            symbol=draw(SYMBOLS),
            side=base.side,
            type=base.type,
            quantity=base.quantity,
            filled=Decimal(draw(st.integers(0, 9))),
        )
        for cid in sorted(cids)
    )
    holds = tuple(
        Position(symbol=draw(SYMBOLS), quantity=draw(AMOUNTS), average_price=Decimal(100))
        for _ in range(draw(st.integers(0, 3)))
    )
    return Snapshot(balances=(), positions=holds, open_orders=shown, ts=SENT)


@given(venue=venues(), mine=st.dictionaries(CIDS, SYMBOLS, max_size=4), books=st.dictionaries(SYMBOLS, AMOUNTS))
def test_any_drift_converges_once_look_ups_are_answered_and_drifts_are_noted(
    venue: Snapshot, mine: dict[str, str], books: dict[str, Decimal]
) -> None:
    orders = {
        cid: Order(request=request(client_order_id=cid, symbol=symbol), status=OrderStatus.WORKING, updated_at=SENT)
        for cid, symbol in mine.items()
    }
    shown = {order.client_order_id: order for order in venue.open_orders}
    known: set[str] = set()
    noted: dict[str, Decimal] = {}
    for _ in range(3):
        found = reconcile(orders, books, known, venue)
        assert found == reconcile(orders, books, known, venue), "the same input gives the same findings"
        for each in found:
            if isinstance(each, PositionDrift):
                noted[each.symbol] = each.foreign
            elif isinstance(each, LookUp):
                answer(orders, known, each.client_order_id, shown)
    again = reconcile(orders, books, known, venue)
    assert not [each for each in again if isinstance(each, LookUp)]
    assert {d.symbol: d.foreign for d in again if isinstance(d, PositionDrift)} == noted
    unexplained = {each.order.client_order_id for each in again if isinstance(each, ForeignOrder | LostOrder)}
    assert unexplained == set(shown) - set(orders)


def answer(orders: dict[str, Order], known: set[str], cid: str, shown: dict[str, OpenOrder]) -> None:
    """Do what a look-up that is answered does to our books."""
    if cid in shown:
        order = orders.get(cid) or Order(request=request(client_order_id=cid), updated_at=SENT)
        taken = replace(order, status=OrderStatus.WORKING, filled=shown[cid].filled, venue_order_id="v")
        orders[cid] = replace(taken, request=replace(taken.request, symbol=shown[cid].symbol))
        known.discard(cid)
    else:
        orders.pop(cid)
        known.add(cid)


@given(venue=venues(), mine=st.dictionaries(CIDS, SYMBOLS, max_size=4), known=st.sets(CIDS))
def test_every_order_on_either_side_is_accounted_for(venue: Snapshot, mine: dict[str, str], known: set[str]) -> None:
    orders = {
        cid: Order(request=request(client_order_id=cid, symbol=symbol), status=OrderStatus.UNKNOWN, updated_at=SENT)
        for cid, symbol in mine.items()
    }
    assume(not known & set(orders))
    found = reconcile(orders, {}, known, venue)
    looked_up = {each.client_order_id for each in found if isinstance(each, LookUp)}
    shown = {order.client_order_id for order in venue.open_orders}
    assert set(orders) <= looked_up, "unproven orders are asked about, every one"
    assert known & shown <= looked_up, "an order that we ended and the venue shows is asked about"
    strangers = {each.order.client_order_id for each in found if isinstance(each, ForeignOrder | LostOrder)}
    assert strangers == shown - set(orders) - known


@pytest.mark.parametrize(("status", "event"), sorted(TRANSITIONS))
def test_every_pair_of_the_table_does_to_an_order_what_the_table_says(status: OrderStatus, event: OrderEvent) -> None:
    quantity = {OrderEvent.PART_FILLED: "1", OrderEvent.FILLED: "10"}.get(event)
    order = Order(request=request(), status=status, updated_at=SENT)
    after = order.moved(event, SENT) if quantity is None else order.with_fill(fill("e", quantity))
    assert after.status is TRANSITIONS[status, event]
