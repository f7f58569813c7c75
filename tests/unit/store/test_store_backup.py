"""A backup is made while the hub runs; a restore proves the copy first and never throws the old file away."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from store_samples import commit, message, order

from tradewire.store import BackupRefused, Store, backup, restore


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    return tmp_path / "hub.db"


def fill(path: Path, clock, rows: int = 3) -> None:
    with Store.open(path, clock=clock) as store:
        for n in range(rows):
            commit(store, "account:a", messages=[message(f"m{n}")])


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def execute(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def test_a_running_hub_is_backed_up_to_one_file(hub: Path, tmp_path: Path, clock) -> None:
    target = tmp_path / "kept" / "monday.db"
    target.parent.mkdir()
    with Store.open(hub, clock=clock) as store:
        commit(store, "account:a", orders=[order("o1")])
        assert backup(hub, target) == 1
        commit(store, "account:a", orders=[order("o2")])
        head = store.head("account:a")
    assert names(target.parent) == {"monday.db"}
    restored = restore(tmp_path / "other" / "hub.db", target)
    assert (restored.rows, restored.kept) == (1, None)
    with Store.open(restored.path, clock=clock) as store:
        assert store.queries.orders() == [order("o1")]
        assert store.head("account:a").seq == head.seq - 1
        assert store.verify_chain() == []
        commit(store, "account:a")


def test_a_backup_never_replaces_a_file(hub: Path, tmp_path: Path, clock) -> None:
    fill(hub, clock)
    target = tmp_path / "taken"
    target.write_text("mine")
    with pytest.raises(BackupRefused, match="exists already"):
        backup(hub, target)
    assert target.read_text() == "mine"


def test_what_is_not_there_cannot_be_backed_up_or_restored(hub: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="no database at"):
        backup(hub, tmp_path / "copy.db")
    with pytest.raises(BackupRefused, match="no backup at"):
        restore(hub, tmp_path / "copy.db")
    assert names(tmp_path) == set()


def test_a_restore_keeps_the_replaced_file_whole(hub: Path, tmp_path: Path, clock) -> None:
    fill(hub, clock, rows=2)
    backup(hub, tmp_path / "copy.db")
    fill(hub, clock, rows=3)
    for n in (1, 2):
        restored = restore(hub, tmp_path / "copy.db")
        assert restored.kept == tmp_path / f"hub.db.replaced-{n}"
        with Store.open(hub, clock=clock) as store:
            assert store.head("account:a").seq == 2
    with Store.open(tmp_path / "hub.db.replaced-1", clock=clock) as store:
        assert store.head("account:a").seq == 5


def test_a_hub_in_use_is_not_replaced(hub: Path, tmp_path: Path, clock) -> None:
    with Store.open(hub, clock=clock) as store:
        commit(store, "account:a")
        backup(hub, tmp_path / "copy.db")
        with pytest.raises(BackupRefused, match="in use: stop the hub first"):
            restore(hub, tmp_path / "copy.db")
        commit(store, "account:a")
    assert names(tmp_path) == {"hub.db", "copy.db"}


def test_a_damaged_hub_is_replaced_with_all_that_lies_beside_it(hub: Path, tmp_path: Path, clock) -> None:
    fill(hub, clock)
    backup(hub, tmp_path / "copy.db")
    hub.write_bytes(hub.read_bytes()[:100] + b"garbage" * 2000)
    (tmp_path / "hub.db-wal").mkdir()  # what SQLite cannot open, it cannot clear away either
    restored = restore(hub, tmp_path / "copy.db")
    assert restored.kept == tmp_path / "hub.db.replaced-1"
    assert restored.kept.read_bytes().endswith(b"garbage")
    assert names(tmp_path) == {"hub.db", "hub.db.replaced-1", "hub.db.replaced-1-wal", "copy.db"}
    with Store.open(hub, clock=clock) as store:
        assert store.head("account:a").seq == 3


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ("UPDATE journal SET data = x'00' WHERE seq = 2", "chain is broken at account:a 2"),
        ("UPDATE alembic_version SET version_num = '9999'", "newer Tradewire"),
        ("DROP TABLE alembic_version", "not a database of Tradewire"),
    ],
)
def test_an_unsound_backup_replaces_nothing(hub: Path, tmp_path: Path, clock, damage: str, reason: str) -> None:
    fill(hub, clock)
    copy = tmp_path / "copy.db"
    backup(hub, copy)
    execute(copy, damage)
    before = hub.read_bytes()
    with pytest.raises(BackupRefused, match=reason):
        restore(hub, copy)
    assert hub.read_bytes() == before
    assert names(tmp_path) == {"hub.db", "copy.db"}


def test_a_damaged_backup_replaces_nothing(hub: Path, tmp_path: Path, clock) -> None:
    fill(hub, clock, rows=100)
    copy = tmp_path / "copy.db"
    backup(hub, copy)
    with copy.open("r+b") as file:
        file.seek(copy.read_bytes().index(b"account:a"))
        file.write(b"\xff" * 6000)
    before = hub.read_bytes()
    with pytest.raises(BackupRefused):
        restore(hub, copy)
    assert hub.read_bytes() == before


def test_a_copied_database_file_is_as_good_as_a_backup(hub: Path, tmp_path: Path, clock) -> None:
    fill(hub, clock)
    copy = tmp_path / "copy.db"
    copy.write_bytes(hub.read_bytes())
    assert restore(tmp_path / "new.db", copy).rows == 3


@pytest.mark.postgres
def test_postgresql_is_backed_up_by_its_own_tools(postgres: Callable[[], str], tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="pg_dump"):
        backup(postgres(), tmp_path / "copy")
    with pytest.raises(BackupRefused, match="pg_restore"):
        restore(postgres(), tmp_path / "copy")
