"""At what price and size an order trades against a quote. Pure rules; who owns the order does not matter.

Assumptions, in a trader's words: a resting limit order is filled at its own price, never better, even when the market
jumps through it; a stop becomes a market order and takes what the market then offers, however far it has jumped; a stop
whose price is already reached on arrival is triggered at once. Accounts do not compete for the
size that a quote offers.
"""

from __future__ import annotations

from decimal import Decimal

from tradewire.domain.instrument import Instrument, Quote
from tradewire.domain.numbers import quantity_down
from tradewire.domain.order import OrderRequest
from tradewire.domain.signal import OrderType, Side
from tradewire.sim.book import Trigger
from tradewire.sim.terms import Slippage
from tradewire.sim.working import WorkingOrder

_LIMITS = (OrderType.LIMIT, OrderType.STOP_LIMIT)
_ANY_ASK = Decimal("Infinity")
_ANY_BID = Decimal("-Infinity")


def reached(request: OrderRequest, quote: Quote) -> bool:
    """Tell whether a stop's price is reached: a buy stop by the ask, a sell stop by the bid."""
    stop = request.stop_price
    if stop is None:
        return True
    return quote.ask >= stop if request.side is Side.BUY else quote.bid <= stop


def crosses(request: OrderRequest, quote: Quote) -> bool:
    """Tell whether a limit order could be filled at this quote."""
    limit = request.limit_price
    if limit is None:
        return True
    return quote.ask <= limit if request.side is Side.BUY else quote.bid >= limit


def makes(order: WorkingOrder) -> bool:
    """Tell whether the order provides liquidity: a limit that waited in the book."""
    return order.resting and order.request.type in _LIMITS


def price_at(order: WorkingOrder, quote: Quote, slippage: Slippage, tick: Decimal) -> Decimal | None:
    """Return the price at which a triggered order trades at `quote`, or None."""
    request, limit = order.request, order.request.limit_price
    if request.type not in _LIMITS or limit is None:
        return slippage.price(request.side, quote, tick)
    if not crosses(request, quote):
        return None
    if makes(order):
        return limit
    taken = slippage.price(request.side, quote, tick)
    return min(taken, limit) if request.side is Side.BUY else max(taken, limit)


def size_at(open_quantity: Decimal, price: Decimal, instrument: Instrument, depth: Decimal | None) -> Decimal:
    """Return how much of an order one quote fills when it offers `depth` (a value in the quote currency)."""
    if depth is None:
        return open_quantity
    offered = quantity_down(depth / (price * instrument.multiplier), instrument.qty_step)
    return min(open_quantity, max(offered, instrument.qty_step))


def waits_for(order: WorkingOrder) -> tuple[Trigger, Decimal]:
    """Return the price movement an order waits for. What is left of a market order waits for the next quote."""
    request = order.request
    buys = request.side is Side.BUY
    if not order.triggered and request.stop_price is not None:
        return (Trigger.ASK_RISES if buys else Trigger.BID_FALLS), request.stop_price
    if request.type in _LIMITS and request.limit_price is not None:
        return (Trigger.ASK_FALLS if buys else Trigger.BID_RISES), request.limit_price
    return (Trigger.ASK_FALLS, _ANY_ASK) if buys else (Trigger.BID_RISES, _ANY_BID)
