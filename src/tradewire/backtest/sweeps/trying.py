"""Runs the combinations: a strategy is asked once a point, and its words are traded in every way and window."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np

from tradewire.backtest.fast import run
from tradewire.backtest.hearing import BadSignals
from tradewire.backtest.outcome import Outcome
from tradewire.backtest.performing import StrategyFailed, atr_of, sided
from tradewire.backtest.plan import BadPlan
from tradewire.backtest.request import BadRequest
from tradewire.backtest.sweeps.figures import COLUMNS, figures_of, whole_trades
from tradewire.backtest.sweeps.space import Space
from tradewire.backtest.sweeps.ways import Way
from tradewire.backtest.sweeps.windows import Window
from tradewire.domain.bars import Bars, Floats, Integers
from tradewire.report.returns import period_returns
from tradewire.strategies.base import Signals
from tradewire.strategies.finding import told

_FLAGS = ("long_entry", "long_exit", "short_entry", "short_exit")


class Stopped(Exception):
    """Somebody asked to stop; what was not finished is as if it had not begun."""


class Trier:
    """Tries combinations on windows of bars; strategies are asked about all the bars up to the last window's end.

    What a strategy says of a bar depends on no later one, so a window's words are those of the whole, cut out.
    """

    def __init__(self, space: Space, bars: Bars, cash: float, threads: int) -> None:
        self._space = space
        self._bars = bars
        self._cash = cash
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="sweep")
        self._atr = atr_of(bars) if any(way.measures_atr for way in space.ways) else None

    def figures(self, numbers: Integers, windows: Sequence[Window], stop: Callable[[], bool]) -> Floats:
        """Return what combinations (rising) come to: an array (windows, columns, combinations).

        Raises:
            Stopped: `stop` said so.
            StrategyFailed: the strategy raised, or said what does not fit the bars.
            BadRequest: something that a backtest cannot be asked.
        """
        points, ways = np.divmod(numbers, len(self._space.ways))
        edges = [0, *(np.flatnonzero(np.diff(points)) + 1).tolist(), len(points)]
        answer = np.empty((len(windows), COLUMNS, len(numbers)))

        def work(at: int) -> None:
            if stop():
                raise Stopped
            first, last = edges[at], edges[at + 1]
            signals = self.signals(int(points[first]), max(window.stop for window in windows))
            for column in range(first, last):
                way = self._space.ways[int(ways[column])]
                for index, window in enumerate(windows):
                    answer[index, :, column] = figures_of(self.outcome(signals, way, window), window, self._cash)

        for _ in self._pool.map(work, range(len(edges) - 1) if len(numbers) else ()):
            pass
        return answer

    def signals(self, point: int, rows: int) -> Signals:
        """Return what the strategy says at a point of the first `rows` bars, of both sides.

        Raises:
            StrategyFailed: it raised, or needs more bars.
        """
        strategy, params = self._space.strategy, self._space.params(point)
        try:
            needed = strategy.warmup(params) + 1
            signals = strategy.signals(self._bars.part(0, rows), params) if rows >= needed else None
        except Exception as error:  # whatever somebody's strategy raises is told, with its line
            raise StrategyFailed(f"{strategy.name} failed with {params}: {told(error)}") from error
        if signals is None:
            raise StrategyFailed(f"{strategy.name} with {params} needs {needed} bars before its first word, not {rows}")
        for name in _FLAGS:
            if np.shape(getattr(signals, name)) != (rows,):
                shape = np.shape(getattr(signals, name))
                raise StrategyFailed(f"{strategy.name}: {name} has the shape {shape}, not one element for {rows} bars")
        return signals

    def outcome(self, signals: Signals, way: Way, window: Window, cash: float | None = None) -> Outcome:
        """Return what words come to in a window, traded in a way.

        Raises:
            StrategyFailed: columns that do not fit the bars.
            BadRequest: a size or cash that a backtest cannot use.
        """
        rows = slice(window.start, window.stop)
        try:
            return run(
                self._bars.part(window.start, window.stop),
                sided(cut(signals, rows), way.side, len(window)),
                exits=way.exits,
                policy=way.policy,
                costs=way.costs,
                size=way.size,
                cash=self._cash if cash is None else cash,
                leverage=way.leverage,
                pip=way.pip,
                atr=None if self._atr is None or not way.measures_atr else self._atr[rows],
            )
        except BadSignals as error:
            raise StrategyFailed(f"{self._space.strategy.name}: {error}") from None
        except BadPlan as error:
            raise BadRequest("", str(error)) from None

    def returns(self, numbers: Integers, window: Window) -> Iterator[Floats]:
        """Yield the returns a period of each combination in a window, ended where the account had nothing left."""
        bars = self._bars.part(window.start, window.stop)

        def work(number: int) -> Floats:
            point, way = divmod(number, len(self._space.ways))
            outcome = self.outcome(self.signals(point, window.stop), self._space.ways[way], window)
            return period_returns(bars.ts, outcome.equity, outcome.cash, bars.timeframe_s).values

        yield from self._pool.map(work, numbers.tolist())

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(cancel_futures=True)


def cut(signals: Signals, rows: slice) -> Signals:
    """Return what is said of some rows."""
    optional: dict[str, Any] = {
        name: column[rows] for name in ("size", "stop_distance") if (column := getattr(signals, name)) is not None
    }
    return replace(signals, **{name: getattr(signals, name)[rows] for name in _FLAGS}, **optional)


def trade_gains(outcome: Outcome) -> Floats:
    """Return each trade's gain as a share of the balance before it, in the order of exits."""
    gained = whole_trades(outcome)
    balance = outcome.cash + np.concatenate(([0.0], np.cumsum(gained)[:-1]))
    return np.where(balance > 0, gained / np.where(balance > 0, balance, 1.0), 0.0)
