"""Everything of a combination but the strategy's parameters: exits, size, costs, fills, sides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tradewire.backtest.choices import Sides
from tradewire.backtest.costs import Costs
from tradewire.backtest.performing import costs_of, measures_atr, plan_of, policy_of
from tradewire.backtest.plan import BadPlan, numbers
from tradewire.backtest.policy import FillPolicy
from tradewire.backtest.request import OF_THE_MARKET, BadRequest, Request
from tradewire.domain.signal import ExitSpec, Size

ONCE = OF_THE_MARKET
"""Words that are said once, for all combinations."""
FIXED = frozenset({"strategy", "params", "data", "symbol", "start", "end", "cash", "lane", "latency", *ONCE})
VARIED = tuple(name for name in Request.model_fields if name not in FIXED)
"""The words of a request that a sweep can vary."""


class Way(NamedTuple):
    """How a combination is traded, checked."""

    side: Sides
    exits: ExitSpec
    size: Size
    policy: FillPolicy
    costs: Costs
    leverage: float
    pip: float | None
    measures_atr: bool


def way_of(request: Request, varied: Mapping[str, Any]) -> Way:
    """Return the way of a request in which some words are others.

    Raises:
        BadRequest: it cannot be.
    """
    asked = Request.read({**request.model_dump(), **varied}) if varied else request
    if said := asked.of_several:
        raise BadRequest(said, "a sweep looks at one symbol; a backtest trades several with one purse")
    exits, size = plan_of(asked)
    try:
        numbers(exits, size, asked.pip)
    except BadPlan as error:
        told = ", ".join(f"{name}={value}" for name, value in varied.items())
        raise BadRequest("", f"{told}: {error}" if told else str(error)) from None
    return Way(
        asked.side, exits, size, policy_of(asked), costs_of(asked), asked.leverage, asked.pip, measures_atr(asked)
    )
