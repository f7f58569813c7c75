"""`conditional`: commands that are said once, when conditions hold: of price, indicators, volume, time."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace
from pydantic import AwareDatetime, Field

from tradewire.domain.numbers import ZERO
from tradewire.programs.base import Band, BarWatch, Interest, Params, Program, Result, State, saying
from tradewire.programs.conditions import PRICE, TIME, Condition, ConditionText, parse_condition
from tradewire.programs.events import BarClosed, Event, Moment, Price, Refused
from tradewire.programs.lines import Command
from tradewire.programs.slots import SECOND, ns

AFTERWARDS = 60 * SECOND
"""How long it waits for a refusal of what it said."""


class ConditionalParams(Params):
    """When, and what is said then."""

    when: tuple[ConditionText, ...] = Field(
        min_length=1, max_length=10, description="conditions, such as `btc > 60000` or `btc rsi(14) 1h < 30`"
    )
    match: Literal["all", "any"] = Field(default="all", description="whether all must hold, or any")
    commands: tuple[Command, ...] = Field(
        min_length=1, max_length=5, description="what is said, once, such as `buy btc 80 -sl 2%`"
    )
    expires: AwareDatetime | None = Field(default=None, description="nothing is said from then on")


class Seen(Struct, frozen=True, array_like=True):
    """How a condition was seen last: `side` of the line (-1, 0, 1; None: not yet), and whether it holds."""

    side: int | None = None
    holds: bool = False


class ConditionalState(State, frozen=True, kw_only=True):
    """What was seen of each condition; `fired`: when it spoke (epoch ns), the first of what it said and why."""

    seen: tuple[Seen, ...]
    fired: int | None = None
    first: int = 0
    why: str = ""


class Conditional(Program[ConditionalParams, ConditionalState]):
    """Says its commands once, when all of its conditions hold, or any of them.

    A crossing happens between two looks; in a row of conditions it goes on holding until the line is crossed back.
    """

    name = "conditional"
    Params = ConditionalParams
    Memory = ConditionalState

    def start(self, params: ConditionalParams, blank: State, now: int) -> Result[ConditionalState]:
        """Look at what the time says already; prices and bars come."""
        seen = (Seen(),) * len(params.when)
        state = ConditionalState(name=blank.name, account=blank.account, said=blank.said, seen=seen)
        return self._see(params, state, TIME, "", 0, {TIME: Decimal(now)}, now)

    def bars(self, params: ConditionalParams) -> tuple[BarWatch, ...]:
        """Return the bars that its conditions look at."""
        terms: dict[tuple[str, int], set[str]] = {}
        for condition in conditions_of(params):
            if condition.timeframe_s:
                terms.setdefault((condition.symbol, condition.timeframe_s), set()).update(condition.terms)
        return tuple(BarWatch(symbol, timeframe_s, tuple(sorted(t))) for (symbol, timeframe_s), t in terms.items())

    def interest(self, params: ConditionalParams, state: ConditionalState) -> Interest:
        """Wait for prices to reach a line, for times, and for the end."""
        if state.fired is not None:
            return Interest(moment=state.fired + AFTERWARDS)
        bands: dict[str, Band] = {}
        moments = [] if params.expires is None else [ns(params.expires)]
        for condition, seen in zip(conditions_of(params), state.seen, strict=True):
            if not isinstance(condition.right, Decimal):
                continue
            if condition.left == TIME:
                beyond = condition.operator in (">", "<=")
                if seen.side is None or seen.side < beyond:
                    moments.append(int(condition.right) + beyond)
            elif condition.left == PRICE:
                bands[condition.symbol] = _joined(bands.get(condition.symbol), _band(condition.right, seen.side))
        return Interest(prices=bands, moment=min(moments, default=None))

    def step(self, params: ConditionalParams, state: ConditionalState, event: Event) -> Result[ConditionalState]:
        """Look, and speak once."""
        match event:
            case Refused(n=n, reason=reason) if state.fired is not None and n >= state.first:
                again = replace(state, fired=None, seen=(Seen(),) * len(params.when))
                return Result(again, pause=f"what it said was refused: {reason}")
            case Moment(ts=now):
                if state.fired is not None:
                    return Result(state, done=state.why) if now >= state.fired + AFTERWARDS else Result(state)
                if params.expires is not None and now >= ns(params.expires):
                    return Result(state, done="it has expired")
                return self._see(params, state, TIME, "", 0, {TIME: Decimal(now)}, now)
            case Price(symbol=symbol, bid=bid, ask=ask, ts=ts):
                return self._see(params, state, PRICE, symbol, 0, {PRICE: (bid + ask) / 2}, ts)
            case BarClosed(symbol=symbol, timeframe_s=width, values=values, ts=ts):
                return self._see(params, state, "", symbol, width, dict(values), ts + width * SECOND)
        return Result(state)

    def _see(
        self,
        params: ConditionalParams,
        state: ConditionalState,
        left: str,
        symbol: str,
        timeframe_s: int,
        figures: dict[str, Decimal],
        now: int,
    ) -> Result[ConditionalState]:
        """Take in figures: of the time, of a symbol's price, or (no `left`) of its bar."""
        if state.fired is not None or (params.expires is not None and now >= ns(params.expires)):
            return Result(state)
        looked = list(state.seen)
        for index, condition in enumerate(conditions_of(params)):
            same = (condition.symbol, condition.timeframe_s) == (symbol, timeframe_s)
            if same and (not left or condition.left == left):
                looked[index] = _looked(condition, looked[index], figures)
        after = replace(state, seen=tuple(looked))
        holding = [text for text, seen in zip(params.when, looked, strict=True) if seen.holds]
        if len(holding) < (len(params.when) if params.match == "all" else 1):
            return Result(after)
        why = f"fired: {' and '.join(holding)}"
        return saying(after, *params.commands, fired=now, first=state.said + 1, why=why)

    def told(self, params: ConditionalParams, state: ConditionalState) -> str:
        """Return which conditions hold."""
        if state.fired is not None:
            return state.why
        holding = [text for text, seen in zip(params.when, state.seen, strict=True) if seen.holds]
        return f"{len(holding)} of {len(params.when)} hold" + (f": {', '.join(holding)}" if holding else "")


def conditions_of(params: ConditionalParams) -> tuple[Condition, ...]:
    """Return the conditions as values."""
    return tuple(parse_condition(text) for text in params.when)


def _looked(condition: Condition, seen: Seen, figures: dict[str, Decimal]) -> Seen:
    left = figures.get(condition.left)
    right = figures.get(condition.right) if isinstance(condition.right, str) else condition.right
    if left is None or right is None:
        return seen
    side = (left > right) - (left < right)
    if not condition.crosses:
        return Seen(side, condition.holds(side))
    wanted = 1 if condition.operator == "crosses-above" else -1
    return Seen(side, condition.is_crossed(seen.side, side) or (seen.holds and side == wanted))


def _band(line: Decimal, side: int | None) -> Band:
    """Return where a price is on the same side of a line as before: any price is news where that is not known."""
    if side is None:
        return Band(high=ZERO)
    if not side:
        return Band(line, line)
    return Band(high=line) if side < 0 else Band(low=line)


def _joined(band: Band | None, other: Band) -> Band:
    if band is None:
        return other
    lows = [low for low in (band.low, other.low) if low is not None]
    highs = [high for high in (band.high, other.high) if high is not None]
    return Band(max(lows, default=None), min(highs, default=None))
