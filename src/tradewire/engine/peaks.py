"""The highest equity of an account, which a drawdown is measured from: looked at often, kept in the journal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import count

from tradewire.domain.numbers import Rounding, to_step
from tradewire.engine import facts as f
from tradewire.engine.post import Post
from tradewire.engine.state import AccountState
from tradewire.engine.step import Step, Surroundings
from tradewire.engine.view import equity
from tradewire.risk.profile import RiskProfile

EVERY = 0.25
"""Seconds between two looks. Prices in between are not looked at: a tick must cost nothing."""

SELDOM = 20
"""An account without a drawdown rule is looked at once in so many looks: for the rule that it may have one day."""

AT_ONCE = 200
"""Accounts that are looked at before the loop goes on with what else there is to do: less than a millisecond."""

RISE = Decimal("0.001")
"""How far, as a part of the highest so far, equity must be above it to be worth a row of the journal."""

LOOK = "equity::"
"""What the timer says (`TimerRang`)."""

MONEY_STEP = Decimal("0.0001")


def has_risen(state: AccountState, around: Surroundings) -> bool:
    """Tell whether equity makes a new high. With nothing to value it is the balance, which the state follows itself."""
    highest = state.peak_equity
    return bool(state.sums or around.other_cash) and equity(state, around) - highest > highest * RISE


def on_look(step: Step) -> None:
    """Keep a new high."""
    if has_risen(step.state, step.around):
        worth = to_step(equity(step.state, step.around), MONEY_STEP, Rounding.DOWN)
        step.say(f.EquityPeaked(equity=worth, ts=step.around.now))


def is_due(profile: RiskProfile, number: int) -> bool:
    """Tell whether an account is looked at; `number` is its place plus the number of looks before this one."""
    return profile.drawdown is not None or not number % SELDOM


async def watch(posts: Iterable[Post], post_event: Callable[[str, f.Event], None]) -> None:
    """Let the desks look whose equity is higher than it ever was, for as long as the hub runs."""
    accounts = tuple(posts)
    for looks in count():
        await asyncio.sleep(EVERY)
        for number, post in enumerate(accounts, looks):
            around = post.around
            if around.ready and is_due(around.profile, number) and has_risen(post.state, around):
                post_event(post.id, f.TimerRang(LOOK))
            if not number % AT_ONCE:
                await asyncio.sleep(0)
