"""What differs between our books and what a venue shows. Pure; run at every start and resync.

A second run on the same input finds nothing new to do: look-ups and alerts are findings, not changes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from msgspec import Struct

from tradewire.domain.account import Position
from tradewire.domain.ids import is_ours
from tradewire.domain.numbers import ZERO
from tradewire.domain.order import Order
from tradewire.domain.venue_events import OpenOrder, Snapshot


class LookUp(Struct, frozen=True, tag="look_up"):
    """We do not know how this order of ours stands: ask the venue."""

    client_order_id: str


class ForeignOrder(Struct, frozen=True, tag="foreign_order"):
    """A resting order that is not ours: shown, never touched."""

    order: OpenOrder


class LostOrder(Struct, frozen=True, tag="lost_order"):
    """A resting order with our prefix that our journal does not know (a backup, a second hub): a person decides."""

    order: OpenOrder


class PositionDrift(Struct, frozen=True, tag="position_drift"):
    """The venue shows another quantity (signed, base units) than our fills add up to: foreign until adopted."""

    symbol: str
    ours: Decimal
    theirs: Decimal

    @property
    def foreign(self) -> Decimal:
        """What the venue holds besides ours."""
        return self.theirs - self.ours

    @property
    def missing(self) -> Decimal:
        """How much of ours the venue does not hold any more (never negative)."""
        if self.theirs and (self.theirs > 0) == (self.ours > 0):
            return max(ZERO, abs(self.ours) - abs(self.theirs))
        return abs(self.ours)

    @property
    def beyond(self) -> Decimal:
        """What is foreign once everything that is missing is taken out of our books."""
        return self.theirs if (self.theirs > 0) != (self.ours > 0) else ZERO


Finding = LookUp | ForeignOrder | LostOrder | PositionDrift


def reconcile(
    orders: Mapping[str, Order], positions: Mapping[str, Decimal], known: Collection[str], snapshot: Snapshot
) -> tuple[Finding, ...]:
    """Compare our orders and net positions with a venue's snapshot.

    `orders` are ours that are not final, `positions` our net quantities by symbol, `known` client_order_ids that the
    journal knows as ended. Orders in flight may explain a drift, so drift is only judged where nothing is in flight.
    """
    findings: list[Finding] = []
    unsettled: set[str] = set()
    shown = {order.client_order_id: order for order in snapshot.open_orders}
    for cid, order in orders.items():
        doubtful = order.venue_order_id is None or order.replace_requested is not None
        if doubtful or cid not in shown or shown[cid].filled != order.filled:
            findings.append(LookUp(cid))
            unsettled.add(order.request.symbol)
    for cid, open_order in shown.items():
        if cid in orders:
            continue
        if not is_ours(cid):
            findings.append(ForeignOrder(open_order))
        elif cid in known:
            findings.append(LookUp(cid))
        else:
            findings.append(LostOrder(open_order))
    theirs = net(snapshot.positions)
    for symbol in sorted(set(theirs) | set(positions)):
        if symbol in unsettled:
            continue
        ours_now, theirs_now = positions.get(symbol, ZERO), theirs.get(symbol, ZERO)
        if ours_now != theirs_now:
            findings.append(PositionDrift(symbol, ours_now, theirs_now))
    return tuple(findings)


def net(positions: Collection[Position]) -> dict[str, Decimal]:
    """Add up a venue's positions by symbol."""
    total: dict[str, Decimal] = {}
    for position in positions:
        total[position.symbol] = total.get(position.symbol, ZERO) + position.quantity
    return total
