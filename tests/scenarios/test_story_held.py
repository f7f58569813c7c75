"""The list of signals tells the truth about one that waits: held, then acted on, or refused with the reason."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from scenarios.story import LIMITS, SECOND, Story, stages
from tradewire.domain import venue_events as v
from tradewire.engine import facts as f
from tradewire.engine.contract import MessageStory

TWO = {"main": {}, "other": {"risk": "none"}}
EVERYWHERE = [{"name": "all", "accounts": ["*"]}]
RISK = {"default": LIMITS | {"max_signal_age": "60s"}, "none": LIMITS | {"max_open_trades": 0}}


async def cut(hub: Story, *accounts: str) -> None:
    """Let accounts lose their venue."""
    for account in accounts:
        hub.engine.post_event(account, f.LostReady("cut"))
    await hub.engine.next_commit()


async def back(hub: Story, *accounts: str) -> None:
    """Let accounts have their venue again."""
    for account in accounts:
        hub.engine.post_event(account, f.BecameReady())
    await hub.settle()


async def told(hub: Story, text: str, source: str = "test") -> MessageStory:
    """Say something while an account waits for its venue."""
    receipt = await hub.receive(text, source=source)
    while hub.engine.backlog:
        await hub.engine.next_commit()
    story = await hub.app.hub.story(receipt.message_id)
    assert story is not None
    return story


def listed(hub: Story, story: MessageStory) -> tuple[str, str | None, bool]:
    """Return the status and the code of the only signal of a message, and whether it says why."""
    (row,) = hub.app.store.queries.signals(message_id=story.message_id)
    return row["status"], row["code"], row["reason"] is not None


async def test_what_waits_is_held_and_what_was_acted_on_is_routed(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        await cut(hub, "main")
        story = await told(hub, "buy btc 0.01u")
        assert listed(hub, story) == ("held", None, False)
        await back(hub, "main")
        assert listed(hub, story) == ("routed", None, False)
        assert hub.live().signal_id == story.signals[0].signal_id


async def test_what_is_refused_everywhere_after_it_waited_is_refused_with_its_reason(tmp_path: Path) -> None:
    async with Story(tmp_path, accounts=TWO, risk=RISK, routes=EVERYWHERE) as hub:
        await cut(hub, "main")
        story = await told(hub, "buy btc 0.01u")
        assert listed(hub, story) == ("held", None, False), "one account refused it, the other may still act on it"
        hub.clock.time += 61 * SECOND
        await back(hub, "main")
        assert listed(hub, story) == ("refused", "stale_signal", True)


async def test_one_account_that_acts_is_enough(tmp_path: Path) -> None:
    async with Story(tmp_path, accounts=TWO, risk=RISK, routes=EVERYWHERE) as hub:
        await cut(hub, "other")
        story = await told(hub, "buy btc 0.01u")
        assert listed(hub, story) == ("routed", None, False)
        await back(hub, "other")
        assert listed(hub, story) == ("routed", None, True)
        (row,) = hub.app.store.queries.signals(message_id=story.message_id)
        assert row["reason"].startswith("Partly refused: other: ")


async def test_what_is_cancelled_or_halted_while_it_waits_is_refused(tmp_path: Path) -> None:
    async with Story(tmp_path, routes=EVERYWHERE) as hub:
        await cut(hub, "main")
        first = await told(hub, "buy btc 0.01u")
        cancelling = await told(hub, "cancel btc")
        assert stages(cancelling)[-1] == "dropped", "what it does is no refusal of its own"
        assert listed(hub, first) == ("refused", "nothing_to_cancel", True)
        second = await told(hub, "buy btc 0.01u")
        halting = await told(hub, "halt", source="console")
        assert stages(halting)[-1] == "dropped"
        assert listed(hub, second) == ("refused", "halted", True)
        await back(hub, "main")


async def test_a_restart_forgets_neither_who_holds_a_signal_nor_who_refused_it(tmp_path: Path) -> None:
    async with Story(tmp_path, accounts=TWO, risk=RISK, routes=EVERYWHERE) as hub:
        await cut(hub, "main")
        story = await told(hub, "buy btc 0.01u")
        assert listed(hub, story) == ("held", None, False)
        hub.clock.time += 61 * SECOND
        await hub.restart()
        assert listed(hub, story) == ("refused", "stale_signal", True), "the first account says why"


async def test_a_reversal_whose_entry_is_refused_after_the_closing_is_refused(tmp_path: Path) -> None:
    limits = LIMITS | {"opposite": "reverse", "cool_down_losses": 1, "cool_down": "1h"}
    async with Story(tmp_path, risk={"default": limits}) as hub:
        assert listed(hub, await hub.say("buy btc 0.01u")) == ("routed", None, False)
        await hub.price("BTCUSDT", 59_000)
        assert listed(hub, await hub.say("sell btc 0.01u")) == ("refused", "cool_down", True)
        assert not hub.app.hub.open_trades()


async def test_a_reversal_that_goes_on_is_routed(tmp_path: Path) -> None:
    async with Story(tmp_path, risk={"default": LIMITS | {"opposite": "reverse"}}) as hub:
        await hub.say("buy btc 0.01u")
        assert listed(hub, await hub.say("sell btc 0.02u")) == ("routed", None, False)


async def test_a_reversal_of_a_trade_that_somebody_closed_by_hand_goes_on_and_is_told(tmp_path: Path) -> None:
    account = {"config": {"balance": "10000", "depth": "300"}}
    async with Story(tmp_path, accounts={"main": account}, risk={"default": LIMITS | {"opposite": "reverse"}}) as hub:
        await hub.say("buy btc 0.005u")
        await hub.price("BTCUSDT", 60_001)
        story = await hub.say("sell btc 0.001u")
        assert listed(hub, story) == ("held", None, False), "one quote does not close it"
        (closing,) = (order["client_order_id"] for order in hub.orders() if order["leg"] == "exit")
        said = v.Cancelled(client_order_id=closing, reason="no such position", ts=hub.clock.now())
        hub.engine.post_event("main", f.VenueSaid(said))
        await hub.settle()
        for _ in range(2):
            shown = v.Snapshot(balances=(), positions=(), open_orders=(), ts=hub.clock.now())
            hub.engine.reconcile("main", shown)
            hub.clock.time += 3 * SECOND
        await hub.settle()
        assert listed(hub, story) == ("routed", None, False)


async def test_a_reversal_that_a_later_signal_turns_around_is_refused_and_the_preview_says_so(tmp_path: Path) -> None:
    account = {"config": {"balance": "10000", "depth": "300"}}
    async with Story(tmp_path, accounts={"main": account}, risk={"default": LIMITS | {"opposite": "reverse"}}) as hub:
        await hub.say("buy btc 0.005u")
        await hub.price("BTCUSDT", 60_001)
        first = await hub.say("sell btc 0.003u")
        for text, dropped in (("buy btc 0.002u", True), ("cancel btc", True), ("sell btc 0.002u", False)):
            (previewed,) = (await hub.app.hub.preview(text)).accounts
            assert (f"signal {first.signals[0].signal_id}, which waits, is dropped" in previewed.summary) is dropped
            assert previewed.refusal is None
        second = await hub.say("buy btc 0.002u")
        assert listed(hub, first) == ("refused", "superseded", True)
        assert listed(hub, second) == ("held", None, False)
        await hub.restart()
        await hub.price("BTCUSDT", 60_002)
        assert listed(hub, second) == ("routed", None, False)
        assert (hub.live().side.value, hub.live().quantity) == ("buy", Decimal("0.002"))


async def test_one_trade_at_a_time_is_turned_around_by_every_opposite_alert(tmp_path: Path) -> None:
    """On two accounts at once, at full margin, with every limit as tight as it can be."""
    tight = {
        "max_open_trades": 1,
        "max_per_symbol": 1,
        "max_per_underlying": 2,
        "one_direction": True,
        "max_exposure": "100%",
        "leverage": 1,
        "sizing": {"size": "98%"},
    }
    accounts = {"main": {}, "other": {}}
    async with Story(tmp_path, accounts=accounts, risk={"default": LIMITS | tight}, routes=EVERYWHERE) as hub:
        for word, price in (("buy", 60_000), ("sell", 60_100), ("buy", 60_500), ("sell", 60_000)):
            await hub.price("BTCUSDT", price)
            assert listed(hub, await hub.say(f"{word} btc")) == ("routed", None, False)
            live = [(trade.account, trade.side.value) for trade in hub.app.hub.open_trades()]
            assert sorted(live) == [("main", word), ("other", word)]


async def test_a_resting_entry_is_moved_survives_a_restart_and_fills_where_it_was_moved_to(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        await hub.say("buy btc 0.01u -lim 59000")
        (previewed,) = (await hub.app.hub.preview("move btc 0.02 -lim 59500", "main")).accounts
        assert previewed.summary.endswith("0.02 limit 59500")
        moved = await hub.say("move btc 0.02 -lim 59500")
        assert [step.stage for signal in moved.signals for step in signal.steps][-2:] == ["replacing", "replaced"]
        await hub.restart()
        (order,) = hub.app.store.queries.orders()
        assert (order["quantity"], order["limit_price"]) == (Decimal("0.02"), Decimal(59_500))
        assert order["status"] == "working"
        await hub.price("BTCUSDT", 59_400)
        (trade,) = hub.app.hub.open_trades()
        assert (trade.quantity, trade.entry_price) == (Decimal("0.02"), Decimal(59_500))
