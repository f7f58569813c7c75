"""The exits of a backtest as plain numbers, from which the loop makes each trade's rules at its entry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tradewire.domain.bars import Floats, Integers
from tradewire.domain.numbers import HUNDRED, ONE, ZERO
from tradewire.domain.signal import Distance, ExitSpec, Level, Size, SizeUnit, Unit
from tradewire.exits.kernel import MAX_TARGETS, NEVER

STOP_AT: Final = 0
TRAIL: Final = 1
ACTIVATION: Final = 2
STEP: Final = 3
EVEN_AT: Final = 4
OFFSET: Final = 5
FIRST_TARGET: Final = 6

UNITS: Final = 0
VALUE: Final = 1
EQUITY: Final = 2
RISK: Final = 3
"""What a size is: a quantity, money, a fraction of the equity, a fraction of the equity that the stop loses."""

ABSENT: Final = -1.0
PERCENT: Final = 0.0
PRICE: Final = 1.0
ATR: Final = 2.0
R: Final = 3.0

_SIZINGS: Final = {
    SizeUnit.UNITS: (UNITS, 1.0),
    SizeUnit.QUOTE: (VALUE, 1.0),
    SizeUnit.EQUITY_PERCENT: (EQUITY, 0.01),
    SizeUnit.RISK_PERCENT: (RISK, 0.01),
}
_SECOND: Final = 1_000_000_000
_KINDS: Final = {Unit.PERCENT: PERCENT, Unit.PIPS: PRICE, Unit.ATR: ATR, Unit.R: R}


class BadPlan(ValueError):
    """Exits or sizes that a backtest cannot use; the message says why."""


class Numbers(NamedTuple):
    """Exits and size as numbers: a row of `lengths` is a distance, `(kind, value)`, percent as a fraction of the entry.

    Rows: `STOP_AT`, `TRAIL`, …, then the targets; the kind `ABSENT` says that there is none. `fractions` belong to the
    targets; `last` of them close the whole (`NEVER`: they leave a rest). `limit` is the longest life in ns; with
    `session` a trade ends with its session.
    """

    lengths: Floats
    fractions: Floats
    last: int
    even_rung: int
    limit: int
    sizing: int
    size: float
    session: bool


def numbers(spec: ExitSpec, size: Size, pip: float | None = None) -> Numbers:
    """Return the numbers of exits that are given as distances, and of a size that needs no venue to be known.

    Raises:
        BadPlan: an absolute price (it would fit one entry only), pips without `pip`, a distance that is not positive,
            R without a stop, targets that close nothing or more than the whole, a breakeven that never comes or closes
            at once; a size that is not positive or in lots.
    """
    if size.unit not in _SIZINGS:
        raise BadPlan(f"a backtest cannot size in {size.unit.value}; it can in {', '.join(_SIZINGS)}")
    if size.value <= 0:
        raise BadPlan(f"the size must be positive, not {size.value}")
    sizing, scale = _SIZINGS[size.unit]
    if len(spec.targets) > MAX_TARGETS:
        raise BadPlan(f"there are {len(spec.targets)} targets, but a trade can have {MAX_TARGETS} at most")
    trail, even = spec.trailing, spec.breakeven
    levels: list[tuple[str, Level | None]] = [
        ("stop", spec.stop),
        ("trailing distance", trail.distance if trail else None),
        ("trailing activation", trail.activation if trail else None),
        ("trailing step", trail.step if trail else None),
        ("breakeven", even.at if even else None),
        ("breakeven offset", even.offset if even else None),
        *(("target", target.level) for target in spec.targets),
    ]
    lengths = np.array([_length(what, level, pip) for what, level in levels])
    for row in (STOP_AT, TRAIL):
        if lengths[row, 0] == PERCENT and lengths[row, 1] >= 1.0:
            raise BadPlan(f"a {levels[row][0]} of 100 % or more would never act")
    if lengths[STOP_AT, 0] == R:
        raise BadPlan("the stop cannot be measured in R: R is the distance from the entry to the stop")
    if even and even.at is None and even.after_target is None:
        raise BadPlan("breakeven needs a level or the number of a target to act at")
    if even and even.after_target is not None and not 1 <= even.after_target <= len(spec.targets):
        raise BadPlan(f"breakeven after target {even.after_target}: there are {len(spec.targets)} targets")
    if spec.time_limit_s is not None and spec.time_limit_s <= 0:
        raise BadPlan(f"the time limit must be positive, not {spec.time_limit_s} s")
    fractions, whole = _fractions(spec)
    return Numbers(
        lengths,
        fractions,
        len(fractions) if whole else NEVER,
        NEVER if even is None or even.after_target is None else even.after_target,
        NEVER if spec.time_limit_s is None else spec.time_limit_s * _SECOND,
        sizing,
        float(size.value) * scale,
        spec.session_end,
    )


def _length(what: str, level: Level | None, pip: float | None) -> tuple[float, float]:
    if level is None:
        return ABSENT, 0.0
    if not isinstance(level, Distance):
        raise BadPlan(f"the {what} is the price {level}; a backtest needs a distance from the entry, such as 2%")
    if level.value <= 0:
        raise BadPlan(f"the {what} must be a positive distance, not {level.value}{level.unit.value}")
    value = float(level.value / HUNDRED if level.unit is Unit.PERCENT else level.value)
    if level.unit is Unit.PIPS:
        if pip is None:
            raise BadPlan(f"the {what} is measured in pips, and it is not said how large a pip is")
        value *= pip
    return _KINDS[level.unit], value


def _fractions(spec: ExitSpec) -> tuple[Floats, bool]:
    named = [target.fraction for target in spec.targets if target.fraction is not None]
    if any(not ZERO < fraction <= ONE for fraction in named):
        raise BadPlan("a target closes more than nothing and at most the whole")
    sharers, rest = len(spec.targets) - len(named), ONE - sum(named, ZERO)
    if rest < 0 or (sharers and rest == 0):
        raise BadPlan("the targets together close more than the whole")
    shared = float(rest) / max(sharers, 1)
    fractions = [shared if target.fraction is None else float(target.fraction) for target in spec.targets]
    return np.array(fractions, np.float64), bool(spec.targets) and (sharers > 0 or rest == 0)


class Plans(NamedTuple):
    """`Numbers` of many plans, one element (of `fractions`: a row, of `lengths`: a table) a plan.

    `counts` says how many targets a plan has; what is behind them in `lengths` and `fractions` is not looked at.
    """

    lengths: Floats
    fractions: Floats
    counts: Integers
    last: Integers
    even_rung: Integers
    limit: Integers
    sizing: Integers
    size: Floats
    session: NDArray[np.bool_]


def stacked(plans: Sequence[Numbers]) -> Plans:
    """Return plans in columns."""
    lengths = np.zeros((len(plans), FIRST_TARGET + MAX_TARGETS, 2))
    fractions = np.zeros((len(plans), MAX_TARGETS))
    for at, plan in enumerate(plans):
        lengths[at, : len(plan.lengths)] = plan.lengths
        fractions[at, : len(plan.fractions)] = plan.fractions
    whole = [(len(plan.fractions), plan.last, plan.even_rung, plan.limit, plan.sizing) for plan in plans]
    counts, last, even_rung, limit, sizing = np.array(whole, np.int64).reshape(-1, 5).T.copy()
    size = np.array([plan.size for plan in plans], np.float64)
    session = np.array([plan.session for plan in plans], np.bool_)
    return Plans(lengths, fractions, counts, last, even_rung, limit, sizing, size, session)
