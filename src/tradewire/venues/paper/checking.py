"""Says which terms of a paper account would surprise its owner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from tradewire.domain.numbers import plain
from tradewire.ports import Clock, Finding, Topic
from tradewire.sim.terms import SlippageModel
from tradewire.venues.paper.config import Config

_ABSURD_PERCENT: Final = Decimal(10)


async def check(config: Config, clock: Clock) -> Sequence[Finding]:
    """Look for terms on which nobody could learn to trade; there is nothing to connect to."""
    faults = [Finding(False, Topic.SETTINGS, detail, remedy) for detail, remedy in _faults(config)]
    terms = f"leverage {plain(config.leverage)}, fees {plain(config.maker_fee)} % and {plain(config.taker_fee)} %"
    return faults or [Finding(True, Topic.SETTINGS, f"starts with {plain(config.balance)}; {terms}")]


def _faults(config: Config) -> Iterator[tuple[str, str]]:
    for currency, amount in config.other_balances.items():
        if amount < 0:
            yield f"other_balances has {plain(amount)} {currency}", "start with zero or more of each currency"
    if config.balance <= 0 and not any(amount > 0 for amount in config.other_balances.values()):
        yield "the account starts without money: every entry is refused", "set a balance"
    if config.leverage > config.max_leverage:
        yield (
            f"orders that name no leverage get {plain(config.leverage)}, more than any may name "
            f"(max_leverage {plain(config.max_leverage)})",
            "lower leverage or raise max_leverage",
        )
    if config.maker_fee + config.taker_fee < 0:
        yield (
            f"a maker gets {plain(-config.maker_fee)} %, a taker pays {plain(config.taker_fee)} %: it earns by itself",
            "make the rebate smaller than the taker's fee",
        )
    yield from _slippage(config.slippage, config.slippage_value)


def _slippage(model: SlippageModel, value: Decimal) -> Iterator[tuple[str, str]]:
    if model is SlippageModel.NONE and value:
        yield f"slippage_value {plain(value)} has no effect", "choose a slippage: ticks, percent or spread"
    if model is not SlippageModel.NONE and not value:
        yield f"slippage {model} has no effect", "set a slippage_value"
    if model is SlippageModel.PERCENT and value >= _ABSURD_PERCENT:
        yield f"a market order slips by {plain(value)} %", "write percent: 0.05 is five hundredths of one percent"
