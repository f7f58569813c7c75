"""An account as its journal tells it. `apply` is the only thing that changes it: live, at start-up and in `verify`."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from msgspec.structs import replace

from tradewire.domain.account import Account, Position
from tradewire.domain.ids import client_order_id
from tradewire.domain.numbers import ZERO
from tradewire.domain.order import Leg, Order, OrderEvent
from tradewire.domain.plan import Plan
from tradewire.engine import facts as f
from tradewire.engine import terms
from tradewire.engine.positions import grown, traded
from tradewire.engine.sums import Exposure, SymbolSum
from tradewire.engine.touched import Touched, put_away
from tradewire.engine.trade import Trade, TradeStatus
from tradewire.exits.book import ExitBook
from tradewire.exits.moves import Moves
from tradewire.risk.rules.duplicate import fingerprint

DAY = 86_400_000_000_000
KEPT_ENDED = 500
"""Ended orders and trades kept at hand for late fills; older ones are read back from the store when needed."""


class AccountState:
    """Everything an account's desk knows. Money in the account's currency."""

    def __init__(self, account: Account, balance: Decimal, born_at: int, exposure: Exposure | None = None) -> None:
        self.account = account
        self.exposure = Exposure() if exposure is None else exposure
        self.born_at = born_at
        self.kept = KEPT_ENDED
        self.balance = balance
        self.peak_balance = self.peak_equity = balance
        self.halted = False
        self.orders: dict[str, Order] = {}
        self.ended: OrderedDict[str, Order] = OrderedDict()
        self.reserved: dict[str, Plan] = {}
        """Plans of entries that are not ended, by client_order_id: what the limits count before a fill."""
        self.lapsed: dict[str, Plan] = {}
        """Plans of entries that may come alive again, as long as their orders are kept: a late fill needs its exits."""
        self.trades: dict[str, Trade] = {}
        self.closed: OrderedDict[str, Trade] = OrderedDict()
        self.positions: dict[str, Position] = {}
        self.sums: dict[str, SymbolSum] = {}
        self.books: dict[str, ExitBook] = {}
        self.marks: dict[str, int] = {}
        self.waiting: dict[str, f.Waiting] = {}
        self.foreign: dict[str, Decimal] = {}
        self.entry_times: deque[int] = deque(maxlen=10_000)
        self.opened_times: deque[int] = deque(maxlen=10_000)
        self.fingerprints: deque[tuple[int, str]] = deque(maxlen=1_000)
        self.day = 0
        self.realised_today = ZERO
        self.losses_in_row = 0
        self.last_loss_at: int | None = None
        self.updated_at = born_at
        self.seq = 0
        self.touched = Touched()
        self.fresh_moves: Moves | None = None
        """Moves as just decided, which know more than the journal keeps of them."""
        self.on_book: Callable[[str], None] = lambda symbol: None
        """Called with a symbol whose book changed in a way that prices must be compared anew."""
        self._appliers: dict[type, Callable[[Any], None]] = {
            f.Recalled: self._recalled,
            f.Waiting: self._waiting,
            f.Released: self._released,
            f.PlanApproved: self._approved,
            f.Submitting: self._submitting,
            f.OrderLost: partial(self._move, OrderEvent.LOST),
            f.OrderLookedUp: self._looked_up,
            f.OrderResent: self._resent,
            f.OrderAccepted: self._accepted,
            f.OrderTriggered: self._triggered,
            f.OrderRejected: partial(self._move, OrderEvent.REJECTED),
            f.OrderFilled: self._filled,
            f.OrderEnded: self._ended,
            f.CancelAsked: self._cancel_asked,
            **dict.fromkeys(terms.FACTS, self._terms),
            f.TradeOpened: self._trade_opened,
            f.ExitsSet: self._exits_set,
            f.StopsMoved: self._stops_moved,
            f.ExitDecided: self._exit_decided,
            f.TradeClosed: self._trade_closed,
            f.TradeVanished: self._vanished,
            f.TradeLiquidated: self._liquidated,
            f.StopRests: self._stop_rests,
            f.MoneyAdjusted: self._money_adjusted,
            f.EquityPeaked: self._equity_peaked,
            f.AccountHalted: self._halted,
            f.ForeignSeen: self._foreign_seen,
            f.Adopted: self._adopted,
        }

    def apply(self, fact: f.AccountFact, seq: int) -> None:
        """Fold one fact that stands in row `seq` of the account's stream."""
        self.seq = seq
        applier = self._appliers.get(type(fact))
        if applier is not None:
            applier(fact)

    def order(self, client_order_id: str) -> Order | None:
        return self.orders.get(client_order_id) or self.ended.get(client_order_id)

    def trade(self, trade_id: str) -> Trade | None:
        return self.trades.get(trade_id) or self.closed.get(trade_id)

    def take_touched(self) -> Touched:
        """Return what became stale since the last call."""
        touched, self.touched = self.touched, Touched()
        return touched

    def _recalled(self, fact: f.Recalled) -> None:
        cid = fact.order.request.client_order_id
        if cid not in self.orders:
            self.ended[cid] = fact.order
        if fact.trade is not None and self.trade(fact.trade.id) is None:
            self.closed[fact.trade.id] = fact.trade

    def restore(self, trade: Trade) -> None:
        """Take in an open trade of a snapshot."""
        self.trades[trade.id] = trade
        self.sums.setdefault(trade.symbol, SymbolSum()).add(trade, 1)
        self.exposure.hold(trade, 1)

    def _waiting(self, fact: f.Waiting) -> None:
        self.waiting[fact.signal_id] = fact

    def _released(self, fact: f.Released) -> None:
        self.waiting.pop(fact.signal_id, None)

    def _approved(self, fact: f.PlanApproved) -> None:
        plan = fact.plan
        cid = client_order_id(plan.signal_id, plan.account, Leg.ENTRY)
        self.reserved[cid] = plan
        self.exposure.reserve(plan, 1)
        self.entry_times.append(fact.ts)
        self.fingerprints.append((fact.ts, fingerprint(plan)))

    def _put(self, order: Order) -> None:
        cid = order.request.client_order_id
        self.touched.orders.add(cid)
        if order.status.is_final:
            if self.orders.pop(cid, None) is not None:
                plan = self.reserved.pop(cid, None)
                if plan is not None:
                    self.exposure.reserve(plan, -1)
                    if not order.filled or order.replace_requested is not None:
                        self.lapsed[cid] = plan
                self._closing_ended(order)
            self.ended[cid] = order
            self.ended.move_to_end(cid)
            for old in put_away(self.ended, self.kept, self.touched.orders):
                self.lapsed.pop(old, None)
        else:
            self.ended.pop(cid, None)
            self.orders[cid] = order
            if cid in self.lapsed:
                plan = self.reserved[cid] = self.lapsed.pop(cid)
                self.exposure.reserve(plan, 1)
        self.updated_at = order.updated_at

    def _closing_ended(self, order: Order) -> None:
        """What a closing order did not fill is open to be closed again."""
        trade = self.trades.get(order.request.trade_id)
        if trade is None:
            return
        if order.request.leg is Leg.EXIT and order.remaining:
            left = max(ZERO, trade.closing_quantity - order.remaining)
            owed = min(trade.open_quantity - left, trade.owed + order.remaining)
            self._put_trade(replace(trade, closing_quantity=left, owed=owed))
        elif trade.stop_order == order.request.client_order_id:
            self._put_trade(replace(trade, stop_order=None))

    def _submitting(self, fact: f.Submitting) -> None:
        request = fact.request
        self._put(Order(request=request, updated_at=request.submitted_at))

    def _move(self, event: OrderEvent, fact: f.OrderLost | f.OrderRejected | f.OrderEnded) -> None:
        if (order := self.order(fact.client_order_id)) is not None:
            self._put(order.moved(event, fact.ts, fact.reason or None))

    def _looked_up(self, fact: f.OrderLookedUp) -> None:
        if (order := self.order(fact.client_order_id)) is not None:
            self._put(replace(order, lookups=order.lookups + 1))

    def _resent(self, fact: f.OrderResent) -> None:
        if (order := self.order(fact.request.client_order_id)) is not None:
            moved = order.moved(OrderEvent.RESENT, fact.ts)
            self._put(replace(moved, request=fact.request, sends=order.sends + 1))

    def _accepted(self, fact: f.OrderAccepted) -> None:
        if (order := self.order(fact.client_order_id)) is not None:
            moved = order.moved(OrderEvent.ACCEPTED, fact.ts)
            self._put(replace(moved, venue_order_id=fact.venue_order_id or order.venue_order_id))

    def _triggered(self, fact: f.OrderTriggered) -> None:
        if (order := self.orders.get(fact.client_order_id)) is not None:
            self._put(replace(order, triggered=True, updated_at=fact.ts))

    def _ended(self, fact: f.OrderEnded) -> None:
        self._move(OrderEvent.EXPIRED if fact.expired else OrderEvent.CANCELLED, fact)

    def _cancel_asked(self, fact: f.CancelAsked) -> None:
        if (order := self.orders.get(fact.client_order_id)) is not None:
            self._put(replace(order, cancel_requested=True, cancelled_by=fact.by))

    def _terms(self, fact: terms.Fact) -> None:
        if (order := self.order(fact.client_order_id)) is not None:
            self._put(order := terms.after(order, fact))
            self.exposure.revise(self.reserved, order)

    def _filled(self, fact: f.OrderFilled) -> None:
        fill = fact.fill
        order = self.order(fill.client_order_id)
        if order is None or fill.exec_id in order.exec_ids:
            return
        fee = fill.fee * fact.fee_rate
        request = order.request
        trade = self.trade(request.trade_id)
        if trade is not None:
            if request.leg is Leg.ENTRY:
                self._put_trade(trade.entered(fill, fee))
            else:
                taken = min(fill.quantity, trade.open_quantity)
                gain = (fill.price - trade.entry_price) * trade.side.sign * taken * fact.multiplier * fact.rate
                self._put_trade(trade.exited(fill, request.leg, pnl=gain, fee=fee))
                self._book_money(gain, fill.ts_init)
        self._book_money(-fee, fill.ts_init)
        self._follow_flat()
        self._put(order.with_fill(fill))
        self._move_position(fill.symbol, fill.quantity * fill.side.sign, fill.price, fact.multiplier * fact.rate)
        self.touched.fills.append(fill)

    def _book_money(self, amount: Decimal, ts: int) -> None:
        if not amount:
            return
        day = ts // DAY
        if day != self.day:
            self.day, self.realised_today = day, ZERO
        self.realised_today += amount
        self.balance += amount
        self.peak_balance = max(self.peak_balance, self.balance)
        self.updated_at = ts
        self.touched.account = self.updated_at

    def _follow_flat(self) -> None:
        """Without open trades, equity is the balance."""
        if not self.sums:
            self.peak_equity = max(self.peak_equity, self.balance)

    def _equity_peaked(self, fact: f.EquityPeaked) -> None:
        self.peak_equity = max(self.peak_equity, fact.equity)

    def _move_position(self, symbol: str, signed: Decimal, price: Decimal, worth: Decimal) -> None:
        self.positions[symbol] = traded(self.positions.get(symbol), symbol, signed, price, worth=worth)
        self.touched.positions[symbol] = self.updated_at

    def _put_trade(self, trade: Trade) -> None:
        """Store a trade and keep what is derived from it (sums, book) in step."""
        self.touched.trades.add(trade.id)
        before = self.trades.get(trade.id)
        total = self.sums.get(trade.symbol)
        if total is None:
            total = self.sums[trade.symbol] = SymbolSum()
        if before is not None:
            total.add(before, -1)
            self.exposure.hold(before, -1)
        if trade.status is TradeStatus.CLOSED:
            self.trades.pop(trade.id, None)
            self.closed[trade.id] = trade
            self.closed.move_to_end(trade.id)
            put_away(self.closed, self.kept, self.touched.trades)
            if not total.count:
                del self.sums[trade.symbol]
        else:
            self.closed.pop(trade.id, None)
            self.trades[trade.id] = trade
            total.add(trade, 1)
            self.exposure.hold(trade, 1)
        self._keep_book(trade)

    def _keep_book(self, trade: Trade) -> None:
        book = self.books.get(trade.symbol)
        if book is None or trade.id not in book:
            return
        if trade.status is TradeStatus.CLOSED:
            book.remove(trade.id)
            if not book:
                del self.books[trade.symbol]
        elif trade.watched == book.is_suspended(trade.id):
            (book.resume if trade.watched else book.suspend)(trade.id)
        else:
            return
        self.on_book(trade.symbol)

    def _trade_opened(self, fact: f.TradeOpened) -> None:
        self._put_trade(fact.trade)
        self.opened_times.append(fact.trade.opened_at)

    def _exits_set(self, fact: f.ExitsSet) -> None:
        trade = self.trades.get(fact.trade_id)
        if trade is None:
            return
        book = self.books.get(trade.symbol)
        if book is None:
            book = self.books[trade.symbol] = ExitBook()
        params, _ = fact.exits.kernel()
        if trade.id in book:
            book.replace(trade.id, params, fact.state)
        else:
            book.add(trade.id, trade.side, params, fact.state)
        self.on_book(trade.symbol)
        self._put_trade(trade.with_exits(fact.spec, fact.exits, at_entry=fact.by == "entry"))

    def _stops_moved(self, fact: f.StopsMoved) -> None:
        self.books[fact.symbol].apply(self.fresh_moves or fact.moves)
        self.marks[fact.symbol] = self.seq
        self.touched.marks.add(fact.symbol)

    def _exit_decided(self, fact: f.ExitDecided) -> None:
        trade = self.trades.get(fact.trade_id)
        if trade is not None:
            self._put_trade(
                replace(
                    trade,
                    closing_quantity=trade.closing_quantity + fact.quantity,
                    owed=max(ZERO, trade.owed - fact.quantity),
                    closings=trade.closings + 1,
                    exit_reason=fact.reason,
                )
            )

    def _trade_closed(self, fact: f.TradeClosed) -> None:
        trade = self.closed.get(fact.trade_id)
        if trade is not None:
            self._put_trade(replace(trade, exit_reason=fact.reason))
        if fact.pnl - fact.fees < 0:
            self.losses_in_row += 1
            self.last_loss_at = fact.ts
        else:
            self.losses_in_row = 0
        self.touched.account = self.updated_at

    def _vanished(self, fact: f.TradeVanished) -> None:
        trade = self.trades.get(fact.trade_id)
        if trade is not None:
            self._put_trade(trade.vanished(fact.quantity, fact.price, trade.multiplier * fact.rate, fact.ts))
            signed = -fact.quantity * trade.side.sign
            held = self.positions.get(trade.symbol)
            self.positions[trade.symbol] = grown(held, trade.symbol, signed, held.average_price if held else ZERO)
            self.touched.positions[trade.symbol] = self.updated_at

    def _liquidated(self, fact: f.TradeLiquidated) -> None:
        trade = self.trades.get(fact.trade_id)
        if trade is None:
            return
        worth = trade.multiplier * fact.rate
        after = trade.vanished(fact.quantity, fact.price, worth, fact.ts)
        self._put_trade(replace(after, fees=trade.fees + fact.fee))
        self._book_money(after.pnl - trade.pnl - fact.fee, fact.ts)
        self._follow_flat()
        self._move_position(trade.symbol, -fact.quantity * trade.side.sign, fact.price, worth)

    def _stop_rests(self, fact: f.StopRests) -> None:
        trade = self.trades.get(fact.trade_id)
        if trade is not None:
            made = trade.closings + (fact.client_order_id is not None)
            self._put_trade(replace(trade, stop_order=fact.client_order_id, closings=made))

    def _money_adjusted(self, fact: f.MoneyAdjusted) -> None:
        self._book_money(fact.amount, fact.ts)
        self._follow_flat()

    def _halted(self, fact: f.AccountHalted) -> None:
        self.halted = fact.halted
        self.touched.account = self.updated_at

    def _foreign_seen(self, fact: f.ForeignSeen) -> None:
        self.foreign.pop(fact.symbol, None)
        if fact.quantity:
            self.foreign[fact.symbol] = fact.quantity

    def _adopted(self, fact: f.Adopted) -> None:
        trade = fact.trade
        self._put_trade(trade)
        self.foreign.pop(trade.symbol, None)
        signed = trade.quantity * trade.side.sign
        self.positions[trade.symbol] = grown(self.positions.get(trade.symbol), trade.symbol, signed, trade.entry_price)
        self.touched.positions[trade.symbol] = self.updated_at
