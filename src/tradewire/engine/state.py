"""An account as its journal tells it. Only folding a fact (`folding.apply`) changes it."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from decimal import Decimal

from msgspec.structs import replace

from tradewire.domain.account import Account, Position
from tradewire.domain.numbers import ZERO
from tradewire.domain.order import Leg, Order
from tradewire.domain.plan import Plan
from tradewire.engine import facts as f
from tradewire.engine.positions import traded
from tradewire.engine.sums import Exposure, SymbolSum
from tradewire.engine.touched import Touched, put_away
from tradewire.engine.trade import Trade, TradeStatus
from tradewire.exits.book import ExitBook
from tradewire.exits.moves import Moves

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

    def order(self, client_order_id: str) -> Order | None:
        return self.orders.get(client_order_id) or self.ended.get(client_order_id)

    def trade(self, trade_id: str) -> Trade | None:
        return self.trades.get(trade_id) or self.closed.get(trade_id)

    def take_touched(self) -> Touched:
        """Return what became stale since the last call."""
        touched, self.touched = self.touched, Touched()
        return touched

    def restore(self, trade: Trade) -> None:
        """Take in an open trade of a snapshot."""
        self.trades[trade.id] = trade
        self.sums.setdefault(trade.symbol, SymbolSum()).add(trade, 1)
        self.exposure.hold(trade, 1)

    def put_order(self, order: Order) -> None:
        """Store an order, and what it reserves."""
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
            self.put_trade(replace(trade, closing_quantity=left, owed=owed))
        elif trade.stop_order == order.request.client_order_id:
            self.put_trade(replace(trade, stop_order=None))

    def book_money(self, amount: Decimal, ts: int) -> None:
        """Add a gain, or take a loss or a fee (negative), at a time (epoch ns)."""
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

    def follow_flat(self) -> None:
        """Without open trades, equity is the balance."""
        if not self.sums:
            self.peak_equity = max(self.peak_equity, self.balance)

    def move_position(self, symbol: str, signed: Decimal, price: Decimal, worth: Decimal) -> None:
        """Book `signed` units traded; `worth` as in `positions.traded`."""
        self.positions[symbol] = traded(self.positions.get(symbol), symbol, signed, price, worth=worth)
        self.touched.positions[symbol] = self.updated_at

    def put_trade(self, trade: Trade) -> None:
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
