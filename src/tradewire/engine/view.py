"""What risk sees of an account for one signal: a thin, lazy window on the desk's state."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping
from decimal import Decimal
from functools import cached_property

from tradewire.domain.instrument import Instrument, Quote
from tradewire.domain.numbers import ONE, ZERO
from tradewire.domain.signal import Side
from tradewire.engine.state import DAY, AccountState
from tradewire.engine.step import Surroundings
from tradewire.engine.sums import SymbolSum, without
from tradewire.engine.trade import Trade


class View:
    """A `RiskView` (see `risk/view.py`) of one account, for one signal sent at `signal_time`.

    `gone`: trades (ids) that a reversal ends first. The account is shown as if they had been closed at the market now,
    and what is left of their entries withdrawn.
    """

    def __init__(
        self,
        state: AccountState,
        around: Surroundings,
        instrument: Instrument,
        signal_time: int,
        gone: Collection[str] = (),
    ) -> None:
        self.state = state
        self.around = around
        self.instrument = instrument
        self.signal_time = signal_time
        self.now = around.now
        self.halted = state.halted
        self.not_ready = None if around.ready else "the venue is not connected yet"
        self.currency = state.account.currency
        self.gone = [state.trades[trade_id] for trade_id in gone if trade_id in state.trades] if gone else []
        self.withdrawn = (
            {cid: plan for cid, plan in state.reserved.items() if entered(state, cid) in gone} if gone else {}
        )
        self.reserved = {c: p for c, p in state.reserved.items() if c not in self.withdrawn} if gone else state.reserved
        self.sums = without(state.sums, self.gone) if gone else state.sums
        self.gained = sum((gain(self, trade) for trade in self.gone), ZERO) if gone else ZERO
        self.balance = cash(state, around) + self.gained
        self.consecutive_losses = state.losses_in_row
        self.last_loss_at = state.last_loss_at

    @cached_property
    def quote(self) -> Quote | None:
        return self.around.quote(self.instrument.symbol)

    @cached_property
    def atr(self) -> Decimal | None:
        return self.around.atr(self.instrument.symbol)

    @cached_property
    def equity(self) -> Decimal:
        return self.balance + unrealised(self.sums, self.around, self.currency) if self.sums else self.balance

    @property
    def peak_equity(self) -> Decimal:
        return max(self.state.peak_equity, self.equity)

    @cached_property
    def free_margin(self) -> Decimal:
        held = sum((plan.margin for plan in self.reserved.values()), ZERO)
        return self.equity - used_margin(self.sums, self.around, self.currency) - held

    @property
    def leverage(self) -> Decimal:
        return self.around.leverage(self.instrument.symbol)

    @property
    def realised_today(self) -> Decimal:
        today = self.state.realised_today if self.state.day == self.now // DAY else ZERO
        return today + self.gained

    @property
    def open_trades(self) -> int:
        return len(self.state.trades) - len(self.gone) + self._pending()

    def _pending(self, symbol: str | None = None) -> int:
        """Count entries whose trade is not open yet (a partly filled one counts as its trade)."""
        trades, orders = self.state.trades, self.state.orders
        return sum(
            1
            for cid, plan in self.reserved.items()
            if (symbol is None or plan.symbol == symbol)
            and not (cid in orders and orders[cid].request.trade_id in trades)
        )

    @cached_property
    def exposure(self) -> Decimal:
        total = sum((plan.value for plan in self.reserved.values()), ZERO)
        for symbol, sums in self.sums.items():
            quote = self.around.quote(symbol)
            price = quote.mid if quote is not None else abs(sums.cost / sums.quantity) if sums.quantity else ZERO
            total += sums.gross * price * sums.multiplier * rate(self, symbol)
        return total

    @property
    def trades_today(self) -> int:
        return since(self.state.opened_times, self.now - self.now % DAY - 1) + self._pending()

    def open_in(self, symbol: str) -> int:
        sums = self.sums.get(symbol)
        return (sums.count if sums else 0) + self._pending(symbol)

    def open_on(self, underlying: str, side: Side) -> int:
        pending = sum(1 for p in self.reserved.values() if p.underlying == underlying and p.side is side)
        count = pending
        for symbol, sums in self.sums.items():
            instrument = self.around.instrument(symbol)
            if instrument is not None and instrument.underlying == underlying:
                count += sums.long_count if side is Side.BUY else sums.short_count
        return count

    def open_anywhere(self, underlying: str) -> int:
        ours = sum(1 for trade in self.gone if trade.underlying == underlying)
        ours += sum(1 for plan in self.withdrawn.values() if plan.underlying == underlying)
        return self.state.exposure.counts.get(underlying, 0) - ours

    def exposure_anywhere(self, underlying: str) -> Decimal:
        ours = sum((trade.held_value for trade in self.gone if trade.underlying == underlying), ZERO)
        ours += sum((plan.notional for plan in self.withdrawn.values() if plan.underlying == underlying), ZERO)
        return (self.state.exposure.values.get(underlying, ZERO) - ours) * rate(self, self.instrument.symbol)

    def entries_since(self, ts: int) -> int:
        return since(self.state.entry_times, ts)

    def last_seen(self, fingerprint: str) -> int | None:
        for ts, seen in reversed(self.state.fingerprints):
            if seen == fingerprint:
                return ts
        return None

    def convert(self, amount: Decimal, source: str, target: str) -> Decimal | None:
        conversion = self.around.rate(source, target)
        return None if conversion is None else amount * conversion


def since(times: deque[int], ts: int) -> int:
    """Count the times after a moment; they are in order, but for what venues say late."""
    count = 0
    for time in reversed(times):
        if time <= ts:
            break
        count += 1
    return count


def rate(view: View, symbol: str) -> Decimal:
    """Return what one unit of the symbol's quote currency is worth in the account's."""
    instrument = view.around.instrument(symbol)
    return (view.around.rate(instrument.quote, view.currency) if instrument else None) or ONE


def entered(state: AccountState, client_order_id: str) -> str | None:
    """Return the trade that an entry under way opens."""
    order = state.orders.get(client_order_id)
    return None if order is None else order.request.trade_id


def gain(view: View, trade: Trade) -> Decimal:
    """Return what closing a trade at the market would book, in the account's currency; 0 where nothing says."""
    quote = view.around.quote(trade.symbol)
    if quote is None:
        return ZERO
    moved = (quote.bid if trade.side is Side.BUY else quote.ask) - trade.entry_price
    return moved * trade.side.sign * trade.open_quantity * trade.multiplier * rate(view, trade.symbol)


