"""A hub with programs that dies between any two commits goes on as if it had not."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from typing import Any

import msgspec
import pytest

from scenarios.program_kills import Beat, Copy, run, take_up

MINUTELY = {"every": "interval", "interval": "1m"}
DCA = {
    "programs": {
        "daily": {
            "program": "dca",
            "account": "main",
            "params": {"symbol": "btc", "size": "0.01u", "schedule": MINUTELY, "max_trades": 3, "exits": "-tp 1%"},
        }
    }
}
BEATS: list[Beat] = [(60, "BTCUSDT", price) for price in ("60000", "60100", "60700", "60200", "60200", "60200")]
KILLED = {"dca": (DCA, BEATS)}


@pytest.mark.parametrize("name", KILLED)
async def test_a_hub_that_dies_at_any_commit_goes_on_where_it_was(tmp_path: Path, name: str) -> None:
    settings, beats = KILLED[name]
    expected, copies = await run(tmp_path / "whole", beats, **settings)
    assert len(copies) > 10
    assert any(says_more_than_is_stored(copy, tmp_path / "look.db") for copy in copies), (
        "a death between a decision and its message"
    )
    for number, copy in enumerate(copies):
        found = await take_up(tmp_path / str(number), copy, beats, **settings)
        assert found == expected, f"killed at commit {number}"


async def test_a_hub_that_forgot_what_it_has_not_heard_is_noticed(tmp_path: Path) -> None:
    expected, copies = await run(tmp_path / "whole", BEATS, **DCA)
    found = [
        await take_up(tmp_path / str(number), deaf(copy, tmp_path / "deaf.db"), BEATS, **DCA)
        for number, copy in enumerate(copies)
    ]
    assert any(result != expected for result in found), "so the test above can fail"


def deaf(copy: Copy, path: Path) -> Copy:
    """Return the copy of a hub that believes to have heard everything."""
    path.write_bytes(copy.database)
    with closing(connect(path)) as database:
        (seq,) = database.execute("SELECT max(seq) FROM journal WHERE stream = 'program:daily'").fetchone()
        mark = msgspec.json.encode({"heard": 2**62, "orders": {}})
        database.execute("INSERT OR REPLACE INTO snapshots VALUES ('program:daily', ?, ?)", (seq, mark))
        database.commit()
        return msgspec.structs.replace(copy, database=database.serialize())


def says_more_than_is_stored(copy: Copy, path: Path) -> bool:
    """Tell whether a program has said something that the inbox does not have."""
    path.write_bytes(copy.database)
    with closing(connect(path)) as database:
        rows = database.execute("SELECT data FROM journal WHERE stream LIKE 'program:%'").fetchall()
        said: list[Any] = [word for (data,) in rows for word in msgspec.json.decode(data)["facts"][0]["say"]]
        (stored,) = database.execute(
            "SELECT count(*) FROM journal WHERE stream = 'inbox' AND instr(data, '\"source\":\"program\"')"
        ).fetchone()
    return len(said) > stored
