"""One account at the fake exchange: orders, executions, positions. It knows nothing of the hub's code."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

import msgspec

from chaos.exchange.knobs import ClientIds
from chaos.exchange.ledger import Ledger, Line, What
from chaos.exchange.listing import LISTINGS

ZERO = Decimal(0)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """An order as it arrives. `expires_at` (epoch ns): it must not be taken after that."""

    tag: str
    symbol: str
    side: int
    type: str
    quantity: Decimal
    limit: Decimal | None = None
    stop: Decimal | None = None
    reduce_only: bool = False
    position: str | None = None
    expires_at: int


class NotTaken(Exception):
    """The exchange proves that it did not take the order."""


@dataclass
class Resting:
    """An order that was taken, and what came of it."""

    id: int
    wanted: Wanted
    taken_at: int
    status: str = "working"
    filled: Decimal = ZERO
    executions: list[dict[str, Any]] = field(default_factory=list)

    @property
    def open(self) -> bool:
        return self.status == "working"


class Book:
    """Takes, executes and cancels. `publish` hears every event."""

    def __init__(
        self, ledger: Ledger, publish: Callable[[dict[str, Any]], None], *, client_ids: ClientIds, hedging: bool
    ) -> None:
        self.orders: list[Resting] = []
        self.prices = {symbol: listing.price for symbol, listing in LISTINGS.items()}
        self.positions: dict[tuple[str, str], Decimal] = {}
        self._by_tag: dict[str, Resting] = {}
        self._ledger = ledger
        self._publish = publish
        self._client_ids = client_ids
        self._hedging = hedging

    def find(self, tag: str) -> Resting | None:
        """Return the latest order with a client's id."""
        return self._by_tag.get(tag)

    def take(self, wanted: Wanted, chance: Random, partial: float) -> Resting:
        """Take an order, and execute it where its price is there.

        Raises:
            NotTaken: nothing happened.
        """
        if reason := self._objection(wanted):
            self.note("refused", wanted, reason=reason)
            raise NotTaken(reason)
        order = Resting(len(self.orders) + 1, wanted, time.time_ns())
        self.orders.append(order)
        self._by_tag[wanted.tag] = order
        self.note("accepted", wanted, order=order.id)
        self._tell(order, "accepted")
        if self._reached(order):
            parts = chance.randint(2, 3) if chance.random() < partial else 1
            self._execute(order, parts)
        return order

    def _objection(self, wanted: Wanted) -> str | None:
        listing = LISTINGS.get(wanted.symbol)
        known = self._by_tag.get(wanted.tag)
        if listing is None:
            return f"unknown symbol {wanted.symbol}"
        if wanted.quantity < listing.step or wanted.quantity % listing.step:
            return f"quantity must be a multiple of {listing.step}"
        if time.time_ns() > wanted.expires_at:
            return "the request came after its own expiry"
        if known is not None and (self._client_ids == "permanent" or (self._client_ids == "open_only" and known.open)):
            return "duplicate client id"
        if wanted.reduce_only and wanted.type == "market" and not self._reducible(wanted):
            return "nothing to reduce"
        return None

    def _key(self, wanted: Wanted) -> tuple[str, str]:
        return wanted.symbol, (wanted.position or wanted.tag) if self._hedging else ""

    def _reducible(self, wanted: Wanted) -> Decimal:
        """Return how much a reduce-only order may do: never more than what is held the other way."""
        held = self.positions.get(self._key(wanted), ZERO) * -wanted.side
        return max(ZERO, min(held, wanted.quantity))

    def _reached(self, order: Resting) -> bool:
        wanted, price = order.wanted, self.prices[order.wanted.symbol]
        if wanted.limit is not None:
            return (price - wanted.limit) * wanted.side <= 0
        return wanted.stop is None or (price - wanted.stop) * wanted.side >= 0

    def _execute(self, order: Resting, parts: int) -> None:
        wanted, step = order.wanted, LISTINGS[order.wanted.symbol].step
        quantity = self._reducible(wanted) if wanted.reduce_only else wanted.quantity
        whole, price = quantity, self.prices[wanted.symbol]
        for part in range(parts, 0, -1):
            piece = quantity if part == 1 else (quantity / part) // step * step
            if not piece:
                continue
            quantity -= piece
            order.filled += piece
            execution = f"x{order.id}-{len(order.executions) + 1}"
            key = self._key(wanted)
            self.positions[key] = self.positions.get(key, ZERO) + piece * wanted.side
            self.note(
                "executed",
                wanted,
                order=order.id,
                quantity=str(piece * wanted.side),
                price=str(price),
                execution=execution,
            )
            order.executions.append({"id": execution, "quantity": piece, "price": price, "ts": time.time_ns()})
            if order.filled >= wanted.quantity:
                order.status = "filled"
            self._tell(order, "executed", order.executions[-1])
        if whole < wanted.quantity:
            self._end(order, "there was less to reduce")

    def move(self, symbol: str, price: Decimal) -> None:
        """Let the market come to a price; what it reaches is executed."""
        self.prices[symbol] = price
        for order in self.orders:
            if order.open and order.wanted.symbol == symbol and self._reached(order):
                self._execute(order, 1)

    def cancel(self, tag: str) -> None:
        """Withdraw an open order.

        Raises:
            NotTaken: there is none.
        """
        order = self._by_tag.get(tag)
        if order is None or not order.open:
            raise NotTaken("no such open order")
        self._end(order, "by request")

    def _end(self, order: Resting, reason: str) -> None:
        order.status = "cancelled"
        self.note("cancelled", order.wanted, order=order.id, reason=reason)
        self._tell(order, "cancelled")

    def note(self, what: What, wanted: Wanted, **more: Any) -> None:
        """Write a line into the ledger."""
        self._ledger.write(Line(what=what, tag=wanted.tag, symbol=wanted.symbol, ts=time.time_ns(), **more))

    def _tell(self, order: Resting, kind: str, execution: dict[str, Any] | None = None) -> None:
        self._publish({"kind": kind, "ts": time.time_ns(), "execution": execution, **self.shown(order)})

    def shown(self, order: Resting) -> dict[str, Any]:
        """Return what a client sees of an order: its own id only where the exchange keeps one."""
        wanted = order.wanted
        return {
            "order": order.id,
            "tag": None if self._client_ids == "none" else wanted.tag,
            "symbol": wanted.symbol,
            "side": wanted.side,
            "type": wanted.type,
            "quantity": wanted.quantity,
            "limit": wanted.limit,
            "stop": wanted.stop,
            "filled": order.filled,
            "status": order.status,
        }
