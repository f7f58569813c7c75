"""What a strategy is: a pure function from bars to entries and exits, and the parameters that it takes.

The same call answers on history (once, over all bars) and live (on a rolling window, when a bar closes). What it says
of a bar may therefore depend on that bar and on earlier ones only, and on no more of them than its warm-up.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from tradewire.domain.bars import Bars, Floats

Flags = NDArray[np.bool_]


class Params(BaseModel):
    """Parameters of a strategy: each field has a default, bounds (`ge`, `le`) and a description.

    Forms are drawn and sweeps are made from them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


P = TypeVar("P", bound=Params)


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """What a strategy says at the close of each bar; one element a bar.

    `size` (units, > 0) and `stop_distance` (a difference of prices, > 0) hold for an entry at that bar; NaN there means
    the account's own sizing, and no stop of the strategy's.
    """

    long_entry: Flags
    long_exit: Flags
    short_entry: Flags
    short_exit: Flags
    size: Floats | None = None
    stop_distance: Floats | None = None


class Strategy(ABC, Generic[P]):
    """One way to enter and leave a market. Subclass it, name its `Params`, and write `signals`."""

    name: ClassVar[str]
    """The word by which people call it: `sma-cross`."""
    Params: type[P]

    @abstractmethod
    def warmup(self, params: P) -> int:
        """Return how many bars before a bar it needs for its right answer; until then it says nothing."""

    @abstractmethod
    def signals(self, bars: Bars, params: P) -> Signals:
        """Return what it says at the close of each bar."""
