"""A sweep comes to what single backtests come to, and an interrupted one to the same as one that was not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sweep_samples import history, sweep

from tradewire.backtest.performing import StrategyFailed, perform, prepare
from tradewire.backtest.request import BadRequest, Request
from tradewire.backtest.sweeps.figures import DRAWDOWN, EQUITY, TRADES, WINS, Chunk
from tradewire.backtest.sweeps.laying import lay_out
from tradewire.backtest.sweeps.running import Changed, begin, carry_on, taken_up
from tradewire.backtest.sweeps.service import resume, run
from tradewire.backtest.sweeps.spec import Objective, Search, Sweep, WalkForward
from tradewire.report.statistics import statistics
from tradewire.store.sweeps import DONE, INTERRUPTED, NoSweep, SweepStore

GIVEN = ("fast=5:20:5", "slow=20:50:10", "sl=1%,2%,none")

FAILING = """
from pydantic import Field
from tradewire.strategies.base import Params, Strategy
from tradewire.strategies.sma_cross import SmaCross

class Lengths(Params):
    fast: int = Field(5, ge=1)
    slow: int = 30

class Failing(Strategy[Lengths]):
    name = "failing"
    Params = Lengths
    def warmup(self, params):
        return 10
    def signals(self, bars, params):
        if params.fast == 7:
            return bars.nothing
        return SmaCross().signals(bars, params)
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A made history of hours."""
    return history(tmp_path_factory.mktemp("history"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SweepStore]:
    with SweepStore.open(tmp_path / "sweeps.db") as opened:
        yield opened


def asked(spec: Sweep, **words: Any) -> Request:
    return Request.read({**spec.request.model_dump(), **words})


def kept(store: SweepStore, id: str) -> list[Chunk]:
    return [Chunk.unpacked(data) for _, data in store.chunks(id)]


def all_of(store: SweepStore, spec: Sweep) -> tuple[np.ndarray, np.ndarray]:
    laid = lay_out(spec)
    id = begin(laid, store)
    assert carry_on(id, laid, store)
    chunks = kept(store, id)
    return np.concatenate([c.numbers for c in chunks]), np.concatenate([c.figures for c in chunks], axis=1)


@pytest.mark.parametrize("objective", list(Objective))
def test_each_combination_comes_to_what_its_backtest_comes_to(data: str, store: SweepStore, objective: str) -> None:
    spec = sweep(data, "fast=5,10", "slow=20,30", "sl=1%,2atr", "side=both,long", "fee=0.1%", objective=objective)
    found = run(spec, store)
    assert found is not None
    assert len(found["best"]) == 10
    for row in found["best"]:
        words = dict(row["set"])
        params = {name: words.pop(name) for name in ("fast", "slow")}
        alone = statistics(perform(prepare(asked(spec, params=params, **words))).run)
        assert row["inside"]["equity_final"] == pytest.approx(alone.equity_final, rel=1e-12)
        assert row["inside"]["trades"] == alone.all.trades
        assert row["inside"]["sharpe"] == pytest.approx(alone.sharpe, rel=1e-9)
        assert row["inside"]["max_drawdown"] == pytest.approx(alone.max_drawdown, rel=1e-9)
        expected = {
            "sharpe": alone.sharpe,
            "sortino": alone.sortino,
            "return": alone.total_return,
            "calmar": alone.calmar,
            "profit_factor": alone.all.profit_factor,
            "expectancy": alone.all.expectancy,
            "win_rate": alone.all.win_rate,
            "drawdown": -alone.max_drawdown,
        }
        assert row["inside"]["objective"] == pytest.approx(expected[objective], rel=1e-9)
    values = [row["inside"]["objective"] for row in found["best"]]
    assert values == sorted(values, reverse=True)


OF_A_MARKET = ("eod=true", "session=fx", "funding=0.05%/8h", "qty_step=0.01", "tick=0.1")
MIXED = (
    ("sma-cross", ("fast=5,10", "slow=20,30", "fee=0%,0.1%", "fill=close,next-open", "side=long,short", "sl=2%,2atr")),
    (
        "sma-cross",
        ("fast=5,10", "tp=1%@50%,3%|2%|none", "be=none,1%", "slippage=0%,0.05%", "fills=vectorbt,optimistic"),
    ),
    ("session-range", ("range_end=12,14", "size=50%|1u|risk 1%", "leverage=1,3", "side=both", "tp=1r,2%")),
    ("macd", ("fast=8,12", "slow=20,26", "signal=5,9", "sl=2%,none")),
    ("donchian-breakout", ("sl=2%,2atr", "tsl=none,3%")),
    ("sma-cross", ("fast=5,10", "sl=2%,4%", *OF_A_MARKET)),
)


@pytest.mark.parametrize(
    ("strategy", "words"), MIXED, ids=["terms", "ladders", "distances", "averages", "channels", "market"]
)
def test_ways_of_every_kind_are_run_together(
    data: str, store: SweepStore, strategy: str, words: tuple[str, ...]
) -> None:
    spec = sweep(data, *words, strategy=strategy, chunk=11)
    numbers, figures = all_of(store, spec)
    laid = lay_out(spec)
    assert numbers.tolist() == list(range(len(laid.space)))
    for number in numbers[::3].tolist():
        values = laid.space.values(number)
        params = {axis.name: values.pop(axis.name) for axis in laid.space.own}
        found = statistics(perform(prepare(asked(spec, params={**spec.request.params, **params}, **values))).run)
        figure = figures[:, number]
        assert figure[EQUITY] == pytest.approx(found.equity_final, rel=1e-12), laid.space.values(number)
        assert (figure[TRADES], figure[WINS]) == (found.all.trades, found.all.wins)
        assert figure[DRAWDOWN] == pytest.approx(found.max_drawdown, rel=1e-9)


def test_the_grid_is_run_whole_and_in_its_order(data: str, store: SweepStore) -> None:
    numbers, figures = all_of(store, sweep(data, *GIVEN, chunk=7))
    assert numbers.tolist() == list(range(45)), "slow 20 goes with three of fast only"
    again = all_of(store, sweep(data, *GIVEN))
    assert np.array_equal(figures, again[1]), "the size of chunks changes nothing"


def test_a_random_search_draws_each_combination_once_and_the_same_again(data: str, store: SweepStore) -> None:
    spec = sweep(data, *GIVEN, search="random", trials=20, seed=3)
    numbers, _ = all_of(store, spec)
    assert len(set(numbers.tolist())) == 20
    assert numbers.tolist() == all_of(store, spec)[0].tolist()
    assert numbers.tolist() != all_of(store, spec.model_copy(update={"seed": 4}))[0].tolist()
    assert len(all_of(store, spec.model_copy(update={"trials": 1000}))[0]) == 45, "more than there are: all of them"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stops=st.lists(st.integers(1, 60), max_size=4),
    chunk=st.integers(1, 50),
    search=st.sampled_from([Search.GRID, Search.RANDOM]),
)
def test_a_sweep_that_is_interrupted_comes_to_the_same(
    data: str, store: SweepStore, stops: list[int], chunk: int, search: Search
) -> None:
    trials = None if search is Search.GRID else 30
    folds = WalkForward(folds=2)
    spec = sweep(data, *GIVEN, chunk=chunk, search=search, trials=trials, walk_forward=folds)
    laid = lay_out(spec)
    whole, parts = begin(laid, store), begin(laid, store)
    assert carry_on(whole, laid, store)
    for after in stops:
        left = iter(range(after))
        carry_on(parts, taken_up(parts, store), store, stop=lambda left=left: next(left, None) is None)
    assert carry_on(parts, taken_up(parts, store), store)
    assert dict(store.chunks(parts)) == dict(store.chunks(whole))
    assert sum(store.chunks_done(parts).values()) == laid.total


def test_a_row_that_is_lost_is_seen_and_run_again_alone(data: str, tmp_path: Path, store: SweepStore) -> None:
    """The control of the tests that compare rows: one that is missing, or twice, would not go unseen."""
    laid = lay_out(sweep(data, *GIVEN, chunk=10))
    id = begin(laid, store)
    assert carry_on(id, laid, store)
    whole = dict(store.chunks(id))
    with closing(sqlite3.connect(tmp_path / "sweeps.db")) as connection, connection:
        connection.execute("DELETE FROM sweep_chunks WHERE sweep_id = ? AND chunk = 2", (id,))
    assert dict(store.chunks(id)) != whole
    assert store.count_done(id) == 35
    told: list[int] = []
    assert carry_on(id, taken_up(id, store), store, lambda done, _: told.append(done))
    assert told == [35, 45], "one chunk was run, the others were left alone"
    assert dict(store.chunks(id)) == whole


def test_what_is_interrupted_says_so_and_what_is_done_is_only_read(data: str, store: SweepStore) -> None:
    spec = sweep(data, *GIVEN, chunk=10)
    told: list[tuple[int, int]] = []
    assert run(spec, store, lambda *at: told.append(at), lambda: len(told) > 2) is None
    (row,) = store.listed()
    assert (row.status, store.count_done(row.id)) == (INTERRUPTED, 20)
    assert told == [(0, 45), (10, 45), (20, 45)]
    found = resume(row.id, store)
    assert store.get(row.id).status == DONE
    assert resume(row.id, store, stop=lambda: True) == found


def test_a_sweep_does_not_go_on_with_another_history(tmp_path: Path, store: SweepStore) -> None:
    path = Path(history(tmp_path))
    run(sweep(str(path), *GIVEN), store, stop=lambda: True)
    (row,) = store.listed()
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[:-1]) + "\n")
    with pytest.raises(Changed, match=r"has changed since it began"):
        resume(row.id, store)
    with pytest.raises(NoSweep, match="the newest is"):
        resume("nothing", store)


def test_a_strategy_that_fails_is_told_and_what_was_done_stays(data: str, tmp_path: Path, store: SweepStore) -> None:
    file = tmp_path / "mine.py"
    file.write_text(FAILING)
    with pytest.raises(StrategyFailed, match=r"fast=7.*return bars\.nothing"):
        run(sweep(data, "fast=5:8", strategy=str(file), chunk=1), store)
    (row,) = store.listed()
    assert (row.status, store.count_done(row.id)) == (INTERRUPTED, 2)


def test_what_cannot_be_searched_writes_nothing(data: str, store: SweepStore) -> None:
    for spec, told in (
        (sweep(data, *GIVEN, holdout=0.9999), "cannot be parted"),
        (sweep(data, *GIVEN, walk_forward=WalkForward(folds=100), holdout=0.9), "too few for 100 folds"),
    ):
        with pytest.raises(BadRequest, match=told):
            run(spec, store)
    assert store.listed() == []


def test_the_holdout_is_never_seen_by_the_search(tmp_path: Path, store: SweepStore) -> None:
    whole = Path(history(tmp_path))
    spec = sweep(str(whole), *GIVEN, holdout=0.3)
    laid = lay_out(spec)
    seen = laid.windows.seen
    assert (seen.stop, laid.windows.held and laid.windows.held.start) == (1050, 1050)
    _, figures = all_of(store, spec)
    changed = laid.bars.part(0, seen.stop)
    lines = whole.read_text().splitlines()
    other = tmp_path / "other.csv"
    tail = [line.split(",")[0] + ",9,9,9,9,1" for line in lines[seen.stop + 1 :]]
    other.write_text("\n".join([*lines[: seen.stop + 1], *tail]) + "\n")
    assert len(changed) == 1050
    _, again = all_of(store, spec.model_copy(update={"request": asked(spec, data=str(other))}))
    assert np.array_equal(figures, again, equal_nan=True)
    found = run(spec, store)
    assert found is not None
    row = found["best"][0]
    params = {name: row["set"][name] for name in ("fast", "slow")}
    prepared = prepare(asked(spec, params=params, sl=row["set"]["sl"]))
    alone = perform(replace(prepared, bars=prepared.bars.part(1050 - params["slow"], 1500)))
    assert row["outside"]["trades"] == pytest.approx(len(alone.outcome.trades), abs=1)
