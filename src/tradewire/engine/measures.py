"""Counts what happened for `/metrics`; decides nothing."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol

from tradewire.engine import facts as f
from tradewire.metrics import Metrics

KEPT = 10_000
"""Signals whose time from message to fill is being taken."""
SECOND = 1e9
STATUS = {
    f.Submitting: "submitting",
    f.OrderAccepted: "working",
    f.OrderRejected: "rejected",
    f.OrderLost: "unknown",
    f.OrderResent: "resent",
}


class Taking(Protocol):
    """Is told of every committed row, in order."""

    def take(self, event: f.Event, facts: Sequence[f.AnyFact], now: int) -> None:
        """Take in one row, decided at `now` (epoch ns)."""


class Measures:
    """Takes in what each committed row says."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._statuses = {kind: metrics.orders.labels(status) for kind, status in STATUS.items()}
        self._filled = metrics.orders.labels("filled")
        self._received: OrderedDict[str, int] = OrderedDict()

    def take(self, event: f.Event, facts: Sequence[f.AnyFact], now: int) -> None:
        """Count one row, decided at `now` (epoch ns)."""
        if isinstance(event, f.SignalArrived):
            self._received[event.signal_id] = event.received_at
            if len(self._received) > KEPT:
                self._received.popitem(last=False)
        for fact in facts:
            counter = self._statuses.get(type(fact))
            if counter is not None:
                counter.inc()
            elif isinstance(fact, f.PlanRefused):
                self._metrics.refusals.labels(fact.refusal.code.value).inc()
                self._received.pop(fact.signal_id, None)
            elif isinstance(fact, f.OrderEnded):
                self._metrics.orders.labels("expired" if fact.expired else "cancelled").inc()
            elif isinstance(fact, f.OrderFilled):
                self._filled.inc()
            elif isinstance(fact, f.TradeOpened):
                received = self._received.pop(fact.trade.signal_id, None)
                if received is not None:
                    self._metrics.hook_to_fill.observe((now - received) / SECOND)
