"""A start on a journal with lost or changed rows, and a start without an account that still has trades."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from scenarios.story import Story
from tradewire.engine.verify import verify
from tradewire.store import JournalBroken, Store

TWO = {name: {"config": {"balance": "10000", "taker_fee": "0", "maker_fee": "0"}} for name in ("main", "two")}
ONE = {"main": TWO["main"]}


class Epoch:
    def now(self) -> int:
        return 0


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of a hub whose stops trailed: its moves follow from one another."""
    root = tmp_path_factory.mktemp("lived")

    async def live() -> Path:
        async with Story(root) as hub:
            await hub.say("buy btc 20 -tsl 2")
            await hub.say("buy btc 40 -tsl 1")
            await hub.price("BTCUSDT", 61_000, 62_000, 61_900, 63_000, 62_500)
            await hub.say("sell eth 20 -sl 3%")
            return hub.data.database

    return asyncio.run(live())


def rows_of(database: Path) -> list[tuple[str, int]]:
    with Store.open(database, clock=Epoch(), create=False) as store:
        return [(stream, row.seq) for stream in store.streams() for row in store.read(stream)]


def changed(database: Path, to: Path, *statements: str, **values: object) -> Path:
    to.mkdir(exist_ok=True)
    copy = to / "tradewire.db"
    copy.write_bytes(database.read_bytes())
    engine = create_engine(f"sqlite:///{copy}")
    with engine.begin() as connection:
        for statement in statements:
            assert connection.execute(text(statement), values).rowcount > 0
    engine.dispose()
    return copy


def test_verify_names_every_row_that_was_lost_or_spoilt(lived: Path, tmp_path: Path) -> None:
    rows = rows_of(lived)
    last = dict(rows)
    for stream, seq in rows:
        if seq < last[stream]:
            lost = changed(
                lived, tmp_path, "DELETE FROM journal WHERE stream = :stream AND seq = :seq", **locals_of(stream, seq)
            )
            verdict = verify(lost)
            assert f"{stream} row {seq + 1}: row {seq} is missing" in verdict.differences
            assert not verdict.sound
        spoilt = changed(
            lived,
            tmp_path,
            "UPDATE journal SET data = x'00' WHERE stream = :stream AND seq = :seq",
            **locals_of(stream, seq),
        )
        verdict = verify(spoilt)
        assert f"{stream} row {seq}: the row is not the one that was written" in verdict.differences
        assert not verdict.sound


def locals_of(stream: str, seq: int) -> dict[str, object]:
    return {"stream": stream, "seq": seq}


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("DELETE FROM journal WHERE stream = 'account:main' AND seq = 7", "account:main row 8: row 7 is missing"),
        (
            "UPDATE journal SET ts = ts + 1 WHERE stream = 'account:main' AND seq = 7",
            "account:main row 7: the row is not",
        ),
    ],
)
async def test_a_hub_does_not_start_on_rows_that_it_needs_and_that_are_broken(
    lived: Path, tmp_path: Path, statement: str, named: str
) -> None:
    changed(lived, tmp_path, "DELETE FROM snapshots", statement)
    with pytest.raises(JournalBroken, match=named) as refusal:
        await Story(tmp_path).start()
    assert "tradewire restore BACKUP" in str(refusal.value)


@pytest.mark.parametrize("stream", ["account:main", "inbox"])
async def test_a_break_before_what_a_start_needs_is_a_loud_warning(lived: Path, tmp_path: Path, stream: str) -> None:
    changed(lived, tmp_path, f"DELETE FROM journal WHERE stream = '{stream}' AND seq = 2")
    hub = Story(tmp_path)
    await hub.start()
    (warning,) = hub.app.hub.health()["warnings"]
    assert f"broken at {stream} row 3: row 2 is missing" in warning
    assert "tradewire restore BACKUP" in warning
    assert any(warning == notice.body and notice.severity == "error" for notice in hub.script.notices)
    await hub.app.__aexit__(None, None, None)


async def test_a_snapshot_of_rows_that_are_gone_is_not_used(lived: Path, tmp_path: Path) -> None:
    changed(lived, tmp_path, "DELETE FROM journal WHERE stream = 'account:main' AND seq > 9")
    with pytest.raises(JournalBroken, match="account:main"):
        await Story(tmp_path).start()


async def test_an_account_that_left_the_configuration_with_open_trades_is_named(tmp_path: Path) -> None:
    async with Story(tmp_path, accounts=TWO) as hub:
        await hub.say("buy btc 80 -tsl 2 -e main,two", source="api")
        await hub.say("buy eth 80 @ 2950 -e two", source="api")
        assert hub.app.hub.health()["warnings"] == []
        (trade,) = hub.app.store.queries.trades(account="two")
        await hub.app.__aexit__(None, None, None)
        hub.settings = Story(tmp_path, accounts=ONE).settings.model_copy(update={"feeds": hub.settings.feeds})
        await hub.start()
        (warning,) = hub.app.hub.health()["warnings"]
        assert warning.startswith("account two is not managed, nobody watches its stops: 1 open trade (")
        assert f"{trade['id']} BTCUSDT" in warning
        assert "1 working order (" in warning


async def test_an_account_whose_plugin_is_broken_is_named_with_its_trades(tmp_path: Path) -> None:
    async with Story(tmp_path, accounts=TWO) as hub:
        await hub.say("buy btc 80 -e two", source="api")
        broken = {**TWO, "two": {"venue": "nomod:Acme"}}
        hub.settings = Story(tmp_path, accounts=broken).settings.model_copy(update={"feeds": hub.settings.feeds})
        await hub.restart()
        (warning,) = hub.app.hub.health()["warnings"]
        assert "account two is not managed" in warning
        assert "its venue plug-in cannot be used" in hub.app.hub.health()["accounts"]["two"]
