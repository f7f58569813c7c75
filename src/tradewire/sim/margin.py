"""Margin: what an order would bind, and who is liquidated when it is gone.

No quote can afford to value a thousand accounts. So each position gets a watch in its symbol's book at the price where
it alone would have used up its share of the account's headroom: as long as no watch is touched, the losses together are
smaller than the headroom, and nobody needs to be looked at.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from tradewire.domain.numbers import HUNDRED, ZERO, plain
from tradewire.domain.order import OrderRequest
from tradewire.domain.signal import Side
from tradewire.domain.venue_events import Liquidated
from tradewire.sim.account import MarginWatch, SimAccount
from tradewire.sim.book import Trigger
from tradewire.sim.floor import Floor
from tradewire.sim.ledger import Holding, money

_CAUTION: Final = Decimal("0.9")
"""The share of the headroom that watches give away; the rest covers moves of the conversion rates."""
_ANY_MOVE: Final = Decimal("-Infinity")


def shortage(account: SimAccount, floor: Floor, request: OrderRequest, quantity: Decimal, price: Decimal) -> str | None:
    """Return why the account cannot carry `quantity` more at `price`, or None."""
    if quantity <= 0:
        return None
    instrument, currency = floor.instruments[request.symbol], account.terms.currency
    leverage = request.leverage or account.terms.leverage
    bound = quantity * price * instrument.multiplier / leverage
    needed = floor.rates.convert(bound, instrument.quote, currency)
    if needed is None:
        return f"no price leads from {instrument.quote} to {currency}"
    free = account.value(floor).free + _released(account, floor, request)
    if needed <= free:
        return None
    return (
        f"insufficient margin: {plain(quantity)} {request.symbol} at {plain(leverage)}x needs "
        f"{plain(round(needed, 2))} {currency}, free are {plain(round(free, 2))} {currency}"
    )


def opened_by(account: SimAccount, request: OrderRequest, quantity: Decimal) -> Decimal:
    """Return how much of `quantity` would open a position rather than close one."""
    if request.reduce_only or request.position_ref is not None:
        return ZERO
    return max(ZERO, quantity - account.ledger.netted(request.symbol, request.side))


def watch(account: SimAccount, floor: Floor) -> bool:
    """Set the account's margin watches anew; False if it must be liquidated instead.

    While a price that its worth depends on is missing, there is nothing to watch for.
    """
    for old in account.watches:
        floor.book(old.symbol).remove(old)
    account.watches.clear()
    exposures = account.ledger.exposures
    if not exposures:
        return True
    value = account.value(floor)
    if not value.complete:
        return True
    room = value.equity - value.margin * account.terms.stop_out
    if room < 0:
        return False
    share = room * _CAUTION / len(exposures)
    for (symbol, side), exposure in exposures.items():
        worth = exposure.quantity * floor.instruments[symbol].multiplier * _rate(account, floor, symbol)
        _wake(account, floor, symbol, side, share / worth)
    return True


def watch_any_price(account: SimAccount, floor: Floor) -> None:
    """Let the next price of anything that the account holds wake the margin check."""
    for symbol, side in account.ledger.exposures:
        _wake(account, floor, symbol, side, _ANY_MOVE)


def _wake(account: SimAccount, floor: Floor, symbol: str, side: Side, distance: Decimal) -> None:
    quote, item = floor.quotes[symbol], MarginWatch(account.id, symbol)
    account.watches.append(item)
    if side is Side.BUY:
        floor.book(symbol).add(Trigger.BID_FALLS, quote.bid - distance, item)
    else:
        floor.book(symbol).add(Trigger.ASK_RISES, quote.ask + distance, item)


def liquidate(account: SimAccount, floor: Floor, ts: int) -> list[str]:
    """Close the position that loses most, again and again, until the margin suffices.

    Returns the keys of the positions that ended; the account is told of each by `Liquidated`.
    """
    ended: list[str] = []
    while True:
        value = account.value(floor)
        positions = list(account.ledger.holdings())
        if not positions or value.equity >= value.margin * account.terms.stop_out:
            break
        worst = min(positions, key=lambda held: _profit(account, floor, held))
        ended += _close_out(account, floor, worst, ts)
    return ended


def _close_out(account: SimAccount, floor: Floor, held: Holding, ts: int) -> list[str]:
    instrument, currency = floor.instruments[held.symbol], account.terms.currency
    quantity, price, rate = held.quantity, _exit_price(floor, held), _rate(account, floor, held.symbol)
    what = f"{plain(quantity * held.side.sign)} {held.symbol}"
    gain, ended = account.ledger.close(instrument, held.side.opposite, quantity, price, held.ref)
    fee = money(quantity * price * instrument.multiplier * account.terms.fees.taker / HUNDRED * rate)
    account.ledger.book(currency, money(gain * rate) - fee)
    account.emit(
        Liquidated(
            symbol=held.symbol,
            ref=held.ref,
            side=held.side,
            quantity=quantity,
            price=price,
            fee=fee,
            fee_currency=currency,
            reason=f"liquidated {what} at {plain(price)}: equity fell below the maintenance margin",
            ts=ts,
        )
    )
    return ended


def _exit_price(floor: Floor, held: Holding) -> Decimal:
    quote = floor.quotes[held.symbol]
    return quote.bid if held.side is Side.BUY else quote.ask


def _profit(account: SimAccount, floor: Floor, held: Holding) -> Decimal:
    multiplier = floor.instruments[held.symbol].multiplier
    return held.profit(_exit_price(floor, held)) * multiplier * _rate(account, floor, held.symbol)


def _released(account: SimAccount, floor: Floor, request: OrderRequest) -> Decimal:
    """Return the margin that netting against an opposite position would free."""
    if not account.ledger.netted(request.symbol, request.side):
        return ZERO
    exposure = account.ledger.exposures[request.symbol, request.side.opposite]
    return exposure.margin * _rate(account, floor, request.symbol)


def _rate(account: SimAccount, floor: Floor, symbol: str) -> Decimal:
    """Return what one unit of a symbol's quote currency is worth to the account; callers know that there is a rate."""
    rate = floor.rates.rate(floor.instruments[symbol].quote, account.terms.currency)
    if rate is None:
        raise LookupError(f"no price leads from {symbol} to {account.terms.currency}")
    return rate
