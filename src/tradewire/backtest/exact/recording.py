"""What a run of the engine came to, taken from the facts that it commits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tradewire.domain.order import Leg, OrderRequest
from tradewire.engine import facts as f

TURNED = "reverse"
SAID = "signal"
ENDED = "end"


class Part(NamedTuple):
    """One close of a trade or of a part of it. Money in the account's currency; `pnl` is net of `fees`."""

    account: str
    symbol: str
    trade: str
    signal: str
    side: int
    entry_row: int
    exit_row: int
    entry_price: float
    exit_price: float
    quantity: float
    fees: float
    pnl: float
    reason: str


@dataclass(slots=True)
class Entered:
    """A trade so far: what was bought, and what was paid for it."""

    account: str
    symbol: str
    signal: str
    side: int
    row: int
    quantity: float = 0.0
    cost: float = 0.0
    fees: float = 0.0

    @property
    def price(self) -> float:
        return self.cost / self.quantity


@dataclass(slots=True)
class Recorder:
    """Takes in committed rows; `rows` has the bar that each symbol is at."""

    rows: dict[str, int] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    is_over: bool = False
    """What closes now does so because the bars have ended."""
    committed: int = 0
    _orders: dict[str, OrderRequest] = field(default_factory=dict)
    _reasons: dict[str, str] = field(default_factory=dict)
    _trades: dict[str, Entered] = field(default_factory=dict)

    def take(self, event: f.Event, facts: Sequence[f.AnyFact], now: int) -> None:
        """Take in one row."""
        self.committed += 1
        for fact in facts:
            match fact:
                case f.Submitting(request=request):
                    self._orders[request.client_order_id] = request
                case f.ExitDecided(reason=reason, client_order_id=cid):
                    self._reasons[cid] = ENDED if self.is_over else SAID if reason == TURNED else reason
                case f.OrderFilled():
                    self._filled(fact)
                case f.TradeLiquidated():
                    self._liquidated(fact)
                case f.TradeClosed(trade_id=trade_id):
                    self._trades.pop(trade_id, None)
                case f.OrderRejected(client_order_id=cid):
                    self._orders.pop(cid, None)
                case f.PlanRefused(refusal=refusal):
                    self.refusals[refusal.code.value] += 1
                case _:
                    pass

    def _filled(self, fact: f.OrderFilled) -> None:
        fill, worth = fact.fill, float(fact.multiplier * fact.rate)
        request = self._orders[fill.client_order_id]
        fee = float(fill.fee * fact.fee_rate)
        trade = self._trades.get(request.trade_id)
        if request.leg is Leg.ENTRY:
            if trade is None:
                trade = self._trades[request.trade_id] = Entered(
                    request.account, fill.symbol, request.signal_id, fill.side.sign, self.rows[fill.symbol]
                )
            quantity = float(fill.quantity)
            trade.quantity += quantity
            trade.cost += quantity * float(fill.price)
            trade.fees += fee
        elif trade is not None:
            reason = self._reasons.get(fill.client_order_id, "stop")
            self._close(request.trade_id, trade, float(fill.quantity), float(fill.price), fee, worth, reason)
        if fill.quantity == request.quantity:
            del self._orders[fill.client_order_id]
            self._reasons.pop(fill.client_order_id, None)

    def _liquidated(self, fact: f.TradeLiquidated) -> None:
        trade = self._trades.get(fact.trade_id)
        if trade is not None:
            figures = float(fact.quantity), float(fact.price), float(fact.fee), float(fact.rate)
            self._close(fact.trade_id, trade, *figures, "liquidated")

    def _close(
        self, id: str, trade: Entered, quantity: float, price: float, fee: float, worth: float, reason: str
    ) -> None:
        fees = fee + trade.fees * quantity / trade.quantity
        gain = (price - trade.price) * trade.side * quantity * worth
        row = self.rows[trade.symbol]
        self.parts.append(
            Part(
                trade.account,
                trade.symbol,
                id,
                trade.signal,
                trade.side,
                trade.row,
                row,
                trade.price,
                price,
                quantity,
                fees,
                gain - fees,
                reason,
            )
        )
