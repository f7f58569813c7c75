"""A desk in the test's hand: plain surroundings, a journal in a list, a state that must be what the journal tells."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from tradewire.domain import venue_events as v
from tradewire.domain.account import Account, Position
from tradewire.domain.instrument import AssetClass, Instrument, Quote
from tradewire.domain.message import Message
from tradewire.domain.order import Fill, Leg, Order, OrderRequest, OrderTerms
from tradewire.domain.refusal import Code
from tradewire.domain.sessions import day_end
from tradewire.domain.signal import OrderType, Side, Signal, TimeInForce
from tradewire.engine import facts as f
from tradewire.engine import memory
from tradewire.engine.desk import Decision, decide, on_findings
from tradewire.engine.state import AccountState
from tradewire.engine.step import Amend, Cancel, Command, LookUp, Ring, Submit, Tell
from tradewire.engine.sums import Exposure, SymbolSum
from tradewire.engine.trade import Trade
from tradewire.oms.outcome import OutcomePolicy
from tradewire.oms.reconcile import Finding
from tradewire.parsing.reader import read
from tradewire.ports import Capabilities
from tradewire.risk.profile import RiskProfile
from tradewire.routing.route import Route
from tradewire.store.chain import JournalRow

T = TypeVar("T", bound=Command)
D = Decimal
SECOND = 1_000_000_000
NOW = 1_767_600_000 * SECOND  # Monday 2026-01-05 08:00 UTC
ACCOUNT = Account(id="main", venue="fake", currency="USDT")


def instrument(symbol: str, base: str, **changes: Any) -> Instrument:
    """Return an instrument in whole dollars and tenths of units, so that figures stay readable."""
    plain = Instrument(
        symbol=symbol,
        asset_class=AssetClass.CRYPTO,
        base=base,
        quote="USDT",
        tick_size=D("0.01"),
        qty_step=D("0.1"),
        min_qty=D("0.1"),
        pip_size=D("0.01"),
    )
    return replace(plain, **changes)


BTC, ETH = instrument("BTCUSDT", "BTC"), instrument("ETHUSDT", "ETH")


class Around:
    """A `Surroundings` in which everything can be set."""

    def __init__(self, *, native: bool, profile: RiskProfile, client_ids: bool) -> None:
        self.now = NOW
        self.ready = True
        self.capabilities = Capabilities(
            order_types=frozenset(OrderType),
            times_in_force=frozenset(TimeInForce),
            hedging=True,
            native_stops=native,
            client_ids=client_ids,
        )
        self.amends = True
        self.policy = OutcomePolicy()
        self.profile = profile
        self.instruments = {"BTCUSDT": BTC, "ETHUSDT": ETH}
        self.quotes: dict[str, Quote] = {}
        self.routes: dict[str, Route] = {}
        self.range: Decimal | None = D(2)
        self.closes_at: int | None = None
        self.other_cash: dict[str, Decimal] = {}

    def route(self, name: str) -> Route | None:
        return self.routes.get(name)

    def quote(self, symbol: str) -> Quote | None:
        return self.quotes.get(symbol)

    def instrument(self, symbol: str) -> Instrument | None:
        return self.instruments.get(symbol)

    def known_symbols(self) -> tuple[str, ...]:
        return tuple(self.instruments)

    def atr(self, symbol: str) -> Decimal | None:
        return self.range

    def rate(self, source: str, target: str) -> Decimal | None:
        return D(1) if source == target else {"EUR": D("1.25")}.get(source)

    def leverage(self, symbol: str) -> Decimal:
        return D(10)

    def session_end(self, symbol: str) -> int | None:
        return self.closes_at

    def day_end(self, symbol: str) -> int:
        return day_end(self.instruments[symbol].session, self.now)


class Desk:
    """One account's desk. Each `give` is journaled, and after each the journal must tell the same state."""

    def __init__(
        self, *, native: bool = False, client_ids: bool = True, profile: RiskProfile | None = None, **limits: Any
    ) -> None:
        loose = {"max_quote_age": None, "max_signal_age": None, "sizing": {"size": "10u"}} | limits
        self.around = Around(native=native, profile=profile or RiskProfile(**loose), client_ids=client_ids)
        self.state = AccountState(ACCOUNT, D(10_000), NOW)
        self.state.seq = 1
        self.rows: list[JournalRow] = []
        self.asked: list[Command] = []
        self._record(f.AccountBorn(account=ACCOUNT, balance=D(10_000)), ())
        self._signals = 0
        self._executions = 0
        self.price("BTCUSDT", "100")
        self.price("ETHUSDT", "10")

    def give(self, event: f.Event, signal: Signal | None = None) -> Decision:
        """Give the desk an event, as the engine does."""
        decision = decide(self.state, event, self.around, len(self.rows) + 1, signal=signal)
        if decision.facts or signal is not None:
            self._record(event, decision.facts)
        self.asked += decision.commands
        self.state.take_touched()
        return decision

    def find(
        self,
        *findings: Finding,
        confirmed: Sequence[str] = (),
        refs: Sequence[str] = (),
        shown: Sequence[Order] = (),
    ) -> Decision:
        """Let the desk act on a reconciliation.

        `confirmed` symbols lack something twice, `refs` are still held, `shown` orders rest at the venue.
        """
        held = tuple(Position(symbol="BTCUSDT", quantity=D(1), average_price=D(100), ref=ref) for ref in refs)
        snapshot = v.Snapshot(balances=(), positions=held, open_orders=tuple(map(resting, shown)), ts=self.around.now)
        seq = len(self.rows) + 1
        decision = on_findings(self.state, findings, snapshot, self.around, seq, confirmed=frozenset(confirmed))
        self._record(f.BecameReady(), decision.facts)
        self.asked += decision.commands
        return decision

    def _record(self, event: f.Event, facts: tuple[f.AccountFact, ...]) -> None:
        kind, data = f.encode(f.Record(event, facts))
        seq = len(self.rows) + 1
        self.rows.append(JournalRow("account:main", seq, seq, self.around.now, kind, data, b""))

    def type(self, text: str, route: str = "") -> Decision:
        """Give the desk what a person types: one signal."""
        message = Message(id="m", source="test", channel="", text=text, ts_event=0, ts_init=0)
        reading = read(message)
        assert isinstance(reading, tuple), reading
        (signal,) = reading
        return self.signal(signal, route)

    def signal(self, signal: Signal, route: str = "") -> Decision:
        """Give the desk a signal."""
        self._signals += 1
        event = f.SignalArrived(signal_id=f"s{self._signals}", route=route, received_at=self.around.now)
        return self.give(event, signal)

    def price(self, symbol: str, bid: str, ask: str | None = None) -> Decision | None:
        """Quote a symbol; the desk hears of it only if it touches a level, as in the engine."""
        quote = Quote(symbol, D(bid), D(ask or bid), self.around.now)
        self.around.quotes[symbol] = quote
        book = self.state.books.get(symbol)
        if book is None or book.on_quote(float(quote.bid), float(quote.ask), quote.ts) is None:
            return None
        return self.give(f.PriceCrossed(symbol=symbol, bid=quote.bid, ask=quote.ask, ts=quote.ts))

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.around.now += int(seconds * SECOND)

    def ring(self) -> list[Decision]:
        """Let every timer ring that is due; the others stay."""
        due = [c for c in self.asked if isinstance(c, Ring) and c.at <= self.around.now]
        self.asked = [c for c in self.asked if c not in due]
        return [self.give(f.TimerRang(c.what)) for c in due]

    def accept(self, cid: str) -> Decision:
        return self.give(f.VenueSaid(v.Accepted(client_order_id=cid, venue_order_id=f"v-{cid}", ts=self.around.now)))

    def reject(self, cid: str, reason: str = "no") -> Decision:
        return self.give(f.VenueSaid(v.Rejected(client_order_id=cid, reason=reason, ts=self.around.now)))

    def cancelled(self, cid: str, reason: str = "") -> Decision:
        return self.give(f.VenueSaid(v.Cancelled(client_order_id=cid, reason=reason, ts=self.around.now)))

    def expired(self, cid: str) -> Decision:
        return self.give(f.VenueSaid(v.Expired(client_order_id=cid, ts=self.around.now)))

    def replaced(self, cid: str, terms: OrderTerms) -> Decision:
        return self.give(f.VenueSaid(v.Replaced(client_order_id=cid, terms=terms, ts=self.around.now)))

    def replace_refused(self, cid: str, reason: str = "no") -> Decision:
        return self.give(f.VenueSaid(v.ReplaceRejected(client_order_id=cid, reason=reason, ts=self.around.now)))

    def lose(self, cid: str, reason: str = "timeout") -> Decision:
        return self.give(f.SubmitEnded(client_order_id=cid, refused=False, reason=reason, ts=self.around.now))

    def fill(self, cid: str, quantity: str | None = None, price: str = "100", exec_id: str | None = None) -> Decision:
        """Report an execution of an order: all that is left of it unless a quantity is named."""
        return self.give(f.VenueSaid(v.Filled(fill=self.execution(cid, quantity, price, exec_id))))

    def execution(self, cid: str, quantity: str | None, price: str, exec_id: str | None = None) -> Fill:
        order = self.order(cid)
        self._executions += 1
        return Fill(
            exec_id=exec_id or f"e{self._executions}",
            client_order_id=cid,
            symbol=order.request.symbol,
            side=order.request.side,
            quantity=order.remaining if quantity is None else D(quantity),
            price=D(price),
            fee=D("0.1"),
            fee_currency="USDT",
            ts_event=self.around.now,
            ts_init=self.around.now,
        )

    def opened(self, text: str, price: str = "100") -> Trade:
        """Type an entry, let it fill, and return its trade."""
        self.type(text)
        request = self.sent()
        self.accept(request.client_order_id)
        self.fill(request.client_order_id, price=price)
        return self.state.trades[request.trade_id]

    def order(self, cid: str) -> Order:
        order = self.state.order(cid)
        assert order is not None
        return order

    def trade(self) -> Trade:
        """Return the only trade, open or closed."""
        (trade,) = [*self.state.trades.values(), *self.state.closed.values()]
        return trade

    def trade_of(self, side: Side) -> Trade:
        """Return the only open trade on a side."""
        (trade,) = [trade for trade in self.state.trades.values() if trade.side is side]
        return trade

    def all_asked(self, kind: type[T]) -> list[T]:
        return [command for command in self.asked if isinstance(command, kind)]

    def sent(self, leg: Leg | None = None) -> OrderRequest:
        """Return the request handed over last."""
        return [c.request for c in self.all_asked(Submit) if leg in (None, c.request.leg)][-1]

    def sends(self, leg: Leg | None = None) -> int:
        return len([c for c in self.all_asked(Submit) if leg in (None, c.request.leg)])

    def cancels(self) -> list[str]:
        return [c.client_order_id for c in self.all_asked(Cancel)]

    def amends(self) -> list[Amend]:
        return self.all_asked(Amend)

    def lookups(self) -> list[LookUp]:
        return self.all_asked(LookUp)

    def alerts(self) -> list[str]:
        return [c.title for c in self.all_asked(Tell)]

    def stop(self) -> Decimal | None:
        """Return the stop of the only open trade, as a price."""
        trade = self.trade()
        return self.state.books[trade.symbol].stop(trade.id, D("0.01"))

    def folded(self) -> AccountState:
        """Return the state that the journal alone tells."""
        state: AccountState | None = None
        for row in self.rows:
            state = memory.fold(state, row)
        assert state is not None
        return state

    def restart(self) -> None:
        """Forget the state and take the journal's."""
        self.state = self.folded()
        self.state.take_touched()

    def check(self) -> None:
        """The journal tells the same state, a snapshot keeps it, and what is derived fits what it is derived from."""
        folded = self.folded()
        assert image(folded) == image(self.state)
        assert image(memory.load(memory.dump(self.state))) == image(self.state)
        check_derived(self.state)
        check_derived(folded)


