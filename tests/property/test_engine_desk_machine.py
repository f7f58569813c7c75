"""A desk against a venue with a ledger of its own: lost, late, doubled and reordered words, cuts, restarts.

Requests travel: they arrive late, or never, and one that arrives after its expiry is not taken. What the venue says is
delivered in any order, as often as it likes. The venue's ledger is the truth that the desk must come to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from tradewire.domain import venue_events as v
from tradewire.domain.order import Fill, Leg, OrderRequest, OrderStatus, OrderTerms
from tradewire.domain.signal import OrderType
from tradewire.engine import facts as f
from tradewire.engine import memory
from tradewire.engine.step import Amend, Cancel, LookUp, Submit
from tradewire.engine.trade import TradeStatus
from unit.engine.desk_harness import Desk

ENTRIES = (
    "buy btc 5u -sl 5% -tp 5%@50%,10%@50%",
    "sell btc 3u -tsl 3%",
    "buy btc 2u -lim 95 -sl 90",
    "buy eth 4u -sl 9 -be 11",
)
WORDS = ("close btc", "close btc 50%", "close all", "cancel all", "sl btc 99", "trail btc 2", "be btc")
MOVES = ("move btc -lim 94", "move btc 1u", "move btc 4u -lim 96", "move btc 0.5u")
ALIVE = (OrderStatus.WORKING, OrderStatus.PARTIALLY_FILLED)
IN_FLIGHT = (OrderStatus.SUBMITTING, OrderStatus.UNKNOWN)


@dataclass
class Listed:
    """An order in the venue's own ledger."""

    request: OrderRequest
    status: OrderStatus = OrderStatus.WORKING
    fills: list[Fill] = field(default_factory=list)

    @property
    def done(self) -> Decimal:
        return sum((fill.quantity for fill in self.fills), Decimal(0))


