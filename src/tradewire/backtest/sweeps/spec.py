"""What a sweep is asked: a backtest, the parameters that vary, how they are searched, and how honest to be."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tradewire.backtest.request import Request

Value = bool | int | float | str | None


class Search(StrEnum):
    """How combinations are picked."""

    GRID = "grid"
    RANDOM = "random"
    OPTUNA = "optuna"


class Objective(StrEnum):
    """What makes a combination better than another; more is better, also of `drawdown` (the shallower the better)."""

    SHARPE = "sharpe"
    SORTINO = "sortino"
    RETURN = "return"
    CALMAR = "calmar"
    PROFIT_FACTOR = "profit_factor"
    EXPECTANCY = "expectancy"
    WIN_RATE = "win_rate"
    DRAWDOWN = "drawdown"


class Axis(BaseModel):
    """One parameter of the strategy, or one word of the request such as `sl`, and the values that it takes."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str
    values: Annotated[tuple[Value, ...], Field(min_length=1)]


class WalkForward(BaseModel):
    """So many times the best of the past is traded on what comes next.

    The history is cut into `folds` + 1 parts; before each of the last `folds` the search looks at the part before it
    (rolling), or at everything before it (anchored).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    folds: int = Field(ge=2, le=100)
    anchored: bool = False


class Sweep(BaseModel):
    """A sweep. `where` are conditions such as `fast<slow`; `holdout` is the share of bars that no search ever sees.

    `trials` is how many combinations a random or Optuna search takes; `paths` how many orders of trades Monte Carlo
    draws; `chunk` how many combinations are a row in the database (None: as many as take about a second).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    request: Request
    axes: tuple[Axis, ...]
    where: tuple[str, ...] = ()
    search: Search = Search.GRID
    trials: int | None = Field(default=None, ge=1, le=10_000_000)
    seed: int = Field(default=1, ge=0)
    objective: Objective = Objective.SHARPE
    least_trades: int = Field(default=1, ge=0)
    holdout: float = Field(default=0.0, ge=0.0, lt=1.0)
    walk_forward: WalkForward | None = None
    paths: int = Field(default=0, ge=0, le=1_000_000)
    ruin: float = Field(default=0.5, gt=0.0, lt=1.0, description="ruined is who has less than this share of the cash")
    chunk: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        names = [axis.name for axis in self.axes]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(f"{', '.join(sorted(twice))}: a parameter is given once, with all its values")
        if self.search is Search.GRID and self.trials is not None:
            raise ValueError("a grid takes every combination; trials are for the searches random and optuna")
        if self.search is Search.OPTUNA and self.walk_forward is not None:
            raise ValueError("walk-forward needs the search grid or random: Optuna would have seen what comes next")
        return self
