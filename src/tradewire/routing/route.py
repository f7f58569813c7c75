"""What an owner writes about a route: which signals it takes, where it leads, and what it changes on the way."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tradewire.domain.policy import Overrides, Policy, WindowText
from tradewire.domain.signal import Side

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


class Route(Overrides):
    """One route. `hours` and `direction` hold back entries only: a way out is never closed."""

    name: str = Field(min_length=1)
    enabled: bool = True
    match: Match = Match()
    accounts: tuple[str, ...] = Field(
        default=("*",), min_length=1, description="account ids, venues, or patterns of account ids"
    )
    hours: tuple[WindowText, ...] = ()
    direction: Literal["both", "long", "short"] = "both"

    def lets(self, side: Side) -> bool:
        """Tell whether entries on this side may take the route."""
        return self.direction == "both" or (self.direction == "long") == (side is Side.BUY)
