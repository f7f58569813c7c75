"""Pure noise is called overfitted, a planted edge is not; walk-forward trades the best of the past on the next part."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sweep_samples import sweep

from tradewire.backtest.fast import run as traded
from tradewire.backtest.performing import perform, prepare, signals_of
from tradewire.backtest.request import Request
from tradewire.backtest.sweeps.cutting import cut
from tradewire.backtest.sweeps.figures import EQUITY, Chunk
from tradewire.backtest.sweeps.laying import lay_out
from tradewire.backtest.sweeps.service import run
from tradewire.backtest.sweeps.spec import Sweep, WalkForward
from tradewire.store.sweeps import SweepStore

DAY = 86_400
PLANTED = """
import numpy as np
from pydantic import Field
from tradewire.strategies.base import Params, Signals, Strategy

class Lengths(Params):
    days: int = Field(5, ge=1, le=60)
    hold: int = Field(3, ge=1, le=60)

class Momentum(Strategy[Lengths]):
    "Long for `hold` bars after `days` bars whose sum was positive."
    name = "momentum"
    Params = Lengths
    def warmup(self, params):
        return params.days + params.hold
    def signals(self, bars, params):
        up = np.zeros(len(bars), bool)
        up[params.days:] = bars.close[params.days:] > bars.close[:-params.days]
        up[: self.warmup(params)] = False
        was = np.zeros(len(bars), bool)
        was[1:] = up[:-1]
        return Signals(up & ~was, ~up & was, ~up & was, up & ~was)
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SweepStore]:
    with SweepStore.open(tmp_path / "sweeps.db") as opened:
        yield opened


