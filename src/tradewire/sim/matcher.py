"""The life of an order between its arrival and its end."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from tradewire.domain.numbers import HUNDRED, ZERO, plain
from tradewire.domain.order import Fill, Order, OrderStatus
from tradewire.domain.signal import TimeInForce
from tradewire.domain.venue_events import Cancelled, Filled, Triggered, VenueEvent
from tradewire.sim import margin
from tradewire.sim.account import SimAccount
from tradewire.sim.floor import Floor
from tradewire.sim.ledger import money
from tradewire.sim.matching import makes, price_at, reached, size_at, waits_for
from tradewire.sim.working import Stage, WorkingOrder

_REMEMBERED: Final = 20_000
_REMEMBERED_NS: Final = 15 * 60 * 1_000_000_000


class Matcher:
    """Fills, rests and ends orders, and tells their accounts."""

    def __init__(self, floor: Floor, accounts: Mapping[str, SimAccount]) -> None:
        self._floor = floor
        self._accounts = accounts
        self._endings: deque[tuple[int, str, str]] = deque()

    def start(self, account: SimAccount, order: WorkingOrder, ts: int, *, margin_known: bool = False) -> None:
        """Put an order to work at the quote of now: fill what can be filled, let the rest wait or end."""
        order.stage = Stage.WORKING
        if not order.triggered and not reached(order.request, self._floor.quotes[order.request.symbol]):
            self._rest(order)
            return
        order.triggered = True
        self.trade(account, order, ts, margin_known=margin_known)

    def touch(self, account: SimAccount, order: WorkingOrder, ts: int) -> None:
        """Act on a quote that reached the price which a resting order waited for."""
        order.triggered = True
        self.trade(account, order, ts)

    def restore(self, account: SimAccount, known: Order) -> None:
        """Take an order back as the hub last knew it; the next quote decides about it."""
        order = WorkingOrder(known.request, known.filled, len(known.exec_ids))
        order.triggered = order.told = order.triggered or known.triggered
        if known.status.is_final:
            account.ended[order.cid] = order.found(known.status, known.updated_at, known.reason)
            self._endings.append((known.updated_at, account.id, order.cid))
        elif known.status in (OrderStatus.WORKING, OrderStatus.PARTIALLY_FILLED):
            account.link(order)
            order.stage = Stage.WORKING
            if order.closes and account.waits_for_entry(order):
                order.stage = Stage.HELD
            else:
                self._rest(order)

    def trade(self, account: SimAccount, order: WorkingOrder, ts: int, *, margin_known: bool = False) -> None:
        """Fill what the quote of now fills of a triggered order; let the rest wait or end."""
        request, terms = order.request, account.terms
        instrument, quote = self._floor.instruments[request.symbol], self._floor.quotes[request.symbol]
        price = price_at(order, quote, terms.slippage, instrument.tick_size)
        rate = self._floor.rates.rate(instrument.quote, terms.currency)
        if price is not None and rate is not None:
            size = size_at(order.open, price, instrument, terms.depth)
            if request.tif is TimeInForce.FOK and size < order.open:
                offer = f"only {plain(size)} of {plain(order.open)} could be filled"
                self.cancel(account, order, f"fill or kill: {offer}", ts)
                return
            self._execute(account, order, price, size, rate, ts, margin_known=margin_known)
        if order.stage is Stage.GONE:
            return
        if order.at_once:
            self.cancel(account, order, f"{request.tif}: {plain(order.open)} could not be filled at once", ts)
        else:
            if not order.told:
                order.told = True
                account.emit(Triggered(client_order_id=order.cid, ts=ts))
            self._rest(order)

    def cancel(self, account: SimAccount, order: WorkingOrder, reason: str, ts: int) -> None:
        """Withdraw the rest of an order."""
        event = Cancelled(client_order_id=order.cid, reason=reason, ts=ts)
        self.end(account, order, OrderStatus.CANCELLED, ts, event, reason)

    def end(
        self,
        account: SimAccount,
        order: WorkingOrder,
        status: OrderStatus,
        ts: int,
        event: VenueEvent | None = None,
        reason: str | None = None,
    ) -> None:
        """Close the file of an order, and those of the exits that waited for its first fill."""
        order.stage = Stage.GONE
        self._floor.book(order.request.symbol).remove(order)
        account.unlink(order)
        self._remember(account, order, status, ts, reason)
        if event is not None:
            account.emit(event)
        if not order.filled:
            for child in account.held_for(order):
                self.cancel(account, child, "its entry ended without a fill", ts)

    def guard(self, account: SimAccount, ts: int) -> None:
        """Set the margin watches anew, or liquidate."""
        if margin.watch(account, self._floor):
            return
        self._positions_ended(account, margin.liquidate(account, self._floor, ts), ts)
        margin.watch(account, self._floor)

    def _execute(
        self,
        account: SimAccount,
        order: WorkingOrder,
        price: Decimal,
        size: Decimal,
        rate: Decimal,
        ts: int,
        *,
        margin_known: bool,
    ) -> None:
        request, ledger = order.request, account.ledger
        instrument = self._floor.instruments[request.symbol]
        if order.closes:
            size = min(size, ledger.reducible(request.symbol, request.side, request.position_ref))
            if not size:
                self.cancel(account, order, "no position is left to reduce", ts)
                return
        opening = margin.opened_by(account, request, size)
        if not margin_known:
            problem = margin.shortage(account, self._floor, request, opening, price)
            if problem is not None:
                self.cancel(account, order, problem, ts)
                return
        gain, ended = ZERO, list[str]()
        if opening < size:
            gain, ended = ledger.close(instrument, request.side, size - opening, price, request.position_ref)
        if opening:
            leverage = request.leverage or account.terms.leverage
            ledger.open(instrument, request.side, opening, price, leverage, order.cid)
        percent = account.terms.fees.maker if makes(order) else account.terms.fees.taker
        fee = money(size * price * instrument.multiplier * percent / HUNDRED * rate)
        ledger.book(account.terms.currency, (money(gain * rate) if gain else ZERO) - fee)
        fill = Fill(
            exec_id=order.next_exec_id(),
            client_order_id=order.cid,
            symbol=request.symbol,
            side=request.side,
            quantity=size,
            price=price,
            fee=fee,
            fee_currency=account.terms.currency,
            ts_event=ts,
            ts_init=ts,
        )
        order.record(fill)
        if not order.open and order.filled >= request.quantity:
            self.end(account, order, OrderStatus.FILLED, ts)
        account.emit(Filled(fill=fill))
        self._after_fill(account, order, size, ended, ts)

    def _after_fill(self, account: SimAccount, order: WorkingOrder, size: Decimal, ended: list[str], ts: int) -> None:
        group = order.request.oco_group
        if group is not None:
            for other in [other for other in account.groups.get(group, ()) if other is not order]:
                other.open = max(ZERO, other.open - size)
                if not other.open:
                    self.cancel(account, other, "the other order of its group was filled", ts)
        if order.stage is not Stage.GONE and not order.open:
            self.cancel(account, order, "the other order of its group was filled", ts)
        self._positions_ended(account, ended, ts)
        self.guard(account, ts)
        children = account.held_for(order)
        for child in children:
            child.stage = Stage.WORKING
        for child in children:
            if child.stage is Stage.WORKING:
                self.start(account, child, ts)

    def _positions_ended(self, account: SimAccount, ended: list[str], ts: int) -> None:
        """Cancel the exits of positions that are gone; exits of an entry still to come stay."""
        for key in ended:
            for closer in list(account.closers.get(key, ())):
                if closer.stage is Stage.WORKING:
                    self.cancel(account, closer, "its position is closed", ts)

    def _rest(self, order: WorkingOrder) -> None:
        trigger, price = waits_for(order)
        order.resting = order.triggered
        self._floor.book(order.request.symbol).add(trigger, price, order)

    def _remember(
        self, account: SimAccount, order: WorkingOrder, status: OrderStatus, ts: int, reason: str | None
    ) -> None:
        account.ended[order.cid] = order.found(status, ts, reason)
        self._endings.append((ts, account.id, order.cid))
        while len(self._endings) > _REMEMBERED or self._endings[0][0] < ts - _REMEMBERED_NS:
            _, owner, cid = self._endings.popleft()
            if owner in self._accounts:
                self._accounts[owner].ended.pop(cid, None)
