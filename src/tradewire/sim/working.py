"""An order while it lives at the exchange."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

from msgspec.structs import replace

from tradewire.domain.numbers import ZERO
from tradewire.domain.order import Fill, OrderRequest, OrderStatus, OrderTerms
from tradewire.domain.signal import OrderType, TimeInForce
from tradewire.domain.venue_events import Found, OpenOrder
from tradewire.sim.book import Waiting


class Stage(Enum):
    """Where a living order is."""

    ON_ITS_WAY = "on its way"
    """Sent, but the account's latency has not passed."""
    HELD = "held"
    """Closes a position whose entry has not been filled yet."""
    WORKING = "working"
    GONE = "gone"


class WorkingOrder(Waiting):
    """A request and what became of it so far. `open` is what may still be filled: other orders can shrink it."""

    __slots__ = ("_executions", "filled", "fills", "open", "request", "resting", "stage", "told", "triggered")

    def __init__(self, request: OrderRequest, filled: Decimal = ZERO, executions: int = 0) -> None:
        super().__init__(request.account)
        self.request = request
        self.filled = filled
        self.open = request.quantity - filled
        self.fills: list[Fill] = []
        self.stage = Stage.ON_ITS_WAY
        self.resting = False
        self.triggered = request.type in (OrderType.MARKET, OrderType.LIMIT)
        self.told = self.triggered
        """Whether the account knows that the stop price was reached."""
        self._executions = executions

    @property
    def cid(self) -> str:
        return self.request.client_order_id

    @property
    def closes(self) -> bool:
        """Whether the order can only shrink a position."""
        return self.request.reduce_only or self.request.position_ref is not None

    @property
    def at_once(self) -> bool:
        """Whether what is not filled at the first quote is cancelled."""
        return self.request.tif in (TimeInForce.IOC, TimeInForce.FOK)

    def record(self, fill: Fill) -> None:
        self._executions += 1
        self.fills.append(fill)
        self.filled += fill.quantity
        self.open -= fill.quantity

    def next_exec_id(self) -> str:
        """Return the id of the order's next execution: the same after a restart, unique within the account."""
        return f"{self.cid}.{self._executions + 1}"

    def take(self, terms: OrderTerms) -> None:
        """Work with other terms from now on; a stop that was triggered stays so."""
        self.open = terms.quantity - self.filled
        self.request = replace(
            self.request, quantity=terms.quantity, limit_price=terms.limit_price, stop_price=terms.stop_price
        )

    def shown(self) -> OpenOrder:
        request = self.request
        return OpenOrder(
            client_order_id=request.client_order_id,
            venue_order_id=venue_order_id(request.client_order_id),
            symbol=request.symbol,
            side=request.side,
            type=request.type,
            quantity=request.quantity,
            filled=self.filled,
            limit_price=request.limit_price,
            stop_price=request.stop_price,
        )

    def found(self, status: OrderStatus, ts: int, reason: str | None = None) -> Found:
        return Found(
            client_order_id=self.cid,
            venue_order_id=venue_order_id(self.cid),
            status=status,
            fills=tuple(self.fills),
            terms=self.request.terms,
            reason=reason,
            ts=ts,
        )


def venue_order_id(client_order_id: str) -> str:
    """Return the exchange's own id of an order."""
    return f"sim-{client_order_id}"
