"""A small exchange to trade at in tests: one account, time moved by hand, events written down."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tradewire.domain.account import Netting
from tradewire.domain.instrument import Quote
from tradewire.domain.order import Fill, Leg, OrderRequest
from tradewire.domain.signal import OrderType, Side
from tradewire.domain.venue_events import Accepted, Filled, ReplaceRejected, Snapshot, VenueEvent
from tradewire.sim.account import PaperState
from tradewire.sim.exchange import Exchange
from tradewire.sim.instruments import INSTRUMENTS
from tradewire.sim.terms import Terms

SECOND = 1_000_000_000
START = 1_800_000_000 * SECOND
FOR_EVER = START * 2


def d(value: str | int) -> Decimal:
    return Decimal(value)


def request(client_order_id: str, side: Side = Side.BUY, quantity: str = "1", **fields: Any) -> OrderRequest:
    """Make an order for account `a` in BTCUSDT, to be changed by `fields`."""
    limit, stop = fields.get("limit_price"), fields.get("stop_price")
    kinds = {
        (False, False): OrderType.MARKET,
        (True, False): OrderType.LIMIT,
        (False, True): OrderType.STOP,
        (True, True): OrderType.STOP_LIMIT,
    }
    plain: dict[str, Any] = {
        "account": "a",
        "symbol": "BTCUSDT",
        "type": kinds[limit is not None, stop is not None],
        "leg": Leg.ENTRY,
        "signal_id": "s",
        "trade_id": "t",
        "submitted_at": START,
        "expires_at": FOR_EVER,
    }
    return OrderRequest(client_order_id=client_order_id, side=side, quantity=d(quantity), **{**plain, **fields})


class Desk:
    """One trader at a fresh exchange, with 1,000,000 to lose and no fees unless the terms say otherwise."""

    def __init__(self, *, cash: str = "1000000", opening: PaperState | None = None, **terms: Any) -> None:
        self.exchange = Exchange(INSTRUMENTS)
        self.events: list[VenueEvent] = []
        self.now = START
        self.terms = Terms(**terms)
        state = opening or PaperState(cash={self.terms.currency: d(cash)})
        self.exchange.open_account("a", self.terms, state, self.events.append)

    def price(self, bid: str, ask: str | None = None, symbol: str = "BTCUSDT", after: int = SECOND) -> None:
        """Show a quote, `after` ns later than the one before."""
        self.now += after
        self.exchange.on_quotes([Quote(symbol, d(bid), d(ask or bid), self.now)])

    def send(self, client_order_id: str, side: Side = Side.BUY, quantity: str = "1", **fields: Any) -> None:
        self.exchange.submit(request(client_order_id, side, quantity, **fields), self.now)

    def cancel(self, client_order_id: str) -> None:
        self.exchange.cancel("a", client_order_id, self.now)

    def amend(self, client_order_id: str, **terms: Decimal) -> None:
        self.exchange.amend("a", client_order_id, self.now, **terms)

    @property
    def snapshot(self) -> Snapshot:
        return self.exchange.snapshot("a", self.now)

    @property
    def cash(self) -> Decimal:
        return self.snapshot.balances[0].total

    @property
    def resting(self) -> list[str]:
        return [order.client_order_id for order in self.snapshot.open_orders]

    @property
    def held(self) -> Decimal:
        """The net position in BTCUSDT."""
        return sum((p.quantity for p in self.snapshot.positions if p.symbol == "BTCUSDT"), Decimal(0))

    @property
    def fills(self) -> list[Fill]:
        return [event.fill for event in self.events if isinstance(event, Filled)]

    @property
    def story(self) -> list[str]:
        """What happened, in words: `accepted e`, `filled e 1@100`, `cancelled e: why`."""
        return [tell(event) for event in self.events]


def tell(event: VenueEvent) -> str:
    if isinstance(event, Filled):
        fill = event.fill
        return f"filled {fill.client_order_id} {fill.quantity:f}@{fill.price:f}"
    kind = "not replaced" if isinstance(event, ReplaceRejected) else type(event).__name__.lower()
    subject = getattr(event, "client_order_id", "")
    reason = "" if isinstance(event, Accepted) else getattr(event, "reason", "")
    return f"{kind} {subject}".strip() + (f": {reason}" if reason else "")


__all__ = ["FOR_EVER", "SECOND", "START", "Desk", "Netting", "d", "request", "tell"]
