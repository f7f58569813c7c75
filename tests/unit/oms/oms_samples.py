"""Orders, fills and answers for tests, each with one figure that matters and the rest plain."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tradewire.domain.order import Fill, Leg, Order, OrderRequest, OrderStatus
from tradewire.domain.signal import OrderType, Side
from tradewire.domain.venue_events import Absent, OpenOrder

SECOND = 1_000_000_000
SENT = 1_767_600_000 * SECOND
EXPIRY = 5 * SECOND
CID = "tw" + "a" * 20


def request(**changes: Any) -> OrderRequest:
    """Return a market buy of 10, sent at `SENT`, which the venue must not execute later than `EXPIRY` after."""
    plain = {
        "client_order_id": CID,
        "account": "main",
        "symbol": "BTCUSDT",
        "side": Side.BUY,
        "type": OrderType.MARKET,
        "quantity": Decimal(10),
        "leg": Leg.ENTRY,
        "signal_id": "s1",
        "trade_id": "t" + "a" * 20,
        "submitted_at": SENT,
        "expires_at": SENT + EXPIRY,
    }
    return OrderRequest(**(plain | changes))


def order(status: OrderStatus = OrderStatus.UNKNOWN, *, leg: Leg = Leg.ENTRY, **changes: Any) -> Order:
    """Return an order in a status."""
    return Order(request=request(leg=leg), updated_at=SENT, status=status, **changes)


def fill(exec_id: str = "e1", quantity: str = "4", price: str = "100", **changes: Any) -> Fill:
    """Return one execution of the sample order."""
    plain = {"client_order_id": CID, "symbol": "BTCUSDT", "side": Side.BUY, "ts_event": SENT, "ts_init": SENT + 1}
    return Fill(exec_id=exec_id, quantity=Decimal(quantity), price=Decimal(price), **(plain | changes))


def absent(ts: int) -> Absent:
    """Return a look-up's answer that the venue has no such order at `ts`."""
    return Absent(client_order_id=CID, ts=ts)


def resting(cid: str, symbol: str = "BTCUSDT", filled: str = "0") -> OpenOrder:
    """Return an order as a venue's snapshot shows it."""
    return OpenOrder(
        client_order_id=cid,
        symbol=symbol,
        side=Side.BUY,
        type=OrderType.LIMIT,
        quantity=Decimal(10),
        filled=Decimal(filled),
        limit_price=Decimal(90),
    )
