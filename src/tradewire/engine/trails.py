"""Which moves of a stop are worth a line in a trade's story: the first, and each further percent of the entry."""

from __future__ import annotations

from decimal import Decimal

from tradewire.domain.numbers import HUNDRED, ZERO
from tradewire.engine import facts as f
from tradewire.engine.step import Step
from tradewire.engine.trade import Trade

MOST = 50
"""Trades of one symbol that are followed so; of more, only the end of each tells how far its stop had moved."""


def stops(step: Step, symbol: str) -> dict[str, Decimal | None]:
    """Return the stops of a symbol's trades as they are now, by trade."""
    book = step.state.books[symbol]
    if len(book) > MOST:
        return {}
    return {trade_id: book.stop(trade_id, ZERO) for trade_id in book.stops()}


def tell(step: Step, symbol: str, before: dict[str, Decimal | None]) -> None:
    """Say which stops have moved by enough to be told. `before`: where they stood."""
    if not before:
        return
    for trade_id, now in stops(step, symbol).items():
        trade = step.state.trades.get(trade_id)
        if trade is None or now is None or marks(trade, now) <= marks(trade, before.get(trade_id)):
            continue
        step.say(f.StopFollowed(trade_id=trade_id, stop=now, ts=step.around.now))


def marks(trade: Trade, stop: Decimal | None) -> int:
    """Return how many marks a stop has passed on its way: the first is its leaving the place that it had."""
    first = trade.initial_stop
    if stop is None or stop == first:
        return 0
    if first is None:
        return 1
    return 1 + int(abs(stop - first) * HUNDRED / trade.entry_price)
