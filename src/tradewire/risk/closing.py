"""The gate for orders that close: whatever is asked, they can only make a trade smaller, and never turn it round.

No limit, halt or stale price stands in the way of a way out.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tradewire.domain.instrument import Instrument
from tradewire.domain.numbers import HUNDRED, ONE, ZERO, divide_down, quantity_down
from tradewire.domain.plan import Reduction
from tradewire.domain.refusal import Code, Refusal
from tradewire.domain.signal import Side, Size, SizeUnit
from tradewire.risk.words import figure


def reduce(
    symbol: str,
    instrument: Instrument | None,
    side: Side,
    open_quantity: Decimal,
    closing_quantity: Decimal = ZERO,
    asked: Decimal | None = None,
) -> Reduction | Refusal:
    """Return the order that closes `asked` units (None: all) of a trade, or why there is nothing to close.

    `side` is the trade's, `open_quantity` what it holds, `closing_quantity` what exit orders under way already take.
    The result is at most what remains. A part is rounded down to the step; where the rest would be too small for the
    venue to close later, the whole is closed. The whole can be closed always, off the step and of an instrument that
    is not known (None) too.
    """
    left = open_quantity - closing_quantity
    if left <= ZERO:
        if open_quantity > ZERO:
            text = f"All {figure(open_quantity)} of the {symbol} trade are being closed already."
        else:
            text = f"Nothing is open in {symbol}."
        return Refusal(Code.NOTHING_TO_CLOSE, text)
    whole = Reduction(symbol=symbol, side=side.opposite, quantity=left, whole=True)
    if asked is None or asked >= left:
        return whole
    if instrument is None:
        return unknown(symbol)
    part = quantity_down(asked, instrument.qty_step)
    if part <= ZERO or part < instrument.min_qty:
        least = max(instrument.min_qty, instrument.qty_step)
        return Refusal(
            Code.BELOW_MINIMUM,
            f"{figure(asked)} {instrument.base} is too little to close: the minimum is {figure(least)}.",
        )
    if left - part < instrument.min_qty:
        return whole
    return Reduction(symbol=symbol, side=side.opposite, quantity=part, whole=False)


def unknown(symbol: str) -> Refusal:
    """Return why no part of a trade can be closed whose venue has not yet said in what steps it trades."""
    text = f"The venue has not said what the steps of {symbol} are: only the whole can be closed now."
    return Refusal(Code.NOT_READY, text)


def rungs(
    symbol: str,
    instrument: Instrument | None,
    side: Side,
    quantity: Decimal,
    fractions: Sequence[Decimal],
    closed: Decimal = ZERO,
) -> tuple[Decimal, ...]:
    """Return what each target of a ladder closes when they are reached one after the other.

    `quantity` is what the trade began with; `fractions` of it belong to the targets, `closed` to earlier ladders. What
    is too little for the venue, or was cut off by rounding, goes to the next target; the last of a whole ladder takes
    all that is left.
    """
    left, due, parts = quantity * (ONE - closed), ZERO, []
    for fraction in fractions:
        due += quantity * fraction
        answer = reduce(symbol, instrument, side, left, asked=due)
        part = answer.quantity if isinstance(answer, Reduction) else ZERO
        left, due = left - part, due - part
        parts.append(part)
    return tuple(parts)


def asked_quantity(
    percent: Decimal | None,
    size: Size | None,
    open_quantity: Decimal,
    symbol: str,
    instrument: Instrument | None,
    price: Decimal | None,
    rate: Decimal | None,
) -> Decimal | Refusal | None:
    """Return how many units a close asks for (None: all of it).

    `percent` is of what is open now. `price` and `rate` (quote to account currency) are needed for a size in money.
    """
    if percent is not None:
        return None if percent >= HUNDRED else open_quantity * percent / HUNDRED
    if size is None:
        return None
    if instrument is None:
        return unknown(symbol)
    match size.unit:
        case SizeUnit.UNITS:
            return size.value
        case SizeUnit.LOTS:
            return size.value * instrument.lot_size
        case SizeUnit.QUOTE:
            if not price:
                return Refusal(Code.NO_QUOTE, f"There is no price of {instrument.symbol} to reckon the size from.")
            if not rate:
                return Refusal(Code.NO_CONVERSION, f"No price says what a {instrument.quote} is worth on this account.")
            return divide_down(size.value, price * instrument.multiplier * rate)
        case SizeUnit.EQUITY_PERCENT | SizeUnit.RISK_PERCENT:
            return Refusal(Code.NO_SIZE, "A close is measured in percent of the trade, in units, in lots or in money.")
