"""A full disk, a damaged file, a lost server and a killed process: told plainly, and nothing is ever half written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from store_samples import commit, message

from tradewire.store import Store, StoreError, StoreFull, StoreGone, StoreUnreadable
from tradewire.store.driver import connect, location


def append(store: Store, data: bytes = b"{}") -> None:
    with store.transaction() as group:
        group.append("account:a", "step", 1, data)


def test_a_full_disk_acknowledges_nothing_and_works_again_when_there_is_room(tmp_path: Path, clock) -> None:
    store = Store.open(tmp_path / "hub.db", clock=clock)
    append(store)
    connection = store._driver._writer
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 4}")
    for _ in range(3):
        with pytest.raises(StoreFull, match="no room left"):
            append(store, bytes(100_000))
        assert store.head("account:a").seq == 1
    append(store)  # what is small still fits
    connection.execute(f"PRAGMA max_page_count = {pages + 1000}")
    append(store, bytes(100_000))
    assert [len(row.data) for row in store.read("account:a")] == [2, 2, 100_000]
    assert store.verify_chain() == []
    store.close()


def test_a_lock_held_by_another_process_is_told_and_passes(tmp_path: Path, clock) -> None:
    store = Store.open(tmp_path / "hub.db", clock=clock)
    store._driver._writer.execute("PRAGMA busy_timeout = 20")
    other = connect(location(tmp_path / "hub.db"), create=False)

    def write_against_the_lock() -> None:
        with other.migrating():
            append(store)

    with pytest.raises(StoreGone, match="locked"):
        write_against_the_lock()
    other.close()
    append(store)
    assert store.head("account:a").seq == 1
    store.close()


@pytest.mark.parametrize("content", [b"this is not a database, but a long enough text" * 100, b"\x00" * 8192])
def test_a_file_that_is_no_database_is_named_with_the_way_back(tmp_path: Path, clock, content: bytes) -> None:
    path = tmp_path / "hub.db"
    path.write_bytes(content)
    with pytest.raises(StoreUnreadable, match=r"hub\.db cannot be read: .*tradewire restore"):
        Store.open(path, clock=clock)
    assert path.read_bytes() == content


@pytest.mark.parametrize("where", [0.3, 0.6, 0.9])
def test_a_damaged_file_is_noticed_before_it_is_used(tmp_path: Path, clock, where: float) -> None:
    path = tmp_path / "hub.db"
    with Store.open(path, clock=clock) as store:
        for n in range(200):
            commit(store, "account:a", messages=[message(f"m{n}")])
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(int(size * where) // 4096 * 4096)
        file.write(os.urandom(8192))
    with pytest.raises(StoreUnreadable, match=r"hub\.db cannot be read"):
        Store.open(path, clock=clock)


def test_a_cut_file_is_noticed(tmp_path: Path, clock) -> None:
    path = tmp_path / "hub.db"
    with Store.open(path, clock=clock) as store:
        append(store, bytes(100_000))
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(StoreUnreadable):
        Store.open(path, clock=clock)


def test_an_absent_database_is_not_made_unless_asked_for(tmp_path: Path, clock) -> None:
    with pytest.raises(StoreUnreadable, match="no such file"):
        Store.open(tmp_path / "hub.db", clock=clock, create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_not_a_database(tmp_path: Path, clock) -> None:
    with pytest.raises(StoreUnreadable):
        Store.open(tmp_path, clock=clock)


def test_the_file_is_for_its_owner_only(tmp_path: Path, clock) -> None:
    with Store.open(tmp_path / "deep" / "hub.db", clock=clock) as store:
        append(store)
        assert {oct(path.stat().st_mode & 0o777) for path in (tmp_path / "deep").iterdir()} == {"0o600"}


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://host/db", "::://"])
def test_a_url_that_cannot_hold_a_hub_is_refused(url: str, clock) -> None:
    with pytest.raises(StoreError):
        Store.open(url, clock=clock)


def test_a_server_that_is_not_there_is_gone_and_its_password_is_not_told(clock) -> None:
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    with pytest.raises(StoreGone, match="does not answer") as caught:
        Store.open("postgresql://hub:s3cret@127.0.0.1:1/hub", clock=clock)
    assert "s3cret" not in str(caught.value)


@pytest.mark.postgres
def test_a_lost_server_connection_is_replaced(postgres: Callable[[], str], clock) -> None:
    url = postgres()
    with Store.open(url, clock=clock) as store:
        append(store)
        engine = create_engine(location(url))
        with engine.begin() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        engine.dispose()
        with pytest.raises(StoreGone):
            append(store, b"lost")
        append(store, b"kept")
        assert [row.data for row in store.read("account:a")] == [b"{}", b"kept"]
        assert store.verify_chain() == []


WRITER = """
import sys
from tradewire.store import Store

class Clock:
    def now(self):
        return 1

store = Store.open(sys.argv[1], clock=Clock())
done = store.head("account:a").seq
while True:
    with store.transaction() as group:
        for _ in range(5):
            row = group.append("account:a", "step", 1, bytes(3000))
            group.upsert("snapshots", [("account:a", row.seq, b"")])
            group.upsert("exit_marks", [("a", str(row.seq), row.seq)])
    print(store.head("account:a").seq, flush=True)
"""


def test_a_killed_writer_loses_nothing_acknowledged_and_leaves_nothing_half(url: str, clock) -> None:
    Store.open(url, clock=clock).close()
    acknowledged = 0
    for groups in (1, 7, 40):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, url],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert writer.stdout is not None
        for _ in range(groups):
            acknowledged = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        acknowledged = max([acknowledged, *map(int, writer.stdout.read().split())])
        writer.wait()
        writer.stdout.close()
        with Store.open(url, clock=clock) as store:
            head = store.head("account:a").seq
            assert head >= acknowledged
            assert head % 5 == 0
            assert store.snapshot("account:a") == (head, b"")
            assert {mark["seq"] for mark in store.queries.exit_marks()} == set(range(1, head + 1))
            assert store.verify_chain() == []
