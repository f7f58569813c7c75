"""The exact lane as it is asked for: the fast lane's report, a journal beside it, and what it cannot do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from backtesting.test import EURUSD

from tradewire.backtest.performing import Performed, perform, prepare
from tradewire.backtest.request import BadRequest, Request
from tradewire.engine.verify import verify


@pytest.fixture(scope="module")
def eurusd(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Hourly bars of EURUSD, with their weekends, as a file."""
    path = tmp_path_factory.mktemp("exact") / "EURUSD.csv"
    EURUSD.iloc[:1500].rename_axis("date").to_csv(path)
    return str(path)


def done(data: str, journal: Path | None = None, **given: Any) -> Performed:
    return perform(prepare(Request.read({"strategy": "sma-cross", "data": data, **given})), journal)


ASKED: dict[str, Any] = {
    "side": "both",
    "sl": "1%",
    "tp": "0.5%@50%,1.5%",
    "tsl": "1%@0.5%",
    "fee": "0.01%",
    "spread": 0.0001,
    "qty": "1000",
    "leverage": 2.0,
}


@pytest.mark.parametrize("steps", [{}, {"qty_step": 7.0, "tick": 0.0001}], ids=["fine", "steps"])
def test_real_prices_give_the_same_report_in_both_lanes(eurusd: str, tmp_path: Path, steps: dict[str, float]) -> None:
    fast = done(eurusd, **ASKED, **steps)
    exact = done(eurusd, tmp_path / "kept.db", lane="exact", **ASKED, **steps)
    assert len(fast.run.trades) > 10
    for name in ("entry_ts", "exit_ts", "side", "exit_reason"):
        assert getattr(exact.run.trades, name).tolist() == getattr(fast.run.trades, name).tolist(), name
    for name in ("entry_price", "exit_price", "quantity", "pnl", "fees"):
        assert np.allclose(getattr(exact.run.trades, name), getattr(fast.run.trades, name), atol=1e-7), name
    assert np.allclose(exact.run.equity, fast.run.equity, atol=1e-5)
    assert fast.journal is None
    assert exact.journal is not None
    assert (len(exact.journal.hash), exact.journal.refusals) == (64, {})
    assert verify(tmp_path / "kept.db").differences == ()


def test_an_account_that_cannot_pay_refuses_and_it_is_counted(eurusd: str) -> None:
    exact = done(eurusd, lane="exact", qty="1000000")
    assert exact.outcome.unaffordable > 0
    assert len(exact.outcome.trades) == 0
    assert exact.outcome.equity_final == 10_000.0


def test_what_the_venue_does_not_take_is_counted(eurusd: str) -> None:
    fast, exact = (done(eurusd, lane=lane, qty="10", min_qty=1000.0) for lane in ("fast", "exact"))
    assert exact.outcome.untradable == fast.outcome.untradable > 0


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"lane": "exact", "fills": "vectorbt"}, "fills"),
        ({"lane": "exact", "stops_active": "next-bar"}, "fills"),
        ({"lane": "exact", "fee": "11%"}, "fee"),
        ({"lane": "exact", "leverage": 2000.0}, "leverage"),
        ({"lane": "exact", "funding": "0.01%/8h"}, "funding"),
        ({"latency": 5}, "latency"),
    ],
)
def test_what_a_lane_cannot_do_is_named(eurusd: str, given: dict[str, Any], field: str) -> None:
    with pytest.raises(BadRequest) as caught:
        done(eurusd, **given)
    assert caught.value.field == field


def test_a_journal_never_replaces_a_file(eurusd: str, tmp_path: Path) -> None:
    (tmp_path / "there.db").write_text("mine")
    with pytest.raises(BadRequest, match="there already"):
        done(eurusd, tmp_path / "there.db", lane="exact")
    assert (tmp_path / "there.db").read_text() == "mine"
