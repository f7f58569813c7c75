"""What only the running hub knows: prices, stops as they stand, open P&L."""

from __future__ import annotations

from decimal import Decimal

from tradewire.domain.numbers import ONE, ZERO, Rounding, to_step
from tradewire.engine.contract import LiveAccount, LiveTrade
from tradewire.engine.post import Post
from tradewire.engine.state import DAY
from tradewire.engine.trade import Trade
from tradewire.engine.view import equity, used_margin
from tradewire.exits.plan import ExitPlan

CENT_OF_CENT = Decimal("0.0001")
"""How finely worth is shown; balances are exact."""


def account(post: Post, now: int) -> LiveAccount:
    """Return the account as it stands."""
    state, around = post.state, post.around
    worth = equity(state, around)
    return LiveAccount(
        id=post.id,
        venue=state.account.venue,
        mode=state.account.mode,
        currency=state.account.currency,
        ready=around.ready,
        halted=state.halted,
        balance=state.balance,
        equity=to_step(worth, CENT_OF_CENT, Rounding.NEAREST),
        free=to_step(worth - used_margin(state.sums, around, state.account.currency), CENT_OF_CENT, Rounding.DOWN),
        open_trades=len(state.trades),
        open_orders=len(state.orders),
        realised_today=state.realised_today if state.day == now // DAY else ZERO,
        foreign=dict(state.foreign),
        not_ready_reason=None if around.ready else post.runner.reason,
    )


def stops(post: Post, symbol: str) -> dict[str, float | None]:
    book = post.state.books.get(symbol)
    return {} if book is None else book.stops()


def trades(post: Post) -> list[LiveTrade]:
    """Return the account's open trades, oldest first."""
    by_symbol = {symbol: stops(post, symbol) for symbol in post.state.books}
    return [trade(post, t, by_symbol.get(t.symbol, {}).get(t.id)) for t in post.state.trades.values()]


def trade(post: Post, t: Trade, stop: float | None) -> LiveTrade:
    """Return one open trade; `stop` is its stop as the book has it."""
    state, around = post.state, post.around
    quote, instrument = around.quote(t.symbol), around.instrument(t.symbol)
    price = None if quote is None else quote.bid if t.side.sign > 0 else quote.ask
    conversion = (around.rate(instrument.quote, state.account.currency) if instrument else None) or ONE
    unrealised = (
        None if price is None else (price - t.entry_price) * t.side.sign * t.open_quantity * t.multiplier * conversion
    )
    book = state.books.get(t.symbol)
    done = book.state(t.id).rung if book is not None and t.id in book else 0
    return LiveTrade(
        id=t.id,
        account=post.id,
        mode=state.account.mode,
        signal_id=t.signal_id,
        symbol=t.symbol,
        side=t.side,
        status=t.status,
        quantity=t.quantity,
        open_quantity=t.open_quantity,
        entry_price=t.entry_price,
        stop=on_tick(stop, instrument.tick_size if instrument else ZERO),
        targets=() if t.exits is None else levels(t.exits),
        targets_done=done,
        trailing=t.exits is not None and t.exits.trail is not None,
        managed_by="venue" if t.stop_order else "hub",
        price=price,
        pnl=t.pnl,
        unrealised=unrealised,
        currency=state.account.currency,
        ts_opened=t.opened_at,
    )


def levels(exits: ExitPlan) -> tuple[Decimal, ...]:
    return tuple(target.price for target in exits.targets)


def on_tick(price: float | None, tick: Decimal) -> Decimal | None:
    """Return a stop as people read it: on the instrument's tick."""
    return None if price is None else to_step(Decimal(repr(price)), tick, Rounding.NEAREST)
