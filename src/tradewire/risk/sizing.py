"""How much: every way of saying a size becomes a quantity on the instrument's step, and never more than was said."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from tradewire.domain.instrument import Instrument
from tradewire.domain.numbers import HUNDRED, ZERO, divide_down, quantity_down
from tradewire.domain.policy import Allocator, Sizing, Use
from tradewire.domain.refusal import Code
from tradewire.domain.signal import Size, SizeUnit
from tradewire.domain.values import VolatilitySize
from tradewire.risk.allocator import allocate
from tradewire.risk.unplannable import Unplannable
from tradewire.risk.words import figure


class Basis(Struct, frozen=True, kw_only=True):
    """What a size is reckoned from.

    `unit_value` is what one unit gains, in account currency, when the price rises by one.
    """

    instrument: Instrument
    currency: str
    price: Decimal
    stop: Decimal | None
    atr: Decimal | None
    equity: Decimal
    free_margin: Decimal
    leverage: Decimal
    unit_value: Decimal

    def for_value(self, money: Decimal) -> Decimal:
        """Return the quantity that is worth `money` of the account."""
        return divide_down(money, self.price * self.unit_value)

    def for_loss(self, money: Decimal, distance: Decimal) -> Decimal:
        """Return the quantity that loses `money` of the account when the price moves by `distance`."""
        return divide_down(money, distance * self.unit_value)


def quantity(asked: Size | None, sizing: Sizing, multiplier: Decimal, basis: Basis) -> Decimal:
    """Return the quantity of an entry in base units, on the step.

    The signal's size counts, or the owner's where the signal brings none or `use` is `always`; it is multiplied, cut
    to the owner's cap, and rounded down. What the venue itself does not take (too little, too much) is refused and
    not adjusted: nobody has asked for that size.

    Raises:
        Unplannable: no size, no stop or ATR to reckon it from, or outside what the venue takes.
    """
    owners = sizing.allocator is not None or sizing.size is not None
    if asked is not None and not (sizing.use is Use.ALWAYS and owners):
        units = _units(asked, basis)
    elif sizing.allocator is not None:
        units = _allocated(sizing.allocator, basis)
    elif sizing.size is not None:
        units = _units(sizing.size, basis)
    else:
        raise Unplannable(Code.NO_SIZE, "The signal brings no size, and the account has no default size.")
    units *= sizing.multiplier * multiplier
    if sizing.cap is not None:
        units = min(units, _units(sizing.cap, basis))
    return tradable(units, basis)


def _units(size: Size | VolatilitySize, basis: Basis) -> Decimal:
    if isinstance(size, VolatilitySize):
        if not basis.atr:
            raise Unplannable(Code.NO_ATR, f"The size is reckoned by ATR, and {basis.instrument.symbol} has none yet.")
        return basis.for_loss(_share(size.percent, basis), size.atrs * basis.atr)
    match size.unit:
        case SizeUnit.UNITS:
            return size.value
        case SizeUnit.LOTS:
            return size.value * basis.instrument.lot_size
        case SizeUnit.QUOTE:
            return basis.for_value(size.value)
        case SizeUnit.EQUITY_PERCENT:
            return basis.for_value(_share(size.value, basis))
        case SizeUnit.RISK_PERCENT:
            return basis.for_loss(_share(size.value, basis), _stop_distance(basis))


def _share(percent: Decimal, basis: Basis) -> Decimal:
    if basis.equity <= ZERO:
        raise Unplannable(
            Code.NO_SIZE, f"The size is a share of the equity, and that is {figure(basis.equity)} {basis.currency}."
        )
    return basis.equity * percent / HUNDRED


def _stop_distance(basis: Basis) -> Decimal:
    if basis.stop is None:
        raise Unplannable(Code.NO_STOP, "The size is a risk, and without a stop there is nothing to reckon it from.")
    distance = abs(basis.price - basis.stop)
    if not distance:
        raise Unplannable(Code.WRONG_SIDE_STOP, f"The stop {figure(basis.stop)} is the entry price itself.")
    return distance


def _allocated(rule: Allocator, basis: Basis) -> Decimal:
    margin = allocate(basis.equity, basis.free_margin, reserved=rule.reserved, slots=rule.slots, cap=rule.cap)
    if not margin:
        raise Unplannable(
            Code.INSUFFICIENT_MARGIN,
            f"{figure(basis.free_margin)} {basis.currency} is free and {figure(basis.equity * rule.reserved)} of it is "
            "kept in reserve: the allocator has nothing left for another trade.",
        )
    return basis.for_value(margin * basis.leverage)


def tradable(units: Decimal, basis: Basis) -> Decimal:
    """Return a quantity on the step.

    Raises:
        Unplannable: it is outside what the venue takes.
    """
    instrument = basis.instrument
    rounded = quantity_down(units, instrument.qty_step)
    base = instrument.base
    if rounded < instrument.min_qty or rounded <= ZERO:
        least = max(instrument.min_qty, instrument.qty_step)
        worth = figure(least * basis.price * basis.unit_value)
        raise Unplannable(
            Code.BELOW_MINIMUM,
            f"The size comes to {figure(units)} {base}; the minimum is {figure(least)} {base} "
            f"(about {worth} {basis.currency}).",
        )
    notional = rounded * basis.price * instrument.multiplier
    if notional < instrument.min_notional:
        raise Unplannable(
            Code.BELOW_MINIMUM,
            f"The order is worth {figure(notional)} {instrument.quote}; the minimum is "
            f"{figure(instrument.min_notional)} {instrument.quote}.",
        )
    if instrument.max_qty is not None and rounded > instrument.max_qty:
        raise Unplannable(
            Code.ABOVE_MAXIMUM,
            f"The size comes to {figure(rounded)} {base}; the maximum is {figure(instrument.max_qty)} {base} an order.",
        )
    return rounded
