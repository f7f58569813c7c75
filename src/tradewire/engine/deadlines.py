"""Time limits and session ends: acted on when they come, whether or not a price does."""

from __future__ import annotations

from tradewire.engine import exiting
from tradewire.engine.step import Step
from tradewire.engine.trade import Trade
from tradewire.exits import limits
from tradewire.exits.kernel import TIME_LIMIT
from tradewire.exits.moves import ExitReason
from tradewire.risk.rules.quote_age import is_recent


def on_deadline(step: Step, trade_id: str) -> None:
    """Close a trade at market if its time has come. Without a recent price a person is told: the next one closes it."""
    trade = step.state.trades.get(trade_id)
    if trade is None or trade.exits is None or not trade.watched or not step.around.ready:
        return  # What is not ready asks again once it is.
    at, code = limits.earliest(trade.exits.time_limit_at, trade.exits.session_end_at)
    if not limits.is_late(step.around.now, at):
        return  # Its exits were set anew, and asked for another ring.
    quote = step.around.quote(trade.symbol)
    if quote is not None and is_recent(quote, step.around.now, step.around.profile):
        reason = ExitReason.TIME_LIMIT if code == TIME_LIMIT else ExitReason.SESSION_END
        exiting.close(step, trade, None, reason.value, quote.bid if trade.side.sign > 0 else quote.ask)
    else:
        tell(step, trade, "time limit is over" if code == TIME_LIMIT else "session has ended")


def tell(step: Step, trade: Trade, what: str) -> None:
    step.alert(
        "warning",
        f"{trade.symbol} trade {trade.id} is still open: its {what}",
        "There is no recent price, so its market seems to be closed. The first price closes it.",
    )
