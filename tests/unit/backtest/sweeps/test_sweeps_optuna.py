"""Optuna's search takes each combination once, finds what is good, and goes on as if it had not been interrupted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError
from sweep_samples import history, sweep

from tradewire.backtest.sweeps.figures import Chunk, objective
from tradewire.backtest.sweeps.laying import lay_out
from tradewire.backtest.sweeps.running import begin, carry_on, taken_up
from tradewire.backtest.sweeps.service import run
from tradewire.backtest.sweeps.spec import Objective, WalkForward
from tradewire.store.sweeps import SweepStore

pytest.importorskip("optuna", reason="optuna is not installed")
WIDE = ("fast=2:40:2", "slow=20:200:10", "sl=none,1%,2%,3%,4%,5%", "side=long,both")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A made history of hours."""
    return history(tmp_path_factory.mktemp("history"), 2000)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SweepStore]:
    with SweepStore.open(tmp_path / "sweeps.db") as opened:
        yield opened


def tried(store: SweepStore, id: str) -> list[int]:
    return np.concatenate([Chunk.unpacked(data).numbers for _, data in store.chunks(id)]).tolist()


def test_an_interrupted_search_makes_the_proposals_it_would_have_made(data: str, store: SweepStore) -> None:
    spec = sweep(data, *WIDE, search="optuna", trials=100, where=("fast*2<=slow",))
    laid = lay_out(spec)
    whole, parts = begin(laid, store), begin(laid, store)
    assert carry_on(whole, laid, store)
    for chunks in (1, 2):
        carry_on(parts, taken_up(parts, store), store, stop=lambda most=chunks: len(store.chunks_done(parts)) >= most)
        assert len(store.chunks_done(parts)) == chunks
    assert carry_on(parts, taken_up(parts, store), store)
    assert dict(store.chunks(parts)) == dict(store.chunks(whole))
    assert len(set(tried(store, whole))) == 100


def test_it_comes_nearer_to_the_best_than_chance(data: str, store: SweepStore) -> None:
    dear = (*WIDE, "fee=0.5%")
    laid = lay_out(sweep(data, *dear))
    id = begin(laid, store)
    assert carry_on(id, laid, store)
    chunks = [Chunk.unpacked(packed) for _, packed in store.chunks(id)]
    seen = laid.windows.seen
    every = np.concatenate([objective(Objective.SHARPE, chunk.figures, 10_000.0, seen, 1) for chunk in chunks])
    every = every[np.isfinite(every)]
    ranks = []
    for seed in range(2):
        found = run(sweep(data, *dear, search="optuna", trials=200, seed=seed), store)
        assert found is not None
        ranks.append(int((every > found["best"][0]["inside"]["objective"]).sum()))
    by_chance = len(every) / 201
    assert max(ranks) < by_chance / 2, "the best of 200 drawn by chance has so many better ones above it"


def test_more_trials_than_combinations_are_all_of_them(data: str, store: SweepStore) -> None:
    found = run(sweep(data, "fast=5:20:5", "slow=20:50:10", search="optuna", trials=500), store)
    assert found is not None
    assert found["trials"] == 15
    assert sorted(tried(store, found["id"])) == list(range(15))


def test_walk_forward_is_refused(data: str) -> None:
    with pytest.raises(ValidationError, match="would have seen what comes next"):
        sweep(data, *WIDE, search="optuna", walk_forward=WalkForward(folds=3))
