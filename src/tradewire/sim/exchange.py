"""The exchange: one matching place for many accounts, driven by quotes and by calls that carry their own time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from enum import Enum
from heapq import heapify, heappop, heappush
from itertools import count

from msgspec.structs import replace

from tradewire.domain.instrument import Instrument, Quote
from tradewire.domain.numbers import plain
from tradewire.domain.order import OrderRequest, OrderStatus, OrderTerms
from tradewire.domain.venue_events import (
    Absent,
    Accepted,
    Expired,
    LookupResult,
    Rejected,
    Replaced,
    ReplaceRejected,
    Snapshot,
    VenueEvent,
)
from tradewire.ports import Refused
from tradewire.sim import checks, margin
from tradewire.sim.account import MarginWatch, PaperState, SimAccount
from tradewire.sim.book import Book
from tradewire.sim.floor import Floor
from tradewire.sim.matcher import Matcher
from tradewire.sim.matching import crosses
from tradewire.sim.terms import Terms
from tradewire.sim.working import Stage, WorkingOrder, venue_order_id


class Errand(Enum):
    """What a message on its way to the exchange brings besides new terms."""

    ARRIVE = "arrive"
    CANCEL = "cancel"


class Exchange:
    """Takes orders of many accounts and quotes of many symbols; every answer goes to the account's `emit`, in order.

    Deterministic: the same calls with the same times give the same events, byte for byte.
    """

    def __init__(self, instruments: Iterable[Instrument]) -> None:
        self._floor = Floor(instruments)
        self._accounts: dict[str, SimAccount] = {}
        self._matcher = Matcher(self._floor, self._accounts)
        self._sequence = count()
        self._on_their_way: list[tuple[int, int, WorkingOrder, Errand | OrderTerms]] = []
        self._expiries: list[tuple[int, int, WorkingOrder]] = []

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        return tuple(self._floor.instruments.values())

    def quote(self, symbol: str) -> Quote | None:
        """Return the latest quote of a symbol."""
        return self._floor.quotes.get(symbol)

    @property
    def due(self) -> int | None:
        """When the next order arrives or expires (epoch ns); a quote of that time, or a later one, lets it happen."""
        moments = [waiting[0][0] for waiting in (self._on_their_way, self._expiries) if waiting]
        return min(moments, default=None)

    def levels(self, symbol: str) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """Return what a quote must reach to concern anybody: falling and rising bid, falling and rising ask."""
        book = self._floor.book(symbol)
        return book.bid_falls, book.bid_rises, book.ask_falls, book.ask_rises

    def open_account(
        self, account_id: str, terms: Terms, opening: PaperState, emit: Callable[[VenueEvent], None]
    ) -> None:
        """Open an account, or rebuild it as the hub last knew it: working orders rest again, without an event.

        Where the margin does not suffice, it is looked at again at the next price, or when `guard` is called.

        Raises:
            ValueError: the account is open, or the state names an instrument that is not traded here.
        """
        if account_id in self._accounts:
            raise ValueError(f"account {account_id} is already open")
        account = SimAccount(account_id, terms, opening.cash, emit)
        for held in opening.positions:
            instrument = self._floor.instruments.get(held.position.symbol)
            if instrument is None:
                raise ValueError(f"position in {held.position.symbol}, which is not traded here")
            account.ledger.restore(instrument, held.position, held.leverage or terms.leverage)
        self._accounts[account_id] = account
        for known in opening.orders:
            if known.request.symbol in self._floor.instruments:
                self._matcher.restore(account, known)
                self._schedule_expiry(account.orders.get(known.request.client_order_id))
        if not margin.watch(account, self._floor):
            margin.watch_any_price(account, self._floor)

    def guard(self, account_id: str, now: int) -> None:
        """Liquidate what the account's margin does not carry at the prices of now."""
        self._matcher.guard(self._account(account_id), now)

    def close_account(self, account_id: str) -> None:
        """Forget an account and all that it has here; nothing is told. It may be opened again."""
        account = self._accounts.pop(account_id)
        for order in account.orders.values():
            order.stage = Stage.GONE
            self._floor.book(order.request.symbol).remove(order)
        for watch in account.watches:
            self._floor.book(watch.symbol).remove(watch)
        self._on_their_way = [entry for entry in self._on_their_way if entry[2].owner != account_id]
        heapify(self._on_their_way)

    def submit(self, request: OrderRequest, now: int) -> None:
        """Take an order. Without latency it is accepted, and filled if it can be, before this returns.

        Raises:
            Refused: with the figure that decided; nothing was done.
        """
        account = self._account(request.account)
        cid = request.client_order_id
        if cid in account.orders or cid in account.ended:
            raise Refused(f"duplicate: an order {cid} is already here")
        instrument = self._floor.instruments.get(request.symbol)
        if instrument is None:
            raise Refused(f"{request.symbol} is not traded here")
        quote = self._floor.quotes.get(request.symbol)
        if quote is None:
            raise Refused(f"{request.symbol} has no price yet")
        currency = account.terms.currency
        if self._floor.rates.rate(instrument.quote, currency) is None:
            raise Refused(f"no price leads from {instrument.quote} to the account's {currency}")
        problem = checks.fault(request, instrument, quote, account.terms)
        if problem is not None:
            raise Refused(problem)
        order = WorkingOrder(request)
        if account.terms.latency_ns:
            account.link(order)
            heappush(self._on_their_way, (now + account.terms.latency_ns, next(self._sequence), order, Errand.ARRIVE))
            return
        problem = self._obstacle(account, order, now)
        if problem is not None:
            raise Refused(problem)
        account.link(order)
        self._accept(account, order, now)

    def cancel(self, account_id: str, client_order_id: str, now: int) -> None:
        """Withdraw the rest of an order; with latency, the wish may lose to a fill.

        Raises:
            Refused: there is no such order, or it has ended.
        """
        account = self._account(account_id)
        order = account.orders.get(client_order_id)
        if order is None:
            ended = account.ended.get(client_order_id)
            raise Refused(f"order {client_order_id} is {ended.status if ended else 'not known here'}")
        if account.terms.latency_ns:
            heappush(self._on_their_way, (now + account.terms.latency_ns, next(self._sequence), order, Errand.CANCEL))
        else:
            self._matcher.cancel(account, order, "cancelled on request", now)

    def amend(
        self,
        account_id: str,
        client_order_id: str,
        now: int,
        *,
        quantity: Decimal | None = None,
        limit_price: Decimal | None = None,
        stop_price: Decimal | None = None,
    ) -> None:
        """Give a resting order other terms; it loses its place in the queue. With latency a fill may come first.

        Raises:
            Refused: there is no such order, it has ended, or it cannot have these terms; nothing was done.
        """
        account = self._account(account_id)
        order = account.orders.get(client_order_id)
        if order is None:
            ended = account.ended.get(client_order_id)
            raise Refused(f"order {client_order_id} is {ended.status if ended else 'not known here'}")
        request = order.request
        terms = OrderTerms(
            quantity=quantity or request.quantity,
            limit_price=limit_price or request.limit_price,
            stop_price=stop_price or request.stop_price,
        )
        if account.terms.latency_ns:
            heappush(self._on_their_way, (now + account.terms.latency_ns, next(self._sequence), order, terms))
            return
        problem = self._unfit(account, order, terms)
        if problem is not None:
            raise Refused(problem)
        self._take_terms(account, order, terms, now)

    def _unfit(self, account: SimAccount, order: WorkingOrder, terms: OrderTerms) -> str | None:
        """Return why an order cannot have other terms, or None."""
        request, quote = order.request, self._floor.quotes[order.request.symbol]
        if order.stage is Stage.GONE:
            return "the order has ended"
        if order.stage is not Stage.WORKING or request.oco_group is not None:
            return "only an order that works by itself can be changed"
        if request.terms.limit_price is None and request.terms.stop_price is None:
            return "a market order has no terms to change"
        new = replace(request, quantity=terms.quantity, limit_price=terms.limit_price, stop_price=terms.stop_price)
        instrument = self._floor.instruments[request.symbol]
        problem = checks.fault(new, instrument, quote, account.terms)
        if problem is not None:
            return problem
        if terms.quantity <= order.filled:
            return None
        if request.post_only and crosses(new, quote):
            return f"post-only: at {plain(quote.bid)}/{plain(quote.ask)} the order would be filled at once"
        if order.closes:
            return None
        opening = margin.opened_by(account, new, terms.quantity - order.filled)
        return margin.shortage(account, self._floor, new, opening, checks.reference_price(new, quote))

    def _change(self, account: SimAccount, order: WorkingOrder, terms: OrderTerms, ts: int) -> None:
        """Give an order its new terms, or say why not, once the wish has arrived."""
        problem = self._unfit(account, order, terms)
        if problem is None:
            self._take_terms(account, order, terms, ts)
        else:
            account.emit(ReplaceRejected(client_order_id=order.cid, reason=problem, ts=ts))

    def _take_terms(self, account: SimAccount, order: WorkingOrder, terms: OrderTerms, ts: int) -> None:
        self._floor.book(order.request.symbol).remove(order)
        order.take(terms)
        account.emit(Replaced(client_order_id=order.cid, terms=terms, ts=ts))
        if order.open > 0:
            order.resting = False
            self._matcher.start(account, order, ts, margin_known=True)
        else:
            self._matcher.end(account, order, OrderStatus.FILLED, ts)

    def lookup(self, account_id: str, client_order_id: str, now: int) -> LookupResult:
        """Tell what became of an order. One that has not arrived yet, or ended long ago, is absent."""
        account = self._account(account_id)
        order = account.orders.get(client_order_id)
        if order is not None and order.stage is not Stage.ON_ITS_WAY:
            status = OrderStatus.PARTIALLY_FILLED if order.filled else OrderStatus.WORKING
            return order.found(status, now)
        return account.ended.get(client_order_id) or Absent(client_order_id=client_order_id, ts=now)

    def snapshot(self, account_id: str, now: int) -> Snapshot:
        """Show everything an account has here."""
        account = self._account(account_id)
        return Snapshot(
            balances=account.balances(account.value(self._floor).free),
            positions=tuple(held.as_position() for held in account.ledger.holdings()),
            open_orders=tuple(
                order.shown() for order in account.orders.values() if order.stage is not Stage.ON_ITS_WAY
            ),
            ts=now,
        )

    def on_quotes(self, batch: Sequence[Quote]) -> None:
        """Move the market: quotes in time order. Most touch nothing and cost a few comparisons."""
        quotes, books = self._floor.quotes, self._floor.books
        unseen = False
        for quote in batch:
            symbol = quote.symbol
            unseen = unseen or symbol not in quotes
            quotes[symbol] = quote
            if self._on_their_way and self._on_their_way[0][0] <= quote.ts:
                self._arrivals(quote.ts)
            if self._expiries and self._expiries[0][0] <= quote.ts:
                self._expire(quote.ts)
            book = books.get(symbol)
            if book is not None and book.touched_by(quote):
                self._match(book, quote)
        if unseen:
            for account in self._accounts.values():
                if account.ledger.exposures:
                    self._matcher.guard(account, batch[-1].ts)

    def _match(self, book: Book, quote: Quote) -> None:
        watches: list[MarginWatch] = []
        for item in book.take(quote):
            if isinstance(item, MarginWatch):
                watches.append(item)
            elif isinstance(item, WorkingOrder) and item.stage is Stage.WORKING:
                self._matcher.touch(self._accounts[item.owner], item, quote.ts)
        for item in watches:
            account = self._accounts[item.owner]
            if item in account.watches:
                self._matcher.guard(account, quote.ts)

    def _obstacle(self, account: SimAccount, order: WorkingOrder, now: int) -> str | None:
        """Return why an order that has arrived cannot be accepted, or None."""
        request, quote = order.request, self._floor.quotes[order.request.symbol]
        if now > request.expires_at:
            return "the request arrived after its own expiry"
        if request.expire_time is not None and request.expire_time <= now:
            return "the order's time in force had already ended"
        if request.post_only and crosses(request, quote):
            return f"post-only: at {plain(quote.bid)}/{plain(quote.ask)} the order would be filled at once"
        if order.closes:
            if account.waits_for_entry(order):
                return None
            reducible = account.ledger.reducible(request.symbol, request.side, request.position_ref)
            return None if reducible else f"no {request.symbol} position to reduce by a {request.side}"
        opening = margin.opened_by(account, request, request.quantity)
        price = checks.reference_price(request, quote)
        return margin.shortage(account, self._floor, request, opening, price)

    def _accept(self, account: SimAccount, order: WorkingOrder, now: int) -> None:
        self._schedule_expiry(order)
        held = order.closes and account.waits_for_entry(order)
        order.stage = Stage.HELD if held else Stage.WORKING
        account.emit(Accepted(client_order_id=order.cid, venue_order_id=venue_order_id(order.cid), ts=now))
        if order.stage is Stage.WORKING:
            self._matcher.start(account, order, now, margin_known=True)

    def _arrivals(self, ts: int) -> None:
        """Let in what the latency has held back: new orders and wishes to cancel."""
        while self._on_their_way and self._on_their_way[0][0] <= ts:
            _, _, order, errand = heappop(self._on_their_way)
            account = self._accounts[order.owner]
            if isinstance(errand, OrderTerms):
                self._change(account, order, errand, ts)
                continue
            if errand is Errand.CANCEL:
                if order.stage is not Stage.GONE:
                    self._matcher.cancel(account, order, "cancelled on request", ts)
                continue
            problem = self._obstacle(account, order, ts)
            if problem is None:
                self._accept(account, order, ts)
            else:
                event = Rejected(client_order_id=order.cid, reason=problem, ts=ts)
                self._matcher.end(account, order, OrderStatus.REJECTED, ts, event, problem)

    def _schedule_expiry(self, order: WorkingOrder | None) -> None:
        if order is not None and order.request.expire_time is not None:
            heappush(self._expiries, (order.request.expire_time, next(self._sequence), order))

    def _expire(self, ts: int) -> None:
        while self._expiries and self._expiries[0][0] <= ts:
            _, _, order = heappop(self._expiries)
            if order.stage is not Stage.GONE:
                event = Expired(client_order_id=order.cid, ts=ts)
                self._matcher.end(self._accounts[order.owner], order, OrderStatus.EXPIRED, ts, event)

    def _account(self, account_id: str) -> SimAccount:
        account = self._accounts.get(account_id)
        if account is None:
            raise Refused(f"there is no account {account_id} here")
        return account
