"""Backtests are listed newest first, and what they came to lies beside them in parts."""

from __future__ import annotations

from typing import Any

from tradewire.store import Store


def backtest(id: str, **changes: Any) -> dict[str, Any]:
    row = {
        "id": id,
        "strategy": "sma-cross",
        "data": "BTCUSDT/1m",
        "state": "done",
        "field": None,
        "reason": None,
        "request": b"{}",
        "figures": None,
        "ts_created": 5,
        "ts_started": None,
        "ts_ended": None,
    }
    return row | changes


def test_backtests_are_paged_and_found_by_state(store: Store) -> None:
    with store.transaction() as group:
        group.insert("backtests", [backtest("b1"), backtest("b2", state="queued"), backtest("b3")])
    with store.transaction() as group:
        group.upsert("backtests", [backtest("b1", state="failed", reason="no bars")])
    find = store.queries.backtests
    assert [row["id"] for row in find(limit=2)] == ["b3", "b2"]
    assert [(row["id"], row["state"]) for row in find(before="b2")] == [("b1", "failed")]
    assert [row["id"] for row in find(state=("queued", "running"))] == ["b2"]
    assert store.queries.backtest("b1") == backtest("b1", state="failed", reason="no bars")
    assert store.queries.backtest("b9") is None


def test_parts_belong_to_one_backtest(store: Store) -> None:
    with store.transaction() as group:
        group.upsert("backtest_parts", [("b1", "result", b"1"), ("b1", "trades-00000", b"2"), ("b2", "result", b"3")])
    assert store.queries.backtest_parts("b1") == ["result", "trades-00000"]
    assert store.queries.backtest_part("b2", "result") == b"3"
    with store.transaction() as group:
        group.delete("backtest_parts", [("b1", name) for name in store.queries.backtest_parts("b1")])
    assert store.queries.backtest_part("b1", "result") is None
    assert store.queries.backtest_parts("b2") == ["result"]
