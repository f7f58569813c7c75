"""Whose order is whose: from the facts of the journal to what programs are told of their own orders and trades."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from tradewire.domain import ids
from tradewire.domain.numbers import ZERO
from tradewire.engine import facts as f
from tradewire.engine import terms as t
from tradewire.engine.program_facts import OpenOrder
from tradewire.programs.base import ENTRY, State, message_of
from tradewire.programs.events import Closed, Ended, Filled, OwnEvent, Refused

REJECTED = "rejected"
UNREAD = "unclear"


class Ears:
    """Knows the ids that a program's sayings lead to: message, signal, entry order, trade."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, int]] = {}

    def learn(self, state: State, first: int) -> None:
        """Know the sayings of a program from number `first` to its last."""
        for n in range(first, state.said + 1):
            message = message_of(state.name, n)
            signal = ids.signal_id(message, 0)
            order = ids.client_order_id(signal, state.account, ENTRY)
            for id in (message, signal, order, ids.trade_id(order)):
                self._known[id] = (state.name, n)

    def heard(self, facts: Iterable[f.AnyFact]) -> Iterator[tuple[str, int, f.AnyFact]]:
        """Yield the facts that are about a program's own, each with the program and the number of the saying."""
        for fact in facts:
            about = _ABOUT.get(type(fact))
            whose = None if about is None else self._known.get(about(fact))
            if whose is not None:
                yield *whose, fact


_ABOUT: dict[type, Callable[[Any], str]] = {
    f.MessageRead: lambda fact: fact.message_id if fact.status != "read" else "",
    f.SignalRouted: lambda fact: fact.signal_id if fact.refusal is not None else "",
    f.PlanRefused: lambda fact: fact.signal_id,
    f.Submitting: lambda fact: fact.request.client_order_id,
    f.OrderFilled: lambda fact: fact.fill.client_order_id,
    f.OrderEnded: lambda fact: fact.client_order_id,
    f.OrderRejected: lambda fact: fact.client_order_id,
    t.OrderReplaced: lambda fact: fact.client_order_id,
    f.TradeClosed: lambda fact: fact.trade_id,
}
"""The message, signal, order or trade that a fact which may concern a program is about."""


def told(n: int, fact: f.AnyFact, orders: dict[int, OpenOrder], now: int) -> OwnEvent | None:
    """Return what a program is told of a fact about its saying `n`; `orders`, its open ones, follow the fact."""
    match fact:
        case f.MessageRead(reason=reason):
            return Refused(n=n, code=UNREAD, reason=reason or "it cannot be read", ts=now)
        case f.SignalRouted(refusal=refusal) | f.PlanRefused(refusal=refusal) if refusal is not None:
            return Refused(n=n, code=refusal.code, reason=refusal.sentence, ts=now)
        case f.Submitting(request=request):
            orders.setdefault(n, OpenOrder(request.quantity, ZERO))
        case t.OrderReplaced(terms=terms):
            orders[n] = OpenOrder(terms.quantity, orders[n].filled if n in orders else ZERO)
        case f.OrderFilled(fill=fill):
            left = _fill(n, fill.quantity, orders)
            return Filled(n=n, quantity=fill.quantity, price=fill.price, left=left, ts=fill.ts_init)
        case f.OrderEnded(reason=reason, expired=expired, ts=ts):
            ended = orders.pop(n, None)
            word = reason or ("expired" if expired else "cancelled")
            return Ended(n=n, filled=ZERO if ended is None else ended.filled, reason=word, ts=ts)
        case f.OrderRejected(reason=reason, ts=ts):
            orders.pop(n, None)
            return Refused(n=n, code=REJECTED, reason=reason, ts=ts)
        case f.TradeClosed():
            return Closed(n=n, reason=fact.reason, pnl=fact.pnl, fees=fact.fees, ts=fact.ts)
    return None


def _fill(n: int, quantity: Decimal, orders: dict[int, OpenOrder]) -> Decimal:
    """Return what is left of an order after a fill; a late one of an order that has ended leaves nothing."""
    order = orders.pop(n, None)
    if order is None:
        return ZERO
    filled = order.filled + quantity
    if filled < order.quantity:
        orders[n] = OpenOrder(order.quantity, filled)
    return max(ZERO, order.quantity - filled)