class DeskAgainstVenue(RuleBasedStateMachine):
    """`desk` is under test; everything else is the world."""

    @initialize(
        native=st.booleans(),
        opposite=st.sampled_from(["reverse", "close", "ignore", "allow"]),
        first=st.sampled_from(ENTRIES),
        opened=st.booleans(),
    )
    def begin(self, native: bool, opposite: str, first: str, opened: bool) -> None:
        self.desk = Desk(native=native, opposite=opposite, max_open_trades=3)
        self.ledger: dict[str, Listed] = {}
        self.travelling: list[OrderRequest] = []
        self.amends: list[tuple[Amend, int]] = []
        self.refused: set[str] = set()
        self.said: list[v.VenueEvent] = []
        self.heard: dict[str, Fill] = {}
        self.executions = 0
        self.a_person_enters(first)
        if opened:
            self.for_once_all_goes_well()

    def take(self) -> None:
        """Carry out what the desk asked for: requests begin to travel, cancels reach the venue at once."""
        for command in self.desk.asked:
            if isinstance(command, Submit):
                self.travelling.append(command.request)
            elif isinstance(command, Cancel) and command.client_order_id in self.ledger:
                self.end(self.ledger[command.client_order_id], OrderStatus.CANCELLED)
            elif isinstance(command, Amend):
                expires_at = self.desk.around.now + self.desk.around.capabilities.request_expiry_ns
                self.amends.append((command, expires_at))
        self.desk.asked = [c for c in self.desk.asked if not isinstance(c, Submit | Cancel | Amend)]

    @rule(text=st.sampled_from(ENTRIES))
    def a_person_enters(self, text: str) -> None:
        self.desk.type(text)
        self.take()

    @precondition(lambda self: self.desk.state.orders or self.desk.state.trades)
    @rule(text=st.sampled_from(WORDS))
    def a_person_manages(self, text: str) -> None:
        self.desk.type(text)
        self.take()

    @rule(text=st.sampled_from(MOVES), raced=st.sampled_from(["", "", "0.5", "1", "100"]), arrive=st.booleans())
    def a_person_moves_an_entry(self, text: str, raced: str, arrive: bool) -> None:
        """One that rests, if any may; fills may come before the venue hears of the move."""
        if not any(entry.request.type is OrderType.LIMIT for entry in self.working()):
            self.desk.type("buy btc 2u -lim 95 -sl 90")
            self.take()
            self.for_once_all_goes_well()
        self.desk.type(text)
        self.take()
        for listed in self.working() if raced else []:
            if listed.request.type is OrderType.LIMIT:
                self.execute(listed, Decimal(raced))
        if self.amends and arrive:
            self.terms_arrive(0)

    @precondition(lambda self: self.amends)
    @rule(data=st.data(), refuse=st.booleans(), told=st.booleans())
    def other_terms_arrive(self, data: st.DataObject, refuse: bool, told: bool) -> None:
        """Late, or never; refused, taken, or after the order's end; and the answer may be lost."""
        self.terms_arrive(data.draw(st.integers(0, len(self.amends) - 1)), refuse, told)

    def terms_arrive(self, which: int, refuse: bool = False, told: bool = True) -> None:
        asked, expires_at = self.amends.pop(which)
        said = self.amend(asked, expires_at, refuse)
        if said is not None and told:
            self.said.append(said)

    def amend(self, asked: Amend, expires_at: int, refuse: bool = False) -> v.VenueEvent | None:
        self.desk.around.now += 1
        cid, now = asked.client_order_id, self.desk.around.now
        if now > expires_at:
            return None
        listed = self.ledger[cid]
        if refuse or listed.status not in ALIVE:
            return v.ReplaceRejected(client_order_id=cid, reason="no", ts=now)
        terms = asked.terms
        listed.request = replace(
            listed.request, quantity=terms.quantity, limit_price=terms.limit_price, stop_price=terms.stop_price
        )
        if listed.done >= terms.quantity:
            listed.status = OrderStatus.FILLED
        return v.Replaced(client_order_id=cid, terms=terms, ts=now)

    @precondition(lambda self: self.desk.state.orders or self.desk.state.trades)
    @rule(switch=st.sampled_from(["halt", "flatten"]), resume=st.booleans())
    def the_kill_switch(self, switch: str, resume: bool) -> None:
        self.desk.type(switch)
        self.take()
        if resume:
            self.desk.type("resume")

    @rule(symbol=st.sampled_from(["BTCUSDT", "ETHUSDT"]), percent=st.integers(85, 115))
    def a_price_comes(self, symbol: str, percent: int) -> None:
        base = Decimal(100 if symbol == "BTCUSDT" else 10)
        self.desk.price(symbol, str(base * percent / 100))
        self.take()

    @rule(seconds=st.sampled_from([1, 6, 130]))
    def time_passes_and_timers_ring(self, seconds: int) -> None:
        self.desk.wait(seconds)
        self.desk.ring()
        self.take()

    @rule(from_snapshot=st.booleans())
    def the_hub_restarts(self, from_snapshot: bool) -> None:
        if from_snapshot:
            self.desk.state = memory.load(memory.dump(self.desk.state))
            self.desk.state.seq = len(self.desk.rows)
        else:
            self.desk.restart()
        self.desk.asked.clear()
        self.desk.around.ready = True
        self.desk.give(f.BecameReady())
        self.take()
        self.ask_for_all_in_flight()

    @rule()
    def the_connection_is_cut(self) -> None:
        self.desk.around.ready = False
        self.desk.give(f.LostReady("cut"))

    @precondition(lambda self: not self.desk.around.ready)
    @rule()
    def the_connection_is_back(self) -> None:
        self.desk.around.ready = True
        self.desk.give(f.BecameReady())
        self.take()

    @precondition(lambda self: self.travelling)
    @rule(data=st.data(), refuse=st.sampled_from([False, False, False, True]))
    def a_request_arrives(self, data: st.DataObject, refuse: bool) -> None:
        request = self.travelling.pop(data.draw(st.integers(0, len(self.travelling) - 1)))
        self.arrive(request, refuse)

    def arrive(self, request: OrderRequest, refuse: bool = False) -> None:
        cid = request.client_order_id
        if self.desk.around.now > request.expires_at:
            return
        assert cid not in self.ledger, "the venue is sent one order twice"
        assert cid not in self.refused, "what the venue refused is sent again"
        if refuse or (request.reduce_only and not self.reducible(request)):
            self.refused.add(cid)
            self.said.append(v.Rejected(client_order_id=cid, reason="no", ts=self.desk.around.now))
            return
        self.ledger[cid] = Listed(request)
        self.said.append(v.Accepted(client_order_id=cid, venue_order_id=f"v{cid}", ts=self.desk.around.now))

    @precondition(lambda self: self.travelling)
    @rule(data=st.data(), arrives=st.booleans())
    def an_answer_is_lost(self, data: st.DataObject, arrives: bool) -> None:
        request = self.travelling[data.draw(st.integers(0, len(self.travelling) - 1))]
        if arrives:
            self.travelling.remove(request)
            self.arrive(request)
        self.desk.lose(request.client_order_id)
        self.take()

    def reducible(self, request: OrderRequest) -> Decimal:
        """Return what a reduce-only order can still take away from its trade."""
        left = Decimal(0)
        for listed in self.ledger.values():
            if listed.request.trade_id == request.trade_id:
                left += listed.done if listed.request.leg is Leg.ENTRY else -listed.done
        return left

    def working(self) -> list[Listed]:
        return [listed for listed in self.ledger.values() if listed.status in ALIVE]

    @precondition(lambda self: self.working())
    @rule(data=st.data(), part=st.sampled_from(["0.5", "1", "100"]))
    def the_venue_executes(self, data: st.DataObject, part: str) -> None:
        self.execute(data.draw(st.sampled_from(self.working()), label="order"), Decimal(part))

    def execute(self, listed: Listed, at_most: Decimal) -> None:
        request = listed.request
        quantity = min(at_most, request.quantity - listed.done)
        if request.reduce_only:
            quantity = min(quantity, self.reducible(request))
        if quantity <= 0:
            self.end(listed, OrderStatus.CANCELLED)
            return
        self.executions += 1
        quote = self.desk.around.quotes[request.symbol]
        fill = Fill(
            exec_id=f"x{self.executions}",
            client_order_id=request.client_order_id,
            symbol=request.symbol,
            side=request.side,
            quantity=quantity,
            price=quote.bid,
            ts_event=self.desk.around.now,
            ts_init=self.desk.around.now,
        )
        listed.fills.append(fill)
        listed.status = OrderStatus.FILLED if listed.done >= request.quantity else OrderStatus.PARTIALLY_FILLED
        self.said.append(v.Filled(fill=fill))

    @precondition(lambda self: self.working())
    @rule(data=st.data(), expired=st.booleans())
    def the_venue_ends_an_order(self, data: st.DataObject, expired: bool) -> None:
        listed = data.draw(st.sampled_from(self.working()), label="order")
        self.end(listed, OrderStatus.EXPIRED if expired else OrderStatus.CANCELLED)

    def end(self, listed: Listed, status: OrderStatus) -> None:
        if listed.status not in ALIVE:
            return
        listed.status = status
        cid, ts = listed.request.client_order_id, self.desk.around.now
        ended = v.Expired if status is OrderStatus.EXPIRED else v.Cancelled
        self.said.append(ended(client_order_id=cid, ts=ts))

    @rule()
    def resting_orders_are_executed(self) -> None:
        for listed in self.working():
            self.execute(listed, Decimal(100))

    @precondition(lambda self: self.said)
    @rule(data=st.data())
    def any_word_is_delivered_perhaps_again(self, data: st.DataObject) -> None:
        self.hear(self.said[data.draw(st.integers(0, len(self.said) - 1))])

    @precondition(lambda self: self.said)
    @rule()
    def the_latest_word_is_delivered(self) -> None:
        self.hear(self.said[-1])

    def hear(self, said: v.VenueEvent) -> None:
        if isinstance(said, v.Filled):
            self.heard[said.fill.exec_id] = said.fill
        self.desk.give(f.VenueSaid(said))
        self.take()

    @precondition(lambda self: self.desk.lookups())
    @rule(data=st.data(), fails=st.booleans())
    def a_look_up_is_answered(self, data: st.DataObject, fails: bool) -> None:
        asked = data.draw(st.sampled_from(self.desk.lookups()), label="look-up")
        self.answer(asked, fails)

    def answer(self, asked: LookUp, fails: bool = False) -> None:
        self.desk.asked.remove(asked)
        cid = asked.client_order_id
        if fails:
            self.desk.give(f.LookupFailed(client_order_id=cid, reason="timeout"))
        else:
            self.desk.give(f.LookedUp(result=self.truth(cid)))
        self.take()

    def truth(self, cid: str) -> v.LookupResult:
        ts = self.desk.around.now
        if cid in self.refused:
            return v.Found(client_order_id=cid, status=OrderStatus.REJECTED, reason="no", ts=ts)
        listed = self.ledger.get(cid)
        if listed is None:
            return v.Absent(client_order_id=cid, ts=ts)
        self.heard |= {fill.exec_id: fill for fill in listed.fills}
        terms: OrderTerms = listed.request.terms
        return v.Found(client_order_id=cid, status=listed.status, fills=tuple(listed.fills), terms=terms, ts=ts)

    def ask_for_all_in_flight(self) -> None:
        """A start reconciles: what is not proven is asked about, and what works at the venue and not in the books."""
        asked = dict(self.desk.state.orders)
        asked |= {cid: o for cid, o in self.desk.state.ended.items() if cid in self.ledger and o.replace_requested}
        for cid, order in asked.items():
            self.desk.asked.append(LookUp(cid, order.request.submitted_at, self.desk.around.now, always=True))

    @rule()
    def for_once_all_goes_well(self) -> None:
        """Everything arrives, is executed and heard: so that runs come deep into the lives of trades."""
        while self.travelling:
            self.arrive(self.travelling.pop(0))
        for listed in self.working():
            if listed.request.type is OrderType.MARKET:
                self.execute(listed, Decimal(100))
        for said in list(self.said):
            self.hear(said)

    @invariant()
    def the_journal_tells_the_same_state(self) -> None:
        self.desk.check()

    @invariant()
    def orders_and_positions_are_the_sums_of_what_was_heard(self) -> None:
        filled: dict[str, Decimal] = {}
        net: dict[str, Decimal] = {}
        for fill in self.heard.values():
            filled[fill.client_order_id] = filled.get(fill.client_order_id, Decimal(0)) + fill.quantity
            net[fill.symbol] = net.get(fill.symbol, Decimal(0)) + fill.quantity * fill.side.sign
        state = self.desk.state
        for cid in {*state.orders, *state.ended}:
            assert self.desk.order(cid).filled == filled.get(cid, 0)
        assert {s: p.quantity for s, p in state.positions.items() if p.quantity} == {s: q for s, q in net.items() if q}

    @invariant()
    def nothing_is_rejected_without_proof(self) -> None:
        for cid, order in self.desk.state.ended.items():
            if order.status is OrderStatus.REJECTED:
                never_came = cid not in self.ledger and not any(
                    r.client_order_id == cid and r.expires_at >= self.desk.around.now for r in self.travelling
                )
                assert cid in self.refused or never_came

    @invariant()
    def two_stops_of_a_trade_never_rest_at_once(self) -> None:
        resting = [listed.request.trade_id for listed in self.working() if listed.request.leg is Leg.STOP]
        assert len(resting) == len(set(resting))

    @invariant()
    def no_more_is_closed_than_is_open(self) -> None:
        for trade in self.desk.state.trades.values():
            assert Decimal(0) <= trade.closeable <= trade.open_quantity <= trade.quantity
            assert Decimal(0) <= trade.owed <= trade.open_quantity
            if trade.status is TradeStatus.OPEN and trade.exits is not None:
                assert trade.id in self.desk.state.books[trade.symbol]

    def teardown(self) -> None:
        """Once everything has been said and asked, the books are the venue's."""
        if not hasattr(self, "desk"):
            return
        for _ in range(6):
            for said in list(self.said):
                self.hear(said)
            self.desk.wait(6)
            self.ask_for_all_in_flight()
            for asked in self.desk.lookups():
                self.answer(asked)
            for asked_terms, expires_at in self.amends:
                if (word := self.amend(asked_terms, expires_at)) is not None:
                    self.said.append(word)
            self.amends.clear()
            for request in list(self.travelling):
                self.travelling.remove(request)
                self.arrive(request)
        state = self.desk.state
        for cid, listed in self.ledger.items():
            order = self.desk.order(cid)
            assert order.filled == listed.done
            assert order.replace_requested is None or order.status.is_final, "every replacement is settled"
            assert order.request.terms == listed.request.terms
            assert order.remaining == max(Decimal(0), listed.request.quantity - listed.done)
            assert order.status.is_final == (listed.status not in ALIVE), (order.status, listed.status)
        assert not [o for o in state.orders.values() if o.status in IN_FLIGHT and o.request.leg is Leg.ENTRY]
        for trade in (*state.trades.values(), *state.closed.values()):
            entry = state.order(trade.entry or "")
            assert entry is not None
            assert trade.open_quantity == self.reducible(entry.request), "the trade is what the venue holds of it"
        self.desk.check()


TestDeskAgainstVenue = DeskAgainstVenue.TestCase
TestDeskAgainstVenue.settings = settings(max_examples=40, stateful_step_count=50, deadline=None)