def resting(order: Order) -> v.OpenOrder:
    """Return an order as a venue shows it."""
    request = order.request
    return v.OpenOrder(
        client_order_id=request.client_order_id,
        symbol=request.symbol,
        side=request.side,
        type=request.type,
        quantity=request.quantity,
        filled=order.filled,
        limit_price=request.limit_price,
        stop_price=request.stop_price,
    )


def image(state: AccountState) -> memory.Image:
    """Return a state as one comparable value. Books count up generations alike, so they compare too."""
    return msgspec.json.decode(memory.dump(state), type=memory.Image)


def check_derived(state: AccountState) -> None:
    """Sums, exposure and reservations are what the trades and orders add up to."""
    sums: dict[str, SymbolSum] = {}
    exposure = Exposure()
    for trade in state.trades.values():
        sums.setdefault(trade.symbol, SymbolSum()).add(trade, 1)
        exposure.hold(trade, 1)
        assert trade.open_quantity > 0
        assert trade.closed_at is None
    for plan in state.reserved.values():
        exposure.reserve(plan, 1)
    assert {s: total for s, total in state.sums.items() if total.count} == sums
    assert {u: c for u, c in state.exposure.counts.items() if c} == {u: c for u, c in exposure.counts.items() if c}
    assert {u: x for u, x in state.exposure.values.items() if x} == {u: x for u, x in exposure.values.items() if x}
    entries = {cid for cid, order in state.orders.items() if order.request.leg is Leg.ENTRY}
    assert set(state.reserved) == entries
    for symbol, book in state.books.items():
        assert book.stops().keys() <= {t.id for t in state.trades.values() if t.symbol == symbol}


def facts_of(decision: Decision, kind: type[Any]) -> list[Any]:
    return [fact for fact in decision.facts if isinstance(fact, kind)]


def refused(decision: Decision) -> Code | None:
    """Return the code of the only refusal, or None."""
    codes = [fact.refusal.code for fact in facts_of(decision, f.PlanRefused)]
    assert len(codes) <= 1
    return codes[0] if codes else None
