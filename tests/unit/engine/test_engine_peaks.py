"""A drawdown is measured from the highest equity, open trades included: kept in the journal, and not at every tick."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest

from scenarios.story import LIMITS, Story
from tradewire.domain.instrument import Quote
from tradewire.domain.order import Leg
from tradewire.domain.refusal import Code
from tradewire.engine import facts as f
from tradewire.engine import peaks
from tradewire.risk.profile import RiskProfile
from unit.engine.desk_harness import Desk, refused

D = Decimal


def look(desk: Desk, price: str) -> int:
    """Let the timer ring at a price of BTC; return how many rows it added."""
    before = len(desk.rows)
    desk.around.quotes["BTCUSDT"] = Quote("BTCUSDT", D(price), D(price), desk.around.now)
    desk.give(f.TimerRang(peaks.LOOK))
    return len(desk.rows) - before


@pytest.mark.parametrize("restarted", [False, True])
def test_a_drawdown_counts_from_what_open_trades_were_worth_at_their_best(restarted: bool) -> None:
    desk = Desk(drawdown="5%")
    desk.opened("buy btc 100u")
    assert look(desk, "120") == 1
    look(desk, "105")
    if restarted:
        desk.restart()
    assert refused(desk.type("buy eth 5u")) is Code.DRAWDOWN, "10500 of 12000"
    look(desk, "115")
    assert refused(desk.type("buy eth 5u")) is None, "11500 of 12000"
    desk.check()


def test_the_journal_has_a_row_only_for_a_high_that_matters() -> None:
    desk = Desk()
    desk.opened("buy btc 10u")
    assert look(desk, "99") == 0
    assert look(desk, "101") == 0, "9.9 of 10000 is less than a thousandth"
    assert look(desk, "102") == 1
    assert look(desk, "101.9") == 0
    assert look(desk, "103") == 0, "10 on 10020"
    assert look(desk, "104") == 1
    assert desk.state.peak_equity == D("10039.9")
    desk.check()


def test_profit_that_is_realised_beside_an_open_loss_is_no_high() -> None:
    desk = Desk(drawdown="5%", opposite="allow")
    desk.opened("buy btc 100u")
    desk.opened("sell btc 100u")
    desk.price("BTCUSDT", "110")
    desk.type("close btc long")
    desk.fill(desk.sent(Leg.EXIT).client_order_id, price="110")
    assert (desk.state.balance, desk.state.peak_equity) == (D("10999.7"), D(10_000))
    assert refused(desk.type("buy eth 5u")) is None, "equity never was higher than it is"
    desk.check()


def test_without_open_trades_the_balance_is_the_equity() -> None:
    desk = Desk()
    desk.opened("buy btc 100u")
    desk.type("close btc")
    desk.fill(desk.sent(Leg.EXIT).client_order_id, price="110")
    assert desk.state.peak_equity == desk.state.balance == D("10999.8")
    assert look(desk, "110") == 0
    desk.check()


async def test_a_running_hub_keeps_the_highest_equity_of_an_account_with_a_drawdown_rule(tmp_path: Path) -> None:
    accounts = {name: {"config": {"balance": "10000"}} for name in ("one", "two")}
    async with Story(tmp_path, accounts=accounts, risk={"default": LIMITS | {"drawdown": "50%"}}) as hub:
        await hub.say("buy btc 0.1u -e one,two", source="api")
        await hub.price("BTCUSDT", 61_000)
        async with asyncio.timeout(5):
            while min(post.state.peak_equity for post in hub.engine.posts.values()) < 10_090:
                await hub.engine.next_commit()


def test_an_account_without_a_drawdown_rule_is_looked_at_now_and_then() -> None:
    plain, ruled = RiskProfile(name="plain"), RiskProfile(name="ruled", drawdown=D(5))
    for place in (0, 7, 999):
        numbers = [place + looks for looks in range(100, 100 + peaks.SELDOM)]
        assert [peaks.is_due(plain, number) for number in numbers].count(True) == 1
        assert all(peaks.is_due(ruled, number) for number in numbers)
