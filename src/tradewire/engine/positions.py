"""Net positions from fills, by average cost."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from tradewire.domain.account import Position
from tradewire.domain.numbers import ZERO, average


def traded(held: Position | None, symbol: str, signed: Decimal, price: Decimal, *, worth: Decimal) -> Position:
    """Return the net position of a symbol after `signed` units were traded at `price`.

    `worth` is what one unit gains in the account's currency when the price rises by one. What turns the position
    realises what it closes and opens the rest at its own price.
    """
    if held is None:
        held = Position(symbol=symbol, quantity=ZERO, average_price=ZERO)
    quantity = held.quantity + signed
    if not held.quantity or (held.quantity > 0) == (signed > 0):
        mean = average(held.average_price * held.quantity + price * signed, quantity)
        return replace(held, quantity=quantity, average_price=mean)
    closed = min(abs(signed), abs(held.quantity)) * (1 if held.quantity > 0 else -1)
    realised = held.realised + (price - held.average_price) * closed * worth
    turned = abs(signed) > abs(held.quantity)
    mean = price if turned else held.average_price if quantity else ZERO
    return replace(held, quantity=quantity, average_price=mean, realised=realised)


def grown(held: Position | None, symbol: str, signed: Decimal, price: Decimal) -> Position:
    """Return the net position after `signed` units came or went at `price` without a fill; nothing is realised."""
    if held is None:
        return Position(symbol=symbol, quantity=signed, average_price=price)
    quantity = held.quantity + signed
    mean = average(held.average_price * held.quantity + price * signed, quantity) if quantity else ZERO
    return replace(held, quantity=quantity, average_price=mean)
