"""A strategy on the whole engine: the fast lane's trades, the same journal every time, and a journal that is sound."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tradewire.backtest.costs import Costs
from tradewire.backtest.exact.dealing import Dealing
from tradewire.backtest.exact.lane import Exact, Money, run
from tradewire.backtest.fast import run as fast
from tradewire.backtest.made import made_bars
from tradewire.domain.signal import Open
from tradewire.engine.verify import verify
from tradewire.parsing.reader import read_text
from tradewire.strategies.base import Signals

BARS = made_bars(600, seed=7)
FLAGS = "-sl 0.4% -tp 0.3%@50%,0.8% -tsl 0.5%@0.2% -be tp1"


def said() -> Signals:
    chance = np.random.default_rng(3)
    return Signals(*(chance.random((4, len(BARS))) < 0.05))


def played(journal: Path | None = None, latency_ms: int = 0) -> Exact:
    return run(
        BARS,
        said(),
        flags=FLAGS,
        dealing=Dealing(0.02, 0.0001, paid_at_fills=True),
        money=Money(1e6, 0.05, latency_ms=latency_ms),
        journal=journal,
    )


def test_it_trades_what_the_fast_lane_trades() -> None:
    (signal,) = read_text(f"buy made 1u {FLAGS}")
    assert isinstance(signal, Open)
    known = fast(BARS, said(), exits=signal.exits, costs=Costs(0.05, 0.02, 0.01), cash=1e6)
    exact = played()
    assert len(known.trades) > 20
    assert [(part.entry_row, part.exit_row, part.reason) for part in exact.parts] == [
        (row.entry_row, row.exit_row, row.exit_reason) for row in known.trades
    ]
    for part, row in zip(exact.parts, known.trades, strict=True):
        assert (part.entry_price, part.exit_price) == pytest.approx((row.entry_price, row.exit_price), abs=1e-9)
        assert (part.quantity, part.fees, part.pnl) == pytest.approx((row.quantity, row.fees, row.pnl), abs=1e-7)
    assert exact.equity == pytest.approx(known.equity, abs=1e-6)
    assert not exact.refusals


def test_the_same_run_gives_the_same_journal() -> None:
    assert played().journal_hash == played().journal_hash
    assert played(latency_ms=250).journal_hash != played().journal_hash


PRINT = "from unit.backtest.exact.test_exact_lane import played; print(played().journal_hash)"


def test_another_process_gives_the_same_journal() -> None:
    hashes = {
        subprocess.run(
            [sys.executable, "-c", PRINT],
            check=True,
            capture_output=True,
            text=True,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert hashes == {played().journal_hash}


def test_a_journal_that_is_kept_is_the_one_that_was_hashed(tmp_path: Path) -> None:
    exact = played(tmp_path / "run.db")
    assert exact.journal_hash == played().journal_hash
    verdict = verify(tmp_path / "run.db")
    assert (verdict.differences, verdict.rows > exact.journal_rows > 0) == ((), True)


def test_who_comes_late_pays_more() -> None:
    at_once, late = played(), played(latency_ms=3_000)
    assert late.parts[0].entry_row == at_once.parts[0].entry_row
    assert (late.parts[0].entry_price - at_once.parts[0].entry_price) * at_once.parts[0].side > 0
