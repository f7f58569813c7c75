"""From a person's levels and distances to prices, each rounded to the tick in the direction that protects the trade."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from tradewire.domain.instrument import Instrument
from tradewire.domain.numbers import HUNDRED, Rounding, to_step
from tradewire.domain.signal import Distance, Level, Side, Unit


class ExitError(ValueError):
    """Exits that cannot be; each says in plain words what is wrong."""


class NoAtr(ExitError):
    """A distance in ATR where no average true range is known."""


class NoStop(ExitError):
    """A distance in R where there is no stop to measure R from."""


class WrongSide(ExitError):
    """A level on the side of the price where it would act at once."""


class WrongSideTarget(WrongSide):
    """A target that the price has passed, or that lies on the losing side of the entry."""


class NoExits(ExitError):
    """A trade whose exits are not there to be changed."""


class BadFractions(ExitError):
    """Targets that close nothing, or more than the whole."""


class BadRule(ExitError):
    """A rule that contradicts itself."""


class StopLoosened(ExitError):
    """A stop that would give more room than it has now."""


class Scale(Struct, frozen=True, kw_only=True):
    """What distances of a trade are measured with: entry, instrument, ATR, and R (from the entry to the first stop)."""

    side: Side
    entry: Decimal
    instrument: Instrument
    atr: Decimal | None
    r: Decimal | None

    def length(self, distance: Distance, what: str) -> Decimal:
        """Return a distance as a difference of prices; percent is of the entry.

        Raises:
            NoAtr, NoStop: the unit has no measure here.
            BadRule: it is not positive.
        """
        if distance.value <= 0:
            raise BadRule(f"the {what} must be a positive distance, not {distance.value}{distance.unit.value}")
        match distance.unit:
            case Unit.PERCENT:
                return self.entry * distance.value / HUNDRED
            case Unit.PIPS:
                return self.instrument.pip_size * distance.value
            case Unit.ATR:
                if self.atr is None:
                    raise NoAtr(f"the {what} is measured in ATR, but no ATR of {self.instrument.symbol} is known yet")
                return self.atr * distance.value
            case Unit.R:
                if self.r is None:
                    raise NoStop(f"the {what} is measured in R, but there is no stop to measure R from")
                return self.r * distance.value

    def stop(self, level: Level) -> Decimal:
        """Return the price of a stop, rounded towards the market: it never costs more than was asked for."""
        price = self.entry - self.side.sign * self.length(level, "stop") if isinstance(level, Distance) else level
        return self.round(price, outward=True)

    def profit(self, level: Level, what: str) -> Decimal:
        """Return the price of a level in profit, rounded towards the entry: it is never harder to reach than asked."""
        price = self.entry + self.side.sign * self.length(level, what) if isinstance(level, Distance) else level
        return self.round(price, outward=False)

    def round(self, price: Decimal, *, outward: bool) -> Decimal:
        """Return a price on the tick, rounded in the direction of the trade (`outward`) or against it."""
        up = (self.side is Side.BUY) == outward
        return to_step(price, self.instrument.tick_size, Rounding.UP if up else Rounding.DOWN)

    def gain(self, price: Decimal) -> Decimal:
        """Return how far a price lies in profit (negative: in loss)."""
        return (price - self.entry) * self.side.sign
