"""The migrations make exactly the tables that the program uses, and refuse a database that is not theirs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text
from store_samples import commit, message, order

from tradewire.store import SchemaMismatch, Store, migrate
from tradewire.store.driver import connect, location
from tradewire.store.migrations import configuration
from tradewire.store.tables import metadata


def execute(url: str, *statements: str) -> None:
    engine = create_engine(location(url))
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def differences(url: str) -> list[object]:
    driver = connect(location(url), create=False)
    with driver.reading() as connection:

        def belongs(item: Any, _name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
            return kind != "index" or item.info.get("dialect", connection.dialect.name) == connection.dialect.name

        opts = {"compare_type": True, "include_object": belongs}
        found = compare_metadata(MigrationContext.configure(connection, opts=opts), metadata)
    driver.close()
    return list(found)


def test_a_migrated_database_is_what_the_tables_say(store: Store, url: str) -> None:
    assert differences(url) == []


def test_the_migrations_can_be_taken_back_and_run_again(url: str, clock) -> None:
    Store.open(url, clock=clock).close()
    driver = connect(location(url), create=False)
    with driver.migrating() as connection:
        command.downgrade(configuration(connection), "base")
    with driver.reading() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    driver.close()
    with Store.open(url, clock=clock) as store:
        commit(store, "account:a", orders=[order("o1")])
    assert differences(url) == []


def test_the_known_revisions_are_those_in_the_package(tmp_path: Path) -> None:
    driver = connect(location(tmp_path / "hub.db"), create=True)
    with driver.reading() as connection:
        scripts = ScriptDirectory.from_config(configuration(connection))
        assert [script.revision for script in scripts.walk_revisions()] == list(reversed(migrate.REVISIONS))
    driver.close()


def test_a_newer_database_is_refused_and_left_alone(url: str, clock) -> None:
    Store.open(url, clock=clock).close()
    execute(url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaMismatch, match="newer Tradewire"):
        Store.open(url, clock=clock)
    execute(url, f"UPDATE alembic_version SET version_num = '{migrate.HEAD}'")
    Store.open(url, clock=clock).close()


def test_an_older_database_is_changed_only_when_that_is_allowed(url: str, clock) -> None:
    connect(location(url), create=True).close()
    with pytest.raises(SchemaMismatch, match="tradewire run"):
        Store.open(url, clock=clock, create=False)
    Store.open(url, clock=clock).close()
    Store.open(url, clock=clock, create=False).close()


def test_the_database_of_another_program_is_refused(url: str, clock) -> None:
    connect(location(url), create=True).close()
    execute(url, "CREATE TABLE recipes (id INTEGER)")
    with pytest.raises(SchemaMismatch, match="belongs to another program"):
        Store.open(url, clock=clock)


def test_what_waited_to_be_read_in_an_older_database_still_waits(url: str, clock) -> None:
    driver = connect(location(url), create=True)
    with driver.migrating() as connection:
        command.upgrade(configuration(connection), "0001")
        for number, (id, status) in enumerate([("mread", "read"), ("mwaits", "received")], 1):
            row = message(id, status=status)
            names = ", ".join(row)
            connection.execute(text(f"INSERT INTO messages ({names}) VALUES (:{', :'.join(row)})"), row)
            data = f'{{"message":{{"id":"{id}"}}}}'.encode()
            values = {"seq": number, "data": data, "hash": bytes([number])}
            connection.execute(
                text("INSERT INTO journal VALUES ('inbox', :seq, :seq, 1, 'message_received', :data, :hash)"), values
            )
    driver.close()
    with Store.open(url, clock=clock) as store:
        assert store.queries.unread() == {"mwaits": 2}
        assert [item["id"] for item in store.queries.messages()] == ["mread"]


def test_the_stories_of_an_older_database_are_told_like_before(url: str, clock) -> None:
    same = {"account": None, "stage": "read", "text": "“ü”\n", "ts": 5}
    places = ((7, 1, None), (7, 2, "no_size"), (9, 1, None))
    steps = [{"signal_id": "s1", "pos": pos, "n": n, "code": code, **same} for pos, n, code in places]
    driver = connect(location(url), create=True)
    with driver.migrating() as connection:
        command.upgrade(configuration(connection), "0003")
        names = list(steps[0])
        insert = text(f"INSERT INTO trace ({', '.join(names)}) VALUES (:{', :'.join(names)})")
        connection.execute(insert, [*reversed(steps), steps[0] | {"signal_id": "s2"}])
    with driver.migrating() as connection:
        command.upgrade(configuration(connection), "0004")
        assert connection.execute(text("SELECT count(*) FROM trace")).scalar() == 3
    driver.close()
    with Store.open(url, clock=clock) as store:
        expected = [{name: value for name, value in step.items() if name != "n"} for step in steps]
        assert store.queries.trace("s1") == expected
    driver = connect(location(url), create=False)
    with driver.migrating() as connection:
        command.downgrade(configuration(connection), "0003")
        found = connection.execute(text("SELECT * FROM trace WHERE signal_id = 's1' ORDER BY pos, n"))
        assert [dict(row) for row in found.mappings()] == steps
    driver.close()


def test_a_migration_that_fails_half_way_leaves_nothing(url: str, clock) -> None:
    driver = connect(location(url), create=True)

    def fail_half_way() -> None:
        with driver.migrating() as connection:
            migrate.upgrade(connection, driver.where)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    with driver.reading() as connection:
        assert inspect(connection).get_table_names() == []
    driver.close()
    Store.open(url, clock=clock).close()
