"""What an owner writes about a route: which signals it takes, where it leads, and what it changes on the way."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tradewire.domain.moments import SECOND, moment_name
from tradewire.domain.policy import Overrides, Policy, TimeframeText, WindowText
from tradewire.domain.regime import Judged, Regime
from tradewire.domain.signal import Side
from tradewire.domain.timeframes import timeframe_name

FRESH = 3
"""Bars after which a judgement without a newer bar no longer counts."""

Kind = Literal["open", "close", "adjust", "cancel", "move", "adopt", "control"]


class Match(Policy):
    """The signals that a route takes. Each field is a list of patterns (`*` and `?`, any case); an empty one takes all.

    A signal without a symbol ("close all") passes no list of symbols: it could reach more than the list allows.
    `control` (flatten, halt, resume) and `adopt` are taken only where they are listed.
    """

    sources: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ("open", "close", "adjust", "cancel", "move")
    symbols: tuple[str, ...] = ()
    tags: tuple[str, ...] = Field(default=(), description="tags of entries (`-id TAG`)")


class RegimeFilter(Policy):
    """The kinds of market in which a route takes entries."""

    timeframe: TimeframeText = Field(description="of the bars by which the market is judged")
    allow: tuple[Regime, ...] = Field(default=(Regime.BULL, Regime.BEAR), min_length=1)
    with_trend: bool = Field(default=False, description="no long entry in a bear market, no short one in a bull market")
    unknown: Literal["refuse", "allow"] = Field(default="refuse", description="where the market is not judged yet")

    def objection(self, symbol: str, side: Side, judged: Judged | None, now: int) -> str | None:
        """Return why an entry may not be made now (epoch ns), the figures included; None where it may."""
        market = f"{symbol} {timeframe_name(self.timeframe)}"
        if judged is None:
            reason = f"{market} is not judged: it is not among what is followed, or has too few bars yet"
            return None if self.unknown == "allow" else reason
        if now > judged.closed + FRESH * self.timeframe * SECOND:
            reason = f"{market} is not known any more: its last bar closed at {moment_name(judged.closed)}"
            return None if self.unknown == "allow" else reason
        against = {Side.BUY: Regime.BEAR, Side.SELL: Regime.BULL}[side]
        if judged.regime not in self.allow:
            return f"{market} is {judged.regime} ({judged.figures.told}), it takes {' and '.join(self.allow)}"
        if self.with_trend and judged.regime is against:
            return f"{market} is {judged.regime} ({judged.figures.told}), and it takes entries with the trend only"
        return None


class Route(Overrides):
    """One route. `hours`, `direction` and `regime` hold back entries only: a way out is never closed."""

    name: str = Field(min_length=1)
    enabled: bool = True
    match: Match = Match()
    accounts: tuple[str, ...] = Field(
        default=("*",), min_length=1, description="account ids, venues, or patterns of account ids"
    )
    hours: tuple[WindowText, ...] = ()
    direction: Literal["both", "long", "short"] = "both"
    regime: RegimeFilter | None = Field(default=None, description="entries only in such a market")

    def lets(self, side: Side) -> bool:
        """Tell whether entries on this side may take the route."""
        return self.direction == "both" or (self.direction == "long") == (side is Side.BUY)