def unrealised(sums: Mapping[str, SymbolSum], around: Surroundings, currency: str) -> Decimal:
    """Return the open P&L of trades at the mid prices, in the account's currency."""
    total = ZERO
    for symbol, held in sums.items():
        quote, instrument = around.quote(symbol), around.instrument(symbol)
        if quote is None or instrument is None:
            continue
        conversion = around.rate(instrument.quote, currency) or ONE
        total += (held.quantity * quote.mid - held.cost) * held.multiplier * conversion
    return total


def equity(state: AccountState, around: Surroundings) -> Decimal:
    """Return all cash plus open P&L."""
    return cash(state, around) + unrealised(state.sums, around, state.account.currency)


def cash(state: AccountState, around: Surroundings) -> Decimal:
    """Return the balance plus what the cash in other currencies is worth; without a rate it is worth nothing."""
    total = state.balance
    for currency, amount in around.other_cash.items():
        total += amount * (around.rate(currency, state.account.currency) or ZERO)
    return total


def used_margin(sums: Mapping[str, SymbolSum], around: Surroundings, currency: str) -> Decimal:
    """Return what open trades hold of the account's money: value over leverage."""
    total = ZERO
    for symbol, held in sums.items():
        quote, instrument = around.quote(symbol), around.instrument(symbol)
        if quote is None or instrument is None:
            continue
        conversion = around.rate(instrument.quote, currency) or ONE
        total += held.margin_units * quote.mid * held.multiplier * conversion
    return total
