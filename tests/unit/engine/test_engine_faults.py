"""What fails takes nothing else with it: a full disk, a defect, a crash, a damaged row, a word about an old order."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import create_engine, text

from scenarios.story import D, Story, codes, stages
from tradewire.domain.account import Position
from tradewire.domain.message import Message
from tradewire.domain.order import Fill
from tradewire.domain.signal import Reading, Side
from tradewire.domain.venue_events import Filled, Snapshot
from tradewire.engine import facts as f
from tradewire.engine import memory, recovery
from tradewire.engine.admission import Admitted
from tradewire.engine.contract import Incoming, IntakeUnavailable, Receipt
from tradewire.engine.folding import apply
from tradewire.engine.verify import verify
from tradewire.store.errors import StoreError
from unit.engine.desk_harness import check_derived, image


class FullDisk:
    """While it is entered the database cannot grow by a single page."""

    def __init__(self, hub: Story) -> None:
        self._connection: Any = hub.app.store._driver._writer

    def __enter__(self) -> None:
        pages = self._connection.execute("PRAGMA page_count").fetchone()[0]
        self._connection.execute(f"PRAGMA max_page_count = {pages}")

    def __exit__(self, *_: object) -> None:
        self._connection.execute("PRAGMA max_page_count = 1000000")


def fail_for_good(hub: Story) -> None:
    """Let no further group of this hub be committed; the next hub finds all in order."""
    connection: Any = hub.app.store._driver._writer
    connection.execute("PRAGMA query_only = 1")


class Unreadable:
    """While it is entered the journal can neither be written nor read."""

    def __init__(self, hub: Story) -> None:
        self._database = hub.data.database

    def __enter__(self) -> None:
        self._rename("journal", "journal_of_yesterday")

    def __exit__(self, *_: object) -> None:
        self._rename("journal_of_yesterday", "journal")

    def _rename(self, before: str, after: str) -> None:
        with closing(connect(self._database)) as connection:
            connection.execute(f"ALTER TABLE {before} RENAME TO {after}")


LONG = "x" * 200_000
"""An author whose name no page has room for."""


async def test_nothing_is_acknowledged_or_done_while_the_disk_is_full_and_all_goes_on_after(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        with FullDisk(hub):
            with pytest.raises(IntakeUnavailable, match="no room left"):
                await hub.receive("buy btc 20", author=LONG, external_id="one")
            assert hub.app.hub.health()["ready"] is False
            assert hub.orders() == []
        story = await hub.say("buy btc 20", author=LONG, external_id="one")
        assert stages(story)[-1] == "opened", "sent again, it is new: nothing was remembered of the first time"
        assert hub.app.hub.health()["ready"] is True
        assert len(hub.orders()) == 1


async def test_a_price_that_closes_a_trade_is_acted_on_once_there_is_room(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        await hub.say("buy btc 0.01u -sl 59000")
        with FullDisk(hub):
            with pytest.raises(IntakeUnavailable):
                await hub.receive("buy eth 20", author=LONG)
            before = image(hub.engine.posts["main"].state)
        await hub.price("BTCUSDT", 58_900)
        assert hub.trade()["status"] == "closed"
        assert before.trades[0].open_quantity == D("0.01")


@pytest.mark.parametrize("waiting", ["message", "event", "nothing"])
async def test_a_hub_whose_store_fails_while_it_ends_still_ends(tmp_path: Path, waiting: str) -> None:
    async with Story(tmp_path) as hub:
        await hub.say("buy btc 0.01u -sl 59000")
        fail_for_good(hub)
        late = Incoming(source="test", channel="words", text="buy eth 20", external_id="late")
        senders = [hub.app.hub.receive(late) for _ in range(2)] if waiting == "message" else []
        if waiting == "event":
            hub.engine.post_event("main", f.TimerRang("close:nothing:stop"))
        async with asyncio.timeout(5):
            await hub.app.__aexit__(None, None, None)
            answers = await asyncio.gather(*senders, hub.app.hub.receive(late), return_exceptions=True)
        assert {type(answer) for answer in answers} == {IntakeUnavailable}, "nothing is acknowledged"
        await hub.start()
        assert [message["text"] for message in hub.app.store.queries.messages()] == ["buy btc 0.01u -sl 59000"]
        assert stages(await hub.say("buy eth 20", external_id="late"))[-1] == "opened"
        assert hub.position("BTCUSDT") == D("0.01")


async def test_while_the_store_can_not_even_be_read_nothing_is_decided_and_all_goes_on_after(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        await hub.say("buy btc 0.01u -sl 59000")
        before = image(hub.engine.posts["main"].state)
        async with asyncio.timeout(5):
            with Unreadable(hub):
                for _ in range(2):
                    with pytest.raises(IntakeUnavailable, match="does not answer"):
                        await hub.receive("buy eth 20", external_id="one")
                assert hub.app.hub.health()["ready"] is False
            await hub.price("BTCUSDT", 60_001)
            story = await hub.say("buy eth 20", external_id="one")
        assert stages(story)[-1] == "opened"
        assert hub.app.hub.health()["ready"] is True
        assert [trade["id"] for trade in hub.app.store.queries.trades(symbol="BTCUSDT")] == [
            t.id for t in before.trades
        ]
        check_derived(hub.engine.posts["main"].state)


async def test_a_hub_whose_store_can_not_even_be_read_ends(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        with Unreadable(hub):
            late = hub.app.hub.receive(Incoming(source="test", channel="words", text="buy btc 20"))
            async with asyncio.timeout(5):
                await hub.app.__aexit__(None, None, None)
                with pytest.raises(IntakeUnavailable):
                    await late
        await hub.start()
        assert hub.orders() == []


async def test_what_is_taken_up_twice_is_acted_on_once(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        with hub.engine._group() as group:
            group.received(
                Message(
                    id="m" + "c" * 20,
                    source="test",
                    channel="",
                    text="buy btc 20",
                    external_id="7",
                    ts_event=1,
                    ts_init=1,
                )
            )
        hub.engine.resume()
        hub.engine.resume()
        await hub.settle()
        assert len(hub.orders()) == 1


async def test_limits_over_all_accounts_hold_after_a_failure(tmp_path: Path) -> None:
    async with Story(
        tmp_path,
        accounts={name: {"config": {"balance": "10000"}} for name in ("one", "two")},
        risk={"default": {"max_quote_age": None, "max_signal_age": None, "max_per_underlying": 2}},
        routes=[{"name": "all", "accounts": ["*"]}],
    ) as hub:
        await hub.say("buy btc 20 -e one")
        with FullDisk(hub), pytest.raises(IntakeUnavailable):
            await hub.receive("buy btc 30", author=LONG)
        one, two = (hub.engine.posts[name].state for name in ("one", "two"))
        assert one.exposure is two.exposure
        assert one.exposure.counts == {"BTC": 1}, "nothing of the failed group is counted, and nothing forgotten"
        assert codes(await hub.say("buy btc 40")) == ["max_per_underlying"]


async def test_what_a_comparison_found_while_the_disk_was_full_is_found_again(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        held = tuple(Position(symbol=f"X{n}", quantity=D(2), average_price=D(1)) for n in range(2_000))
        shown = Snapshot(balances=(), positions=held, open_orders=(), ts=hub.clock.now())
        state = image(hub.engine.posts["main"].state)
        with FullDisk(hub):
            with pytest.raises(StoreError, match="no room left"):
                hub.engine.reconcile("main", shown)
            assert image(hub.engine.posts["main"].state) == state
        hub.engine.reconcile("main", shown)
        assert len(hub.engine.posts["main"].state.foreign) == 2_000


async def test_a_defect_in_reading_one_message_takes_no_other_down(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        inbox = hub.app.inbox
        read = inbox.read_only

        def broken(message: Message) -> Reading:
            if "eth" in message.text:
                raise ZeroDivisionError("a defect")
            return read(message)

        inbox.read_only = broken
        texts = ("buy btc 20", "buy eth 20", "buy btc 30")
        receipts = await asyncio.gather(*(hub.receive(each) for each in texts))
        assert not any(receipt.duplicate for receipt in receipts)
        await hub.settle()
        statuses = {m["text"]: m["status"] for m in hub.app.store.queries.messages()}
        assert statuses == {"buy btc 20": "read", "buy eth 20": "unclear", "buy btc 30": "read"}
        assert len(hub.app.hub.open_trades()) == 2
        assert "A defect showed" in [notice.title for notice in hub.script.notices]


async def test_a_defect_in_an_event_takes_no_other_down(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        await hub.say("buy btc 0.01u -sl 59000")
        hub.engine.post_event("main", f.TimerRang("no colons: this cannot be split"))
        await hub.settle()
        assert "A defect showed" in [notice.title for notice in hub.script.notices]
        await hub.price("BTCUSDT", 58_900)
        assert hub.trade()["status"] == "closed"


@pytest.mark.parametrize("odd", ["buy btc \ud800 20", "nul \x00 byte", "", "   ", "🚀" * 500])
async def test_any_text_is_stored_and_answered(tmp_path: Path, odd: str) -> None:
    async with Story(tmp_path) as hub:
        await hub.say(odd)
        assert (await hub.say("buy btc 20")).status == "read"


async def test_a_message_that_was_stored_and_not_read_is_acted_on_at_the_next_start(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        store = hub.app.store
        message = Message(
            id="m" + "a" * 20, source="test", channel="words", text="buy btc 20", external_id="7", ts_event=1, ts_init=1
        )
        with hub.engine._group() as group:
            group.received(message)
        assert list(store.queries.unread()) == [message.id]
        assert (await hub.app.hub.story(message.id)).status == "received"
        assert hub.app.hub.unread(message.id) == message
        await hub.restart()
        await hub.settle()
        assert hub.live().symbol == "BTCUSDT"


async def test_a_message_that_waits_to_be_read_is_known_however_many_came_after_it(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        engine, inbox = hub.engine, hub.app.inbox
        named = Incoming(source="test", channel="words", text="buy btc 20", external_id="first")
        nameless = Incoming(source="test", channel="words", text="buy eth 20")
        admitted: list[Admitted] = []
        with engine._group() as group:
            engine._admit(group, [(each, engine.loop.create_future()) for each in (named, nameless)], admitted)
        engine._waiting.messages.clear()
        inbox._ids.clear()
        inbox._bodies.clear()
        recovery.unfinished(hub.app.store, inbox, {})
        again = [await hub.app.hub.receive(each) for each in (named, nameless)]
        assert again == [Receipt(message_id=each.receipt.message_id, duplicate=True) for each in admitted]
        await hub.restart()
        assert {order["symbol"] for order in hub.orders()} == {"BTCUSDT", "ETHUSDT"}
        assert hub.app.store.queries.unread() == {}
        assert len(hub.orders()) == 2


async def test_a_signal_that_reached_one_of_two_accounts_reaches_the_other_at_the_next_start(tmp_path: Path) -> None:
    accounts = {name: {"config": {"balance": "10000"}} for name in ("one", "two")}
    async with Story(tmp_path, accounts=accounts, routes=[{"name": "all", "accounts": ["*"]}]) as hub:
        engine, inbox = hub.engine, hub.app.inbox
        now = hub.clock.now()
        message = Message(
            id="m" + "b" * 20, source="test", channel="w", text="buy btc 20", external_id="7", ts_event=now, ts_init=now
        )
        with engine._group() as group:
            group.received(message)
            read = inbox.read(message)
            group.read(message, read, now)
            (first, _) = read.deliveries
            event = f.SignalArrived(signal_id=first.signal_id, route=first.route, received_at=now)
            engine._clerk.decide(group, first.account, event, read.facts[1].signal)
        await hub.settle()
        await hub.restart()
        await hub.settle()
        assert sorted(trade.account for trade in hub.app.hub.open_trades()) == ["one", "two"]
        assert len(hub.orders()) == 2


async def test_an_entry_that_was_recorded_and_never_sent_is_looked_up_and_sent_once(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        await hub.say("buy btc 20")
        cid = hub.orders()[0]["client_order_id"]
        state = hub.engine.posts["main"].state
        assert state.order(cid) is not None
        await hub.restart()
        assert [order["client_order_id"] for order in hub.orders()] == [cid]
        assert hub.position("BTCUSDT") == hub.live().quantity


async def test_a_snapshot_of_another_version_is_folded_over(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        await hub.say("buy btc 20 -tsl 2")
        await hub.price("BTCUSDT", 61_000)
        before = image(hub.engine.posts["main"].state)
        post = hub.engine.posts["main"]
        post.snapshot()  # so that the end of the hub writes none
        hub.app.store.put_snapshot(post.stream, 1, b'{"some": "other version"}')
        await hub.restart()
        after = image(hub.engine.posts["main"].state)
        assert after.trades == before.trades
        assert hub.live().stop == D("59780.0")


async def test_a_late_fill_of_an_order_that_is_not_at_hand_any_more_is_booked_and_survives_a_restart(
    tmp_path: Path,
) -> None:
    async with Story(tmp_path) as hub:
        post = hub.engine.posts["main"]
        await hub.say("buy btc 0.01u -sl 59000")
        await hub.say("close btc")
        entry = next(order for order in hub.orders() if order["leg"] == "entry")
        post.state.kept = 2
        for _ in range(2):
            await hub.say("buy eth 1u")
            await hub.say("close eth")
        assert post.state.order(entry["client_order_id"]) is None
        late = late_fill(hub, entry["client_order_id"])
        for _ in range(2):
            hub.engine.post_event("main", f.VenueSaid(Filled(fill=late)))
            await hub.settle()
        assert hub.live().open_quantity == D("0.002")
        assert hub.live().stop == D(59_000)
        assert hub.position("BTCUSDT") == D("0.002")
        check_derived(post.state)
        hub.engine.failure = "pretended, so that no snapshot is written and the journal alone tells"
        await hub.restart()
        assert hub.live().open_quantity == D("0.002")
        assert hub.live().stop == D(59_000)


async def test_a_trade_that_a_late_fill_reopens_is_closed_by_an_order_of_its_own(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        post = hub.engine.posts["main"]
        await hub.say("buy btc 0.01u -sl 59000")
        await hub.say("close btc 50%")
        await hub.say("close btc")
        before = {order["client_order_id"]: order for order in hub.orders()}
        post.state.kept = 2
        for _ in range(2):
            await hub.say("buy eth 1u")
            await hub.say("close eth")
        assert not any(map(post.state.order, before))
        entry = next(order for order in before.values() if order["leg"] == "entry")
        hub.engine.post_event("main", f.VenueSaid(Filled(fill=late_fill(hub, entry["client_order_id"]))))
        await hub.settle()
        assert hub.live().open_quantity == D("0.002")
        await hub.say("close btc")
        ours = {order["client_order_id"]: order for order in hub.orders(symbol="BTCUSDT")}
        assert len(ours) == 4, "the fourth order is a new one"
        assert all(ours[cid] == order for cid, order in before.items() if order["leg"] != "entry")


async def test_an_entry_that_fills_on_after_its_trade_is_long_closed_reopens_that_very_trade(tmp_path: Path) -> None:
    accounts = {"main": {"config": {"balance": "10000", "taker_fee": "0", "maker_fee": "0", "depth": "300"}}}
    async with Story(tmp_path, accounts=accounts) as hub:
        post = hub.engine.posts["main"]
        await hub.say("buy btc 0.01u -lim 60000 -sl 58000")
        first = hub.trade()
        assert first["open_quantity"] == D("0.005")
        await hub.say("close btc")
        assert hub.trade()["status"] == "closed"
        post.state.kept = 2
        for _ in range(3):
            await hub.say("buy eth 0.05u")
            await hub.say("close eth")
        assert post.state.trade(first["id"]) is None
        await hub.price("BTCUSDT", 59_900)
        row = hub.app.store.queries.trade(first["id"])
        assert (row["quantity"], row["open_quantity"]) == (D("0.01"), D("0.005"))
        assert row["ts_opened"] == first["ts_opened"]
        await hub.say("close btc")
        closings = [o for o in hub.orders(symbol="BTCUSDT") if o["leg"] == "exit"]
        assert [order["status"] for order in closings] == ["filled", "filled"], "each has an id of its own"
        assert hub.position("BTCUSDT") == 0


async def test_one_step_may_end_more_than_is_kept_at_hand(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        for _ in range(4):
            await hub.say("buy btc 0.01u")
        hub.engine.posts["main"].state.kept = 1
        await hub.say("close btc")
        assert {trade["status"] for trade in hub.app.store.queries.trades()} == {"closed"}
        assert [order["status"] for order in hub.orders()] == ["filled"] * 8


async def test_a_late_word_brings_back_nothing_older_than_what_is_at_hand(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        post = hub.engine.posts["main"]
        await hub.say("buy btc 0.01u -sl 59000")
        entry = hub.orders()[0]["client_order_id"]
        await hub.say("close btc")
        del post.state.ended[entry]
        known = post.recalled(f.VenueSaid(Filled(fill=late_fill(hub, entry))))
        assert known is not None
        assert known.trade is None, "the trade is at hand"


async def test_what_was_brought_back_counts_where_a_longer_memory_still_has_the_trade(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        state = hub.engine.posts["main"].state
        await hub.say("buy btc 0.01u -sl 59000")
        entry = hub.orders()[0]["client_order_id"]
        await hub.say("close btc")
        recalled = memory.trade_from(hub.trade(), entry, None)
        order = state.order(entry)
        assert order is not None
        state.closed[recalled.id] = replace(state.closed[recalled.id], stop_order="tw-stop-that-filled")

        apply(state, f.Recalled(order=order, trade=recalled), state.seq)

        assert state.trade(recalled.id) == recalled, "a start and verify come to what the hub went on with"


def late_fill(hub: Story, client_order_id: str) -> Fill:
    return Fill(
        exec_id="late",
        client_order_id=client_order_id,
        symbol="BTCUSDT",
        side=Side.BUY,
        quantity=D("0.002"),
        price=D(60_000),
        ts_event=hub.clock.now(),
        ts_init=hub.clock.now(),
    )


TAMPERED = [
    ("UPDATE messages SET text = 'sell btc 20'", "messages"),
    ("UPDATE signals SET status = 'refused'", "signals"),
    ("UPDATE trace SET steps = CAST(replace(steps, 'opened buy', 'opened sell') AS BLOB)", "trace"),
    ("DELETE FROM trace WHERE instr(steps, 'approved')", "trace"),
    ("UPDATE orders SET filled = '0'", "orders"),
    ("DELETE FROM orders", "orders"),
    ("UPDATE fills SET price = '1'", "fills"),
    ("INSERT INTO fills SELECT account, 'made-up', mode, client_order_id, symbol, side, quantity, price, fee, "
     "fee_currency, ts_event, ts_init FROM fills LIMIT 1", "fills"),
    ("UPDATE positions SET quantity = '7'", "positions"),
    ("UPDATE trades SET pnl = '1000000'", "trades"),
    ("DELETE FROM trades", "trades"),
    ("UPDATE exit_marks SET seq = seq + 1", "exit_marks"),
    ("UPDATE accounts SET balance = '1000000'", "accounts"),
    ("UPDATE accounts SET halted = 1", "accounts"),
    ("UPDATE hooks SET account = 'other'", "hooks"),
    ("UPDATE journal SET data = CAST(replace(data, 'buy btc', 'buy eth') AS BLOB) WHERE stream = 'inbox'", "inbox"),
    ("UPDATE journal SET ts = ts + 1 WHERE seq = 2", "row 2"),
    ("UPDATE journal SET kind = 'x' WHERE seq = 2", "row 2"),
    ("UPDATE journal SET data = replace(data, 'buy btc', 'buy eth') WHERE stream = 'inbox'", "inbox"),
    ("UPDATE journal SET ts = 'never' WHERE seq = 2", "row 2"),
    ("DELETE FROM journal WHERE stream = 'account:main' AND seq = 2", "account:main"),
]  # fmt: skip


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of a hub that traded and ended."""
    root = tmp_path_factory.mktemp("lived")

    async def live() -> Path:
        async with Story(root) as hub:
            await hub.app.hub.add_hook("tv", None)
            await hub.say("buy btc 20 -tsl 2")
            await hub.price("BTCUSDT", 61_000, 59_000)
            return hub.data.database

    return asyncio.run(live())


def test_what_a_hub_leaves_behind_verifies(lived: Path) -> None:
    verdict = verify(lived)
    assert verdict.differences == ()
    assert verdict.streams == 2
    assert verdict.rows > 5


@pytest.mark.parametrize(("statement", "named"), TAMPERED)
def test_any_row_that_somebody_changed_is_named(lived: Path, tmp_path: Path, statement: str, named: str) -> None:
    copy = tmp_path / "copy.db"
    copy.write_bytes(lived.read_bytes())
    engine = create_engine(f"sqlite:///{copy}")
    with engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount > 0
    engine.dispose()
    try:
        differences = verify(copy).differences
    except StoreError as error:
        differences = (str(error),)
    assert any(named in each for each in differences), differences