def days(folder: Path, count: int, seed: int, memory: float) -> str:
    """Write daily bars whose returns remember a share of their recent past; 0 is a walk of pure chance."""
    chance = np.random.default_rng(seed)
    shocks = chance.normal(0, 0.01, count)
    drift, moves = 0.0, np.empty(count)
    for day in range(count):
        moves[day] = shocks[day] + memory * drift
        drift = 0.8 * drift + 0.2 * moves[day]
    close = 100 * np.exp(np.cumsum(moves))
    opening = np.concatenate(([100.0], close[:-1]))
    high, low = np.maximum(opening, close) * 1.001, np.minimum(opening, close) * 0.999
    rows = zip((np.arange(count) * DAY + 1_500_000_000 // DAY * DAY).tolist(), opening, high, low, close, strict=True)
    path = folder / f"days-{seed}-{memory}.csv"
    path.write_text("timestamp,open,high,low,close\n" + "".join(",".join(map(str, row)) + "\n" for row in rows))
    return str(path)


def momentum(folder: Path, data: str, **asked: Any) -> Sweep:
    file = folder / "momentum.py"
    file.write_text(PLANTED)
    given = ("days=2:20:1", "hold=1,2,3", "side=both")
    return sweep(data, *given, strategy=str(file), holdout=0.3, paths=200, **asked)


@pytest.mark.parametrize("seed", range(4))
def test_pure_noise_is_called_overfitted(tmp_path: Path, store: SweepStore, seed: int) -> None:
    found = run(momentum(tmp_path, days(tmp_path, 2500, seed, 0.0), walk_forward=WalkForward(folds=4)), store)
    assert found is not None
    assert found["verdict"]["word"] == "overfitted, or no edge"
    assert found["honesty"]["luck"]["deflated"] < 0.95
    assert any(one["weight"] == "bad" for one in found["verdict"]["sentences"])
    assert found["verdict"]["sentences"][0]["weight"] == "bad", "the gravest comes first"


@pytest.mark.parametrize("seed", range(4))
def test_a_planted_edge_is_not(tmp_path: Path, store: SweepStore, seed: int) -> None:
    found = run(momentum(tmp_path, days(tmp_path, 2500, seed, 0.9), walk_forward=WalkForward(folds=4)), store)
    assert found is not None
    told = "\n".join(one["sentence"] for one in found["verdict"]["sentences"])
    assert found["verdict"]["word"] != "overfitted, or no edge", told
    assert found["honesty"]["luck"]["deflated"] > 0.95
    assert found["honesty"]["overfitting"]["probability"] < 0.5
    assert found["honesty"]["walk_forward"]["return"] > 0
    for figure in ("deflated Sharpe ratio", "probability of backtest overfitting", "never saw", "neighbours", "folds"):
        assert figure in told


@pytest.mark.parametrize("anchored", [False, True])
def test_walk_forward_is_each_best_of_the_past_traded_on_what_comes_next(
    tmp_path: Path, store: SweepStore, anchored: bool
) -> None:
    data = days(tmp_path, 1200, 1, 0.5)
    folds = WalkForward(folds=3, anchored=anchored)
    given = ("fast=5,10,15", "slow=20,40", "size=50%")
    spec = sweep(data, *given, walk_forward=folds, holdout=0.2, paths=50, objective="return")
    found = run(spec, store)
    assert found is not None
    walk, laid = found["honesty"]["walk_forward"], lay_out(spec)
    assert [(fold.train.start, fold.test.start, fold.test.stop) for fold in laid.windows.folds] == [
        (0 if anchored else first, first + 240, first + 480) for first in (0, 240, 480)
    ]
    money = 10_000.0
    for fold, told in zip(laid.windows.folds, walk["folds"], strict=True):
        past = {}
        for number in range(len(laid.space)):
            values = laid.space.values(number)
            words = {"start": int(laid.bars.ts[fold.train.start]), "end": int(laid.bars.ts[fold.train.stop])}
            past[number] = alone(spec, values, words)
        best = max(past, key=lambda number: (past[number], -number))
        assert laid.space.values(best) == told["set"]
        assert told["equity_before"] == pytest.approx(money)
        money *= 1 + told["return"]
        assert told["equity_after"] == pytest.approx(money)
    assert walk["return"] == pytest.approx(money / 10_000 - 1)
    assert walk["equity"]["value"][-1] == pytest.approx(money)
    assert found["honesty"]["monte_carlo"]["of"] == "the walk-forward"


def alone(spec: Sweep, values: dict[str, Any], span: dict[str, int]) -> float:
    """Return what one combination comes to in a span, with the words that the bars before it lead to."""
    request = Request.read({**spec.request.model_dump(), "params": values})
    prepared = prepare(request)
    first, last = (int(np.searchsorted(prepared.bars.ts, moment)) for moment in (span["start"], span["end"]))
    signals = cut(signals_of(prepared), slice(first, last))
    outcome = traded(prepared.bars.part(first, last), signals, policy=prepared.policy, size=prepared.size)
    return outcome.equity_final / outcome.cash - 1


def test_a_sweep_without_a_trade_has_nothing_to_judge(tmp_path: Path, store: SweepStore) -> None:
    data = days(tmp_path, 300, 1, 0.0)
    found = run(sweep(data, "fast=5,10", "slow=20,40", least_trades=10_000), store)
    assert found is not None
    assert (found["verdict"]["word"], found["best"]) == ("nothing to judge", [])


def test_one_combination_is_judged_by_its_record_alone(tmp_path: Path, store: SweepStore) -> None:
    found = run(sweep(days(tmp_path, 600, 1, 0.9), "fast=5", "slow=20", "side=both"), store)
    assert found is not None
    luck = found["honesty"]["luck"]
    assert (luck["trials"], luck["expected_best"]) == (1, 0.0)
    assert luck["deflated"] == luck["probabilistic"]
    assert found["honesty"]["overfitting"] is None
    prepared = prepare(sweep(days(tmp_path, 600, 1, 0.9), "fast=5", "slow=20", "side=both").request)
    assert perform(prepared).outcome.equity_final == pytest.approx(found["best"][0]["inside"]["equity_final"])


def test_the_map_is_the_mean_over_all_else(tmp_path: Path, store: SweepStore) -> None:
    spec = sweep(days(tmp_path, 900, 2, 0.3), "fast=5,10,15", "slow=10:40:10", "sl=3%,6%", objective="return")
    found = run(spec, store)
    assert found is not None
    drawn = found["honesty"]["heat_map"]
    assert (drawn["rows"]["name"], drawn["columns"]["name"]) == ("fast", "slow")
    assert drawn["mean"][1][0] is None, "fast 10 with slow 10 was never run"
    laid = lay_out(spec)
    sums: dict[tuple[Any, Any], list[float]] = {}
    for _, data in store.chunks(found["id"]):
        chunk = Chunk.unpacked(data)
        for number, equity in zip(chunk.numbers.tolist(), chunk.figures[EQUITY].tolist(), strict=True):
            values = laid.space.values(number)
            sums.setdefault((values["fast"], values["slow"]), []).append(equity / 10_000 - 1)
    for row, fast in enumerate(drawn["rows"]["values"]):
        for column, slow in enumerate(drawn["columns"]["values"]):
            expected = None if (fast, slow) not in sums else pytest.approx(np.mean(sums[fast, slow]))
            assert drawn["mean"][row][column] == expected
    known = [drawn["mean"][row][column] for row in (0, 1) for column in (0, 1)]
    assert drawn["smooth"][0][0] == pytest.approx(np.mean([value for value in known if value is not None]))
