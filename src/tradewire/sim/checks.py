"""What the exchange refuses at its door, in words with the figures that decided."""

from __future__ import annotations

from decimal import Decimal

from tradewire.domain.instrument import Instrument, Quote
from tradewire.domain.numbers import plain
from tradewire.domain.order import OrderRequest
from tradewire.domain.signal import OrderType, Side, TimeInForce
from tradewire.sim.terms import Terms

_NEEDS_LIMIT = (OrderType.LIMIT, OrderType.STOP_LIMIT)
_NEEDS_STOP = (OrderType.STOP, OrderType.STOP_LIMIT)


def fault(request: OrderRequest, instrument: Instrument, quote: Quote, terms: Terms) -> str | None:
    """Return why the exchange cannot take `request`, or None. Closing orders may be smaller than the minimum value."""
    return (
        _quantity_fault(request, instrument)
        or _price_fault("limit price", request.limit_price, request.type in _NEEDS_LIMIT, instrument)
        or _price_fault("stop price", request.stop_price, request.type in _NEEDS_STOP, instrument)
        or _value_fault(request, instrument, quote)
        or _terms_fault(request, terms)
    )


def reference_price(request: OrderRequest, quote: Quote) -> Decimal:
    """Return the price an order is valued at before it is filled: its limit, its stop, or the quote it would take."""
    return request.limit_price or request.stop_price or (quote.ask if request.side is Side.BUY else quote.bid)


def _quantity_fault(request: OrderRequest, instrument: Instrument) -> str | None:
    quantity, unit = request.quantity, f"{instrument.symbol} units"
    if quantity <= 0:
        return f"quantity {plain(quantity)} is not positive"
    if quantity < instrument.min_qty and not request.reduce_only:
        return f"quantity {plain(quantity)} is below the minimum of {plain(instrument.min_qty)} {unit}"
    if instrument.max_qty is not None and quantity > instrument.max_qty:
        return f"quantity {plain(quantity)} is above the maximum of {plain(instrument.max_qty)} {unit}"
    if instrument.qty_step and quantity % instrument.qty_step:
        return f"quantity {plain(quantity)} is not a multiple of the step {plain(instrument.qty_step)}"
    return None


def _price_fault(name: str, price: Decimal | None, needed: bool, instrument: Instrument) -> str | None:
    if not needed:
        return None
    if price is None:
        return f"{name} is missing"
    if price <= 0:
        return f"{name} {plain(price)} is not positive"
    if price % instrument.tick_size:
        return f"{name} {plain(price)} is not a multiple of the tick {plain(instrument.tick_size)}"
    return None


def _value_fault(request: OrderRequest, instrument: Instrument, quote: Quote) -> str | None:
    if not instrument.min_notional or request.reduce_only or request.position_ref is not None:
        return None
    value = request.quantity * reference_price(request, quote) * instrument.multiplier
    if value >= instrument.min_notional:
        return None
    return (
        f"order value {plain(round(value, 8))} {instrument.quote} is below the minimum of "
        f"{plain(instrument.min_notional)} {instrument.quote}"
    )


def _terms_fault(request: OrderRequest, terms: Terms) -> str | None:
    if request.leverage is not None and not 0 < request.leverage <= terms.max_leverage:
        return f"leverage {plain(request.leverage)} is not between 0 and {plain(terms.max_leverage)}"
    if request.post_only and (request.type is not OrderType.LIMIT or request.tif in (TimeInForce.IOC, TimeInForce.FOK)):
        return "post-only needs a limit order that may rest"
    if request.tif in (TimeInForce.GTD, TimeInForce.DAY) and request.expire_time is None:
        return f"time in force {request.tif} needs the time at which the order ends"
    return None
