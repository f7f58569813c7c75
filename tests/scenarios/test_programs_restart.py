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


def program(kind: str, **params: Any) -> dict[str, Any]:
    return {"programs": {"one": {"program": kind, "account": "main", "params": params}}}


def beats(seconds: int, *prices: int, symbol: str = "BTCUSDT") -> list[Beat]:
    return [(seconds, symbol, str(price)) for price in prices]


DCA = program("dca", symbol="btc", size="0.01u", schedule=MINUTELY, max_trades=3, exits="-tp 1%")
DCA_BEATS = beats(60, 60000, 60100, 60700, 60200, 60200, 60200)
KILLED = {
    "dca": (DCA, DCA_BEATS),
    "grid": (
        program("grid", symbol="btc", low=58000, high=61000, levels=4, size="0.01u", max_orders=2, stop_below=57000),
        beats(1, 60500, 59900, 60100, 58900, 59100, 60000, 61000, 58900, 60000, 57000, 57100),
    ),
    "martingale": (
        program("martingale", symbol="btc", size="0.01u", exits="-sl 1% -tp 1%", wait="1m", max_trades=4),
        beats(60, 60000, 59000, 59100, 58400, 58400, 59200, 60100, 59300, 60000),
    ),
    "conditional": (
        program(
            "conditional", when=["btc crosses-above 60000", "eth < 3100"], commands=["buy btc 0.01u", "sell eth 1u"]
        ),
        beats(30, 60500, 59900, 60100, 60200, 60300, 60000),
    ),
    "twap": (
        program("twap", symbol="btc", quantity="0.01", duration="4m", slices=4, limit=60000, step="0.0001"),
        beats(60, 60000, 60500, 59900, 59800, 59700, 59700),
    ),
    "iceberg": (
        program("iceberg", symbol="btc", quantity="0.05", show="0.02", limit=59000, exits="-tp 59900"),
        beats(1, 60000, 59000, 60000, 58900, 58800, 58700, 60000),
    ),
    "rebalance": (
        program("rebalance", targets={"BTCUSDT": 50, "ETHUSDT": 25}, schedule=MINUTELY, band=3),
        [*beats(60, 60000, 60100, 75000, 75000), *beats(60, 2000, 2000, symbol="ETHUSDT")],
    ),
}


@pytest.mark.parametrize("name", KILLED)
async def test_a_hub_that_dies_at_any_commit_goes_on_where_it_was(tmp_path: Path, name: str) -> None:
    settings, script = KILLED[name]
    expected, copies = await run(tmp_path / "whole", script, **settings)
    assert len(copies) > 6
    assert any(says_more_than_is_stored(copy, tmp_path / "look.db") for copy in copies), (
        "a death between a decision and its message"
    )
    for number, copy in enumerate(copies):
        found = await take_up(tmp_path / str(number), copy, script, **settings)
        assert found == expected, f"killed at commit {number}"


async def test_a_hub_that_forgot_what_it_has_not_heard_is_noticed(tmp_path: Path) -> None:
    expected, copies = await run(tmp_path / "whole", DCA_BEATS, **DCA)
    found = [
        await take_up(tmp_path / str(number), deaf(copy, tmp_path / "deaf.db"), DCA_BEATS, **DCA)
        for number, copy in enumerate(copies)
    ]
    assert any(result != expected for result in found), "so the test above can fail"


def deaf(copy: Copy, path: Path) -> Copy:
    """Return the copy of a hub that believes to have heard everything."""
    path.write_bytes(copy.database)
    with closing(connect(path)) as database:
        (seq,) = database.execute("SELECT max(seq) FROM journal WHERE stream = 'program:one'").fetchone()
        mark = msgspec.json.encode({"heard": 2**62, "orders": {}})
        database.execute("INSERT OR REPLACE INTO snapshots VALUES ('program:one', ?, ?)", (seq, mark))
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
