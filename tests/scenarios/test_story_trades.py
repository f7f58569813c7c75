"""A signal becomes a managed trade: stories told from the message to the closed trade's row."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from scenarios.story import LIMITS, Story, codes, stages
from scenarios.story_feed import ETH

D = Decimal


async def test_buy_btc_80_with_a_trailing_stop_from_message_to_closed_trade(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        story = await hub.say("buy btc 80 -tsl 2.8")
        assert stages(story) == ["received", "read", "routed", "approved", "submitting", "accepted", "filled", "opened"]
        assert story.settled
        assert hub.live().stop == D("58320.0")
        quantity = hub.live().quantity
        assert quantity == D("0.0013"), "80 USDT at 60000, rounded down to the step"
        await hub.price("BTCUSDT", 61_000, 63_000, 62_000, 61_300)
        assert hub.live().stop == D("61236.0"), "2.8 % below the best price, and it never comes back"
        await hub.price("BTCUSDT", 61_236)
        trade = hub.trade()
        assert (trade["status"], trade["exit_reason"], trade["exit_price"]) == ("closed", "trailing", D(61_236))
        assert trade["pnl"] == quantity * 1_236
        assert trade["fees"] == 0
        assert hub.balance() == 10_000 + trade["pnl"]
        assert hub.position("BTCUSDT") == 0
        again = await hub.app.hub.story(story.message_id)
        assert again is not None
        assert stages(again)[8:] == ["moved", "moved", "exit", "submitting", "accepted", "filled", "closed"]
        (signal,) = again.signals
        assert all(step.text and step.ms >= 0 for step in signal.steps)
        assert f"closed by trailing: {trade['pnl']}" in signal.steps[-1].text


async def test_the_story_of_a_trade_tells_how_far_its_stop_had_moved(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        story = await hub.say("buy btc 80 -tsl 2.8")
        await hub.price("BTCUSDT", 60_100, *range(60_110, 60_310, 10), 63_000, 61_236)
        told = await hub.app.hub.story(story.message_id)
        assert told is not None
        moved = [step.text for step in told.signals[0].steps if step.stage == "moved"]
        assert moved == ["the stop has moved to 58417.2", "the stop has moved to 61236"], "not one line for each tick"
        (exit_told,) = [step.text for step in told.signals[0].steps if step.stage == "exit"]
        assert exit_told == "trailing at 61236: close 0.0013 BTCUSDT; the stop had moved from 58320 to 61236"


async def test_a_result_in_another_currency_is_kept_whole_and_told_to_eight_places(tmp_path: Path) -> None:
    hub = Story(tmp_path)
    hub.offered = (replace(ETH, symbol="USDJPY", base="USD", quote="JPY", qty_step=D(1000), min_qty=D(1000)),)
    hub.prices = {"USDJPY": D("151.50")}
    async with hub:
        await hub.say("buy usdjpy 2000u")
        await hub.price("USDJPY", "151.48")
        story = await hub.say("close usdjpy")
        pnl = hub.trade()["pnl"]
        assert hub.balance() == 10_000 + pnl
        assert -pnl.as_tuple().exponent > 20, "divided by 151.48"
        assert story.signals[0].steps[-1].text == "closed by signal: -0.26406126 USDT before fees of 0"


async def test_the_story_of_a_close_ends_with_the_result_and_that_of_a_cancel_with_cancelled(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        opening = await hub.say("buy btc 80 -tsl 2.8")
        await hub.price("BTCUSDT", 61_000)
        close = await hub.say("close btc")
        pnl = hub.trade()["pnl"]
        for story in (close, await hub.app.hub.story(opening.message_id)):
            assert story is not None
            last = story.signals[0].steps[-1]
            assert (last.stage, last.code, f"closed by signal: {pnl} USDT" in last.text) == ("closed", "signal", True)
        half = await hub.say("buy btc 80")
        await hub.say("close btc 50%")
        assert half.settled
        entry = await hub.say("buy eth 80 -lim 2900 -id swing")
        cancel = await hub.say("cancel -id swing")
        assert stages(cancel)[-2:] == ["cancelling", "cancelled"]
        again = await hub.app.hub.story(entry.message_id)
        assert again is not None
        assert stages(again)[-2:] == ["cancelling", "cancelled"]


@pytest.mark.parametrize("snapshots", [True, False])
async def test_a_trailing_stop_goes_on_over_a_restart_where_it_stopped(tmp_path: Path, snapshots: bool) -> None:
    async with Story(tmp_path) as hub:
        story = await hub.say("buy btc 80 -tsl 2.8")
        await hub.price("BTCUSDT", 63_000, 62_000)
        if not snapshots:  # an end without a snapshot is what a crash leaves behind
            hub.engine.failure = "pretended, so that no snapshot is written"
        await hub.restart()
        assert hub.live().stop == D("61236.0")
        await hub.price("BTCUSDT", 61_500)
        assert hub.live().status == "open"
        await hub.price("BTCUSDT", 61_200)
        trade = hub.trade()
        assert (trade["status"], trade["exit_reason"], trade["exit_price"]) == ("closed", "trailing", D(61_200))
        again = await hub.app.hub.story(story.message_id)
        assert again is not None
        assert stages(again)[-1] == "closed"


async def test_a_ladder_takes_its_parts_and_breakeven_guards_the_rest(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        await hub.say("buy btc 0.01u -sl 59000 -tp 61000@50%,62000@25%,65000@25%")
        await hub.price("BTCUSDT", 61_000)
        assert (hub.live().open_quantity, hub.live().targets_done) == (D("0.005"), 1)
        await hub.say("be btc")
        await hub.price("BTCUSDT", 62_000, 61_000)
        assert hub.live().open_quantity == D("0.0025")
        await hub.price("BTCUSDT", 60_000)
        trade = hub.trade()
        assert trade["status"] == "closed"
        assert trade["pnl"] == 5 + 5
        assert sorted(o["quantity"] for o in hub.orders() if o["leg"] == "exit") == [
            D("0.0025"),
            D("0.0025"),
            D("0.005"),
        ]


async def test_a_reversal_enters_only_when_the_exit_is_confirmed(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        await hub.say("buy btc 0.01u")
        await hub.price("BTCUSDT", 61_000)
        story = await hub.say("sell btc 0.02u")
        assert stages(story) == [
            "received",
            "read",
            "routed",
            "held",
            "exit",
            "submitting",
            "accepted",
            "filled",
            "closed",
            "approved",
            "submitting",
            "accepted",
            "filled",
            "opened",
        ]
        closed, opened = sorted(hub.app.store.queries.trades(), key=lambda t: t["status"])
        assert (closed["exit_reason"], closed["pnl"]) == ("reverse", 10)
        assert (opened["side"], opened["quantity"]) == ("sell", D("0.02"))
        assert hub.position("BTCUSDT") == D("-0.02")


async def test_the_kill_switch_halts_entries_closes_and_says_flat_only_when_the_venue_shows_it(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        await hub.say("buy btc 0.01u -sl 59000")
        await hub.say("buy eth 1u -lim 2900")
        (result,) = await hub.app.hub.flatten()
        assert result.flat
        assert (result.cancelled, result.closed, result.remaining) == (1, 1, ())
        assert codes(await hub.say("buy btc 0.01u")) == ["halted"]
        await hub.restart()
        assert codes(await hub.say("buy btc 0.01u")) == ["halted"], "a restart lifts no halt"
        await hub.say("resume", source="console")
        assert codes(await hub.say("buy btc 0.01u")) == []
        assert {o["status"] for o in hub.orders()} == {"filled", "cancelled"}


async def test_three_alerts_at_once_cannot_pass_a_limit_of_two(tmp_path: Path) -> None:
    async with Story(tmp_path, risk={"default": LIMITS | {"max_open_trades": 2}}) as hub:
        await asyncio.gather(*(hub.receive(f"buy btc {n}0", external_id=f"alert-{n}") for n in (2, 3, 4)))
        await hub.settle()
        signals = hub.app.store.queries.signals()
        refused = [s for s in signals for t in hub.app.store.queries.trace(s["id"]) if t["code"] == "max_open_trades"]
        assert len(refused) == 1
        assert len(hub.app.hub.open_trades()) == 2


async def test_the_same_alert_a_hundred_times_and_over_a_restart_is_one_order(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        named = {"external_id": "alert-7"}
        receipts = await asyncio.gather(*(hub.receive("buy btc 20", **named) for _ in range(100)))
        bodies = await asyncio.gather(*(hub.receive("buy eth 20", external_id=None) for _ in range(100)))
        for group in (receipts, bodies):
            assert len({receipt.message_id for receipt in group}) == 1
            assert sum(not receipt.duplicate for receipt in group) == 1
        await hub.settle()
        await hub.restart()
        assert (await hub.receive("buy btc 20", **named)).duplicate
        assert (await hub.receive("buy eth 20", external_id=None)).duplicate
        await hub.settle()
        assert sorted(o["symbol"] for o in hub.orders()) == ["BTCUSDT", "ETHUSDT"]


async def test_an_equal_text_after_the_window_is_a_new_message(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        first = await hub.receive("buy btc 20", external_id=None)
        hub.clock.time += 61 * 1_000_000_000
        second = await hub.receive("buy btc 20", external_id=None)
        assert not second.duplicate
        assert second.message_id != first.message_id


async def test_one_signal_fans_out_to_accounts_each_by_its_own_profile(tmp_path: Path) -> None:
    def account(risk: str) -> dict[str, Any]:
        return {"risk": risk, "config": {"balance": "10000", "taker_fee": "0"}}

    async with Story(
        tmp_path,
        accounts={"bold": account("bold"), "calm": account("calm"), "shut": account("shut")},
        risk={
            "bold": LIMITS | {"sizing": {"size": "50%"}},
            "calm": LIMITS | {"sizing": {"size": "1%"}, "exits": {"stop": "2%"}},
            "shut": LIMITS | {"symbols_denied": ["BTC*"]},
        },
        routes=[{"name": "all", "accounts": ["*"]}],
    ) as hub:
        story = await hub.say("buy btc")
        assert codes(story) == ["symbol_not_allowed"]
        (signal,) = story.signals
        assert {step.account for step in signal.steps} == {None, "bold", "calm", "shut"}
        assert (hub.trade("bold")["quantity"], hub.trade("bold")["initial_stop"]) == (D("0.0833"), None)
        assert (hub.trade("calm")["quantity"], hub.trade("calm")["initial_stop"]) == (D("0.0016"), D(58_800))
        assert hub.app.store.queries.trades(account="shut") == []


async def test_limits_over_all_accounts_hold_for_three_that_trade_the_same(tmp_path: Path) -> None:
    names = ("one", "three", "two")
    async with Story(
        tmp_path,
        accounts={name: {"config": {"balance": "10000"}} for name in names},
        risk={"default": LIMITS | {"max_per_underlying": 2}},
        routes=[{"name": "all", "accounts": ["*"]}],
    ) as hub:
        assert codes(await hub.say("buy btc 20")) == ["max_per_underlying"]
        assert len(hub.app.hub.open_trades()) == 2
        await hub.restart()
        assert codes(await hub.say("buy btc 30")) == ["max_per_underlying"] * 3


async def test_a_partial_close_and_a_cancel_by_tag(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        await hub.say("buy btc 0.01u")
        await hub.say("close btc 50%")
        assert hub.live().open_quantity == D("0.005")
        await hub.say("buy eth 1u -lim 2900 -id swing")
        await hub.say("cancel -id swing")
        assert [o["status"] for o in hub.orders(symbol="ETHUSDT")] == ["cancelled"]
        await hub.say("close btc")
        assert hub.trade()["status"] == "closed"


async def test_a_resting_entry_fills_when_the_price_comes_and_its_end_frees_its_place(tmp_path: Path) -> None:
    async with Story(tmp_path, risk={"default": LIMITS | {"max_open_trades": 1}}) as hub:
        await hub.say("buy btc 0.01u -lim 59000 -sl 58000")
        assert codes(await hub.say("buy eth 1u")) == ["max_open_trades"], "what rests is reserved"
        await hub.restart()
        assert codes(await hub.say("buy eth 1u")) == ["max_open_trades"], "and stays so over a restart"
        await hub.price("BTCUSDT", 59_000)
        assert (hub.live().entry_price, hub.live().stop) == (D(59_000), D(58_000))
        await hub.price("BTCUSDT", 58_000)
        assert codes(await hub.say("buy eth 1u")) == []


@pytest.mark.parametrize("snapshots", [True, False])
async def test_a_stop_limit_that_was_triggered_waits_for_its_limit_alone_over_a_restart(
    tmp_path: Path, snapshots: bool
) -> None:
    async with Story(tmp_path) as hub:
        story = await hub.say("buy btc 0.01u -stop 61000 -lim 61200")
        await hub.price("BTCUSDT", 61_500)
        assert [o["status"] for o in hub.orders()] == ["working"]
        if not snapshots:
            hub.engine.failure = "pretended, so that no snapshot is written"
        await hub.restart()
        await hub.price("BTCUSDT", 60_510)
        assert hub.live().entry_price == D(61_200)
        again = await hub.app.hub.story(story.message_id)
        assert again is not None
        assert stages(again)[-3:] == ["triggered", "filled", "opened"]
        assert again.signals[0].steps[-3].text == "entry order: its stop price 61000 was reached"


async def test_one_direction_counts_what_other_symbols_of_the_underlying_hold(tmp_path: Path) -> None:
    limits = LIMITS | {"one_direction": True, "opposite": "allow"}
    async with Story(tmp_path, risk={"default": limits}) as hub:
        await hub.say("buy btc 0.01u")
        assert codes(await hub.say("sell btc 0.01u")) == ["one_direction"]
        await hub.say("sell eth 1u")
        assert len(hub.app.hub.open_trades()) == 2


async def test_what_a_command_does_to_open_trades_is_told_in_its_own_story(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        await hub.say("buy btc 0.02u -sl 59000")
        assert stages(await hub.say("sl btc 59500"))[-1] == "adjusted"
        half = await hub.say("close btc 50%")
        assert stages(half)[3:] == ["exit", "submitting", "accepted", "filled"]
        assert stages(await hub.say("halt", source="console"))[-1] == "halted"


async def test_a_change_that_one_trade_cannot_take_changes_none(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        await hub.say("buy btc 0.01u -sl 59000")
        await hub.price("BTCUSDT", 61_000)
        await hub.say("buy btc 0.01u -sl 60500")
        refused = await hub.say("sl btc 60000")
        assert codes(refused) == ["stop_loosened"]
        assert [trade.stop for trade in hub.app.hub.open_trades()] == [D(59_000), D(60_500)]


async def test_an_account_whose_venue_is_broken_leaves_the_others_and_the_kill_switch_alone(tmp_path: Path) -> None:
    accounts = {"main": {"config": {"balance": "10000"}}, "broken": {"venue": "no_such_module:Venue"}}
    routes = [{"name": "all", "accounts": ["main", "broken"]}]
    async with Story(tmp_path, accounts=accounts, routes=routes) as hub:
        assert codes(await hub.say("buy btc 0.01u -e broken", source="console")) == ["unknown_account"]
        await hub.say("buy btc 0.01u")
        (result,) = await hub.app.hub.flatten()
        assert result.flat
        assert "venue plug-in" in hub.app.hub.health()["accounts"]["broken"]


async def test_a_netting_account_never_holds_both_sides(tmp_path: Path) -> None:
    accounts = {"main": {"netting": "netting", "config": {"balance": "10000"}}}
    risk = {"default": LIMITS | {"opposite": "allow"}}
    async with Story(tmp_path, accounts=accounts, risk=risk) as hub:
        await hub.say("buy btc 0.02u")
        await hub.say("sell btc 0.01u")
        assert [(t.side, t.quantity) for t in hub.app.hub.open_trades()] == [("sell", D("0.01"))]
        (result,) = await hub.app.hub.flatten()
        assert result.flat


async def test_a_paper_accounts_other_currencies_are_there_at_its_birth_and_after_a_restart(tmp_path: Path) -> None:
    account = {"config": {"balance": "10000", "other_balances": {"EUR": "20", "USDT": "1"}, "taker_fee": "0"}}
    async with Story(tmp_path, accounts={"main": account}) as hub:
        for price in (61_000, 62_000):
            cash = {b.currency: b.total for b in hub.app.exchange.snapshot("main", 0).balances}
            assert cash == {"USDT": hub.balance(), "EUR": D(20)}
            await hub.say("buy btc 0.01u")
            await hub.price("BTCUSDT", price)
            await hub.say("close btc")
            await hub.restart()
        assert hub.balance() == 10_020


async def test_cash_in_other_currencies_counts_as_equity_and_as_margin(tmp_path: Path) -> None:
    config = {"balance": "0", "other_balances": {"BTC": "0.1", "XYZ": "5"}, "taker_fee": "0"}
    limits = LIMITS | {"daily_loss": "10%"}
    async with Story(tmp_path, accounts={"main": {"config": config}}, risk={"default": limits}) as hub:
        (account,) = hub.app.hub.accounts()
        assert (account.balance, account.equity, account.free) == (0, 6_000, 6_000)
        assert stages(await hub.say("buy eth 3000 -lev 10"))[-1] == "opened"
        await hub.price("BTCUSDT", 50_000)
        (account,) = hub.app.hub.accounts()
        assert (account.balance, account.equity, account.free) == (0, 5_000, 4_700)
        await hub.price("ETHUSDT", 2_400)
        (account,) = hub.app.hub.accounts()
        assert (account.balance, account.equity) == (0, 4_400)
        assert codes(await hub.say("buy eth 100")) == ["daily_loss"], "other cash hides no open loss"
