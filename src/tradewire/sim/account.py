"""One account at the exchange: its orders, its ledger, and what it is worth at the prices of now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from msgspec import Struct

from tradewire.domain.account import Balance, Netting, Position
from tradewire.domain.numbers import ZERO
from tradewire.domain.order import Order
from tradewire.domain.signal import Side
from tradewire.domain.venue_events import Found, VenueEvent
from tradewire.sim.book import Waiting
from tradewire.sim.floor import Floor
from tradewire.sim.ledger import Ledger, money
from tradewire.sim.terms import Terms
from tradewire.sim.working import Stage, WorkingOrder


class HeldPosition(Struct, frozen=True):
    """A position and the leverage it was opened with (None = the account's)."""

    position: Position
    leverage: Decimal | None = None


class PaperState(Struct, frozen=True, kw_only=True):
    """What an account is rebuilt from: `cash` by currency, positions and orders as the hub's journal has them.

    Working orders rest again, final ones are only remembered for look-ups, and those that this exchange never confirmed
    (submitting, unknown) do not exist.
    """

    cash: Mapping[str, Decimal]
    positions: tuple[HeldPosition, ...] = ()
    orders: tuple[Order, ...] = ()


class MarginWatch(Waiting):
    """Wakes the margin check when a symbol has moved far enough against the account."""

    __slots__ = ("symbol",)

    def __init__(self, owner: str, symbol: str) -> None:
        super().__init__(owner)
        self.symbol = symbol


class Valuation(Struct, frozen=True):
    """An account's worth in its own currency: `free` = equity that no position binds.

    `complete` is False while a price or a rate that it needs is not known: then nobody is liquidated on its word.
    """

    equity: Decimal
    margin: Decimal
    complete: bool

    @property
    def free(self) -> Decimal:
        return self.equity - self.margin


class SimAccount:
    """The exchange's books of one account. `emit` takes every event, in order."""

    def __init__(self, id: str, terms: Terms, cash: Mapping[str, Decimal], emit: Callable[[VenueEvent], None]) -> None:
        self.id = id
        self.terms = terms
        self.emit = emit
        self.ledger = Ledger(terms.netting, cash)
        self.orders: dict[str, WorkingOrder] = {}
        self.ended: dict[str, Found] = {}
        self.closers: dict[str, list[WorkingOrder]] = {}
        """Closing orders by the position (ref, or symbol) that they close."""
        self.groups: dict[str, list[WorkingOrder]] = {}
        self.watches: list[MarginWatch] = []

    def value(self, floor: Floor) -> Valuation:
        """Return what the account is worth at the prices known."""
        rates, currency = floor.rates, self.terms.currency
        equity = margin = ZERO
        complete = True
        for held, amount in self.ledger.cash.items():
            worth = rates.convert(amount, held, currency)
            equity += worth or ZERO
            complete = complete and worth is not None
        for (symbol, side), exposure in self.ledger.exposures.items():
            instrument, quote = floor.instruments[symbol], floor.quotes.get(symbol)
            rate = rates.rate(instrument.quote, currency)
            if quote is None or rate is None:
                complete = False
                continue
            price = quote.bid if side is Side.BUY else quote.ask
            equity += (price * exposure.quantity - exposure.cost) * side.sign * instrument.multiplier * rate
            margin += exposure.margin * rate
        return Valuation(equity, margin, complete)

    def balances(self, free: Decimal) -> tuple[Balance, ...]:
        """Return the cash; what is free of it is said in the account's own currency."""
        own = self.terms.currency
        return tuple(
            Balance(currency, total, money(min(max(free, ZERO), max(total, ZERO))) if currency == own else total)
            for currency, total in self.ledger.cash.items()
        )

    def closer_key(self, order: WorkingOrder) -> str:
        """Return the key of the position that a closing order closes."""
        request = order.request
        if self.terms.netting is Netting.NETTING or request.position_ref is None:
            return request.symbol
        return request.position_ref

    def held_for(self, entry: WorkingOrder) -> list[WorkingOrder]:
        """Return the closing orders that wait for the first fill of `entry`."""
        if not self.closers:
            return []
        key = entry.request.symbol if self.terms.netting is Netting.NETTING else entry.cid
        return [
            closer
            for closer in self.closers.get(key, ())
            if closer.stage is Stage.HELD and closer.request.position_ref == entry.cid
        ]

    def waits_for_entry(self, order: WorkingOrder) -> bool:
        """Tell whether a closing order belongs to an entry that works but has no fill yet."""
        entry = self.orders.get(order.request.position_ref or "")
        return entry is not None and entry.stage is not Stage.GONE and not entry.filled

    def link(self, order: WorkingOrder) -> None:
        """Take a living order into the account's books."""
        self.orders[order.cid] = order
        if order.closes:
            self.closers.setdefault(self.closer_key(order), []).append(order)
        if order.request.oco_group is not None:
            self.groups.setdefault(order.request.oco_group, []).append(order)

    def unlink(self, order: WorkingOrder) -> None:
        """Take an order that has ended out of the account's books."""
        del self.orders[order.cid]
        if order.closes:
            _drop(self.closers, self.closer_key(order), order)
        if order.request.oco_group is not None:
            _drop(self.groups, order.request.oco_group, order)


def _drop(lists: dict[str, list[WorkingOrder]], key: str, order: WorkingOrder) -> None:
    lists[key].remove(order)
    if not lists[key]:
        del lists[key]
