"""Exits of an entry: the owner's defaults joined to the signal's, and their prices at the moment of planning."""

from __future__ import annotations

from decimal import Decimal

from tradewire.domain.instrument import Instrument
from tradewire.domain.numbers import HUNDRED, ZERO, Rounding, to_step
from tradewire.domain.policy import ExitDefaults, Use
from tradewire.domain.refusal import Code
from tradewire.domain.signal import Distance, ExitSpec, Level, Side, Unit
from tradewire.risk.unplannable import Unplannable
from tradewire.risk.words import figure


def joined(signal: ExitSpec, default: ExitSpec, use: Use) -> ExitSpec:
    """Return the signal's exits with the defaults in the parts that it leaves out (`always`: in all they name).

    A trailing stop that starts at once is a stop: a signal that brings one is given no other.
    """
    first, second = (default, signal) if use is Use.ALWAYS else (signal, default)
    protected = first.stop is not None or (first.trailing is not None and first.trailing.activation is None)
    return ExitSpec(
        stop=first.stop if protected else second.stop,
        targets=first.targets or second.targets,
        trailing=first.trailing if first.trailing is not None else second.trailing,
        breakeven=first.breakeven if first.breakeven is not None else second.breakeven,
        time_limit_s=first.time_limit_s if first.time_limit_s is not None else second.time_limit_s,
        session_end=first.session_end or second.session_end,
    )


def with_defaults(signal: ExitSpec, defaults: ExitDefaults, computed: ExitSpec | None = None) -> ExitSpec:
    """Return the exits that hold. `computed` is what the owner's plug-in gave; it goes before the written defaults."""
    if defaults.is_empty:
        return signal
    default = defaults.spec if computed is None else joined(computed, defaults.spec, Use.MISSING)
    return joined(signal, default, defaults.use)


class Prices:
    """Turns levels into prices on the tick, for one entry.

    A stop is rounded towards the entry, so that no more is lost than was said; so is a target, so that it is reached.
    """

    __slots__ = ("atr", "entry", "instrument", "sign", "stop")

    def __init__(self, side: Side, entry: Decimal, instrument: Instrument, atr: Decimal | None) -> None:
        self.sign = side.sign
        self.entry = entry
        self.instrument = instrument
        self.atr = atr
        self.stop: Decimal | None = None

    def resolve(self, exits: ExitSpec) -> tuple[Decimal | None, tuple[Decimal, ...]]:
        """Return the stop in force at the entry (the tighter of stop and trailing stop) and the targets.

        Raises:
            Unplannable: a level needs an ATR or a stop that is not there, or lies below zero.
        """
        if exits.stop is not None:
            self.stop = self._price("stop", exits.stop, -self.sign)
        trailing = exits.trailing
        if trailing is not None and trailing.activation is None:
            trail = self._price("trailing stop", trailing.distance, -self.sign)
            if self.stop is None or (trail - self.stop) * self.sign > 0:
                self.stop = trail
        return self.stop, tuple(self._price("target", target.level, self.sign) for target in exits.targets)

    def _price(self, name: str, level: Level, direction: int) -> Decimal:
        raw = level if isinstance(level, Decimal) else self.entry + direction * self._distance(name, level)
        price = to_step(raw, self.instrument.tick_size, Rounding.DOWN if direction > 0 else Rounding.UP)
        if price <= ZERO:
            raise Unplannable(Code.PRICE_TOO_FAR, f"The {name} would lie at {figure(price)}, which is not a price.")
        return price

    def _distance(self, name: str, distance: Distance) -> Decimal:
        match distance.unit:
            case Unit.PERCENT:
                return self.entry * distance.value / HUNDRED
            case Unit.PIPS:
                return distance.value * self.instrument.pip_size
            case Unit.ATR:
                if self.atr is None:
                    symbol = self.instrument.symbol
                    raise Unplannable(Code.NO_ATR, f"The {name} is given in ATR, and there is no ATR of {symbol} yet.")
                return distance.value * self.atr
            case Unit.R:
                if self.stop is None:
                    raise Unplannable(Code.NO_STOP, f"The {name} is given in R, and there is no stop to measure R by.")
                return distance.value * abs(self.entry - self.stop)
