"""What a person sees before, while and after something happens: previews, refusals in words, live state, the stream."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

from scenarios.story import LIMITS, SECOND, Story, codes
from tradewire.domain.refusal import Code

D = Decimal

REFUSED: list[tuple[str, str, dict[str, Any]]] = [
    ("unknown_symbol", "buy xyz 20", {}),
    ("symbol_not_allowed", "buy btc 20", {"symbols": ["ETH*"]}),
    ("one_direction", "buy btc 20", {"direction": "short"}),
    ("outside_hours", "buy btc 20", {"hours": ["sat 08:00-09:00"]}),
    ("news_blackout", "buy btc 20", {"news": [{"at": "2026-01-05T08:05:00Z"}]}),
    ("wrong_side_stop", "buy btc 20 -sl 61000", {}),
    ("wrong_side_target", "buy btc 20 -tp 59000", {}),
    ("wrong_side_entry", "buy btc 20 -stop 59000", {}),
    ("price_too_far", "buy btc 20 -lim 40000", {}),
    ("decimal_slip", "buy btc 20 -sl 5990", {}),
    ("no_stop", "buy btc 20", {"require_stop": True}),
    ("no_stop", "buy btc risk 1%", {}),
    ("no_size", "buy btc", {"sizing": {}}),
    ("no_atr", "buy btc 20 -sl 2atr", {}),
    ("below_minimum", "buy btc 1", {}),
    ("max_open_trades", "buy btc 20", {"max_open_trades": 0}),
    ("max_per_symbol", "buy btc 20", {"max_per_symbol": 0}),
    ("max_per_underlying", "buy btc 20", {"max_per_underlying": 0}),
    ("max_exposure", "buy btc 200", {"max_exposure": "100"}),
    ("max_exposure", "buy btc 200", {"max_underlying_exposure": "100"}),
    ("max_leverage", "buy btc 20000", {"max_leverage": 1}),
    ("max_order_value", "buy btc 200", {"max_order_value": "1%"}),
    ("max_risk", "buy btc 200 -sl 10%", {"max_risk": "1"}),
    ("order_rate", "buy btc 20", {"orders_per_minute": 0}),
    ("trades_per_day", "buy btc 20", {"trades_per_day": 0}),
    ("insufficient_margin", "buy btc 9000000", {}),
    ("nothing_to_close", "close btc", {}),
    ("nothing_to_cancel", "cancel btc", {}),
    ("nothing_to_move", "move btc 2", {}),
    ("nothing_to_adjust", "sl btc 59000", {}),
]


async def test_what_is_not_done_says_why_in_the_preview_and_in_the_trace(tmp_path: Path) -> None:
    """One hub has an account for each refusal, with the one limit in its profile that the text meets."""
    names = [f"case-{n}" for n in range(len(REFUSED))]
    async with Story(
        tmp_path,
        accounts={name: {"risk": name} for name in names},
        risk={name: LIMITS | limits for name, (_, _, limits) in zip(names, REFUSED, strict=True)},
    ) as hub:
        for name, (code, text, _) in zip(names, REFUSED, strict=True):
            (previewed,) = (await hub.app.hub.preview(text, name)).accounts
            story = await hub.say(text, account=name)
            assert codes(story) == [code], text
            (refusal,) = [step for signal in story.signals for step in signal.steps if step.stage == "refused"]
            assert len(refusal.text.split()) > 3, "a sentence, not a word"
            assert previewed.refusal is not None
            assert (previewed.refusal.code, previewed.refusal.sentence) == (Code(code), refusal.text)
        assert hub.orders() == []


async def test_losses_pause_and_end_the_day(tmp_path: Path) -> None:
    limits = {"cool_down_losses": 1, "cool_down": "1h", "daily_loss": "30", "drawdown": "10%"}
    async with Story(tmp_path, risk={"default": LIMITS | limits}) as hub:
        await hub.say("buy btc 0.01u -sl 59000")
        await hub.price("BTCUSDT", 59_000, 60_000)
        assert hub.balance() == 9_990
        assert codes(await hub.say("buy btc 0.01u")) == ["cool_down"]
        hub.clock.time += 3601 * SECOND
        await hub.price("BTCUSDT", 60_000)
        await hub.say("buy btc 0.03u -sl 59000")
        await hub.price("BTCUSDT", 59_000)
        hub.clock.time += 3601 * SECOND
        await hub.price("BTCUSDT", 60_000)
        assert codes(await hub.say("buy btc 0.01u")) == ["daily_loss"]
        hub.clock.time += 24 * 3600 * SECOND
        await hub.price("BTCUSDT", 60_000)
        assert codes(await hub.say("buy btc 0.01u")) == [], "another day"


async def test_a_stale_signal_a_clock_ahead_and_an_old_price_are_refused(tmp_path: Path) -> None:
    limits = {"max_signal_age": "60s", "max_clock_skew": "10s", "max_quote_age": "30s"}
    async with Story(tmp_path, risk={"default": limits}) as hub:
        now = hub.clock.now()
        assert codes(await hub.say("buy btc 20", ts_event=now - 61 * SECOND)) == ["stale_signal"]
        assert codes(await hub.say("buy btc 20", ts_event=now + 11 * SECOND)) == ["clock_skew"]
        hub.clock.time += 31 * SECOND
        assert codes(await hub.say("buy btc 20")) == ["stale_quote"]


async def test_what_cannot_be_read_is_answered_with_its_place(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        story = await hub.say("buy btc 80 -tsl 2.8 -wrong 3")
        assert (story.status, story.signals) == ("unclear", ())
        assert "character" in (story.reason or "")
        preview = await hub.app.hub.preview("buy btc 80 -tsk 2.8")
        assert preview.refusal is not None
        assert preview.refusal.code is Code.UNCLEAR
        assert (preview.position, preview.suggestion) == (11, "-tsl")
        nothing = await hub.app.hub.preview("good morning")
        assert nothing.refusal is not None
        assert nothing.refusal.code is Code.NOT_A_SIGNAL
        assert (await hub.say("good morning")).status == "none"
        assert (await hub.say("buy btc 20", revision=1)).status == "none", "an edit trades nothing"
        assert await hub.app.hub.story("m-unknown") is None


async def test_a_preview_shows_the_exact_orders_and_changes_nothing(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        before = hub.app.store.pos
        (would,) = (await hub.app.hub.preview("buy btc 80 -sl 59000 -tp 61000@50%,62000")).accounts
        assert [order["leg"] for order in would.orders] == ["entry", "stop", "target", "target"]
        assert (would.orders[0]["quantity"], would.orders[1]["price"]) == ("0.0013", "59000")
        assert [order["quantity"] for order in would.orders[2:]] == ["0.0006", "0.0007"], "in steps of 0.0001"
        assert hub.app.store.pos == before
        await hub.say("buy btc 80 -sl 59000 -tp 61000@50%,62000")
        trade = hub.live()
        assert str(trade.quantity) == would.orders[0]["quantity"]
        assert [str(target) for target in trade.targets] == [o["price"] for o in would.orders if o["leg"] == "target"]
        (closing,) = (await hub.app.hub.preview("close btc")).accounts
        assert closing.orders
        assert hub.live().status == "open"


async def test_a_preview_says_what_each_target_closes_and_leaves_out_what_is_done(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        text = "buy btc 0.0003u -sl 59000 -tp 61000@30%,62000@30%,63000@40%"
        (would,) = (await hub.app.hub.preview(text)).accounts
        targets = [order for order in would.orders if order["leg"] == "target"]
        assert [order["quantity"] for order in targets] == ["0", "0.0001", "0.0002"]
        assert "too little" in targets[0]["text"]
        await hub.say(text)
        await hub.price("BTCUSDT", 61_000)
        await hub.price("BTCUSDT", 62_000)
        assert hub.live().open_quantity == D("0.0002")
        (stop,) = (await hub.app.hub.preview("sl btc 60000")).accounts
        assert [(order["leg"], order["price"]) for order in stop.orders] == [("stop", "60000"), ("target", "63000")]
        assert stop.orders[1]["quantity"] == "0.0002"


async def test_a_preview_of_a_reversal_shows_the_closing_and_then_the_new_entry_with_its_exits(tmp_path: Path) -> None:
    limits = LIMITS | {"max_open_trades": 1, "one_direction": True, "leverage": 1, "sizing": {"size": "90%"}}
    async with Story(tmp_path, risk={"default": limits}) as hub:
        await hub.say("buy btc")
        await hub.price("BTCUSDT", 66_000)
        text = "sell btc -sl 2% -tp 3%@50%,4%"
        (would,) = (await hub.app.hub.preview(text)).accounts
        assert would.refusal is None
        assert [order["leg"] for order in would.orders] == ["exit", "entry", "stop", "target", "target"]
        _, entry, stop, *targets = would.orders
        assert entry["text"] == "once that is closed: sell 0.1486 BTCUSDT market at about 66000"
        assert entry["text"] in would.summary
        await hub.say(text)
        trade = hub.live()
        assert (str(trade.quantity), trade.stop) == (entry["quantity"], D(stop["price"]))
        assert list(trade.targets) == [D(target["price"]) for target in targets]


async def test_an_account_and_its_trade_are_shown_as_they_stand(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        await hub.say("buy btc 0.01u -tsl 2")
        await hub.price("BTCUSDT", 61_000)
        trade = hub.live()
        assert (trade.price, trade.unrealised, trade.stop) == (D(61_000), D(10), D("59780.0"))
        assert (trade.managed_by, trade.trailing) == ("hub", True)
        (account,) = hub.app.hub.accounts()
        assert (account.balance, account.equity, account.open_trades) == (D(10_000), D(10_010), 1)
        assert account.free < account.equity
        assert {quote.symbol for quote in hub.app.hub.quotes()} == {"BTCUSDT", "ETHUSDT"}
        assert {instrument.symbol for instrument in hub.app.hub.instruments()} == {"BTCUSDT", "ETHUSDT"}
        assert list(await hub.app.hub.bars("BTCUSDT", 60, 5)) == []
        assert hub.app.hub.health()["accounts"] == {"main": "ready"}


async def test_a_hook_is_known_by_its_token_alone_and_survives_a_restart(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        old = await hub.app.hub.add_hook("tv", "main")
        token = await hub.app.hub.add_hook("tv", None)
        assert (hub.app.hub.hook(old), hub.app.hub.hook(token)) == (None, ("tv", None))
        await hub.restart()
        assert hub.app.hub.hook(token) == ("tv", None)
        assert hub.app.hub.hook("guessed") is None
        assert token.encode() not in hub.data.database.read_bytes()


async def test_everything_that_happens_is_streamed_and_resumed_without_a_gap(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        listening = hub.app.hub.stream(None)
        first = asyncio.ensure_future(anext(listening))
        await asyncio.sleep(0)
        await hub.say("buy btc 20")
        heard = [await first]
        while heard[-1].id != hub.app.store.pos:
            heard.append(await anext(listening))
        journaled = [item.id for item in heard if item.id is not None]
        resumed = hub.app.hub.stream(journaled[0])
        again = [(await anext(resumed)).id for _ in journaled[1:]]
        assert again == journaled[1:]
        assert {"message_received", "signal_arrived", "venue_said"} <= {item.kind for item in heard}


async def test_a_message_for_no_route_or_an_unknown_account_says_so(tmp_path: Path) -> None:
    routes = [{"name": "only", "match": {"sources": ["known"]}}]
    accounts = {"main": {}, "other": {}}
    async with Story(tmp_path, routes=routes, accounts=accounts) as hub:
        assert codes(await hub.say("buy btc 20", source="stranger")) == ["no_route"]
        assert codes(await hub.say("buy btc 20 -e nobody", source="known")) == ["unknown_account"]
        assert codes(await hub.say("buy btc 20 -e other", source="stranger", account="main")) == ["forbidden"]


async def test_the_highest_equity_is_kept_while_the_hub_runs(tmp_path: Path) -> None:
    async with Story(tmp_path, risk={"default": LIMITS | {"drawdown": "5%"}}) as hub:
        await hub.say("buy btc 1u")
        await hub.price("BTCUSDT", 62_000)
        async with asyncio.timeout(10):
            await hub.engine.next_commit()
        await hub.price("BTCUSDT", 61_000)
        await hub.restart()
        assert codes(await hub.say("buy eth 50")) == ["drawdown"], "11000 of 12000"
