"""Runs the combinations: a strategy is asked once a point, and its words are traded in every way and window."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

import numpy as np

from tradewire.analysis.sharing import Shared, sharing
from tradewire.backtest import machine
from tradewire.backtest.choices import Sides
from tradewire.backtest.costs import Costs
from tradewire.backtest.fast import run
from tradewire.backtest.hearing import BadSignals, words_of
from tradewire.backtest.many import Plan, Summaries, many
from tradewire.backtest.outcome import Outcome
from tradewire.backtest.performing import StrategyFailed, atr_of, sided
from tradewire.backtest.plan import BadPlan
from tradewire.backtest.policy import FillPolicy
from tradewire.backtest.request import BadRequest
from tradewire.backtest.sweeps.cutting import cut
from tradewire.backtest.sweeps.figures import COLUMNS, columns_of
from tradewire.backtest.sweeps.laying import Laid
from tradewire.backtest.sweeps.ways import Way
from tradewire.backtest.sweeps.windows import Window
from tradewire.backtest.words import Words, part, strung
from tradewire.domain.bars import Floats, Integers
from tradewire.strategies.base import Signals
from tradewire.strategies.finding import told

POINTS: Final = 128
"""Points of a strategy whose words are in memory at once, at most."""
ROOM: Final = 2_000_000
"""Words in memory at once, about: a hundred bytes each with what is made of them."""


SILENT: Final = strung([])[0]
"""The words of a point that no combination of these terms asks for."""


class Stopped(Exception):
    """Somebody asked to stop; what was not finished is as if it had not begun."""


class Terms(NamedTuple):
    """What is the same for all combinations that are run in one go."""

    side: Sides
    policy: FillPolicy
    costs: Costs
    leverage: float
    pip: float | None
    measures_atr: bool


class Trier:
    """Tries combinations on windows of bars; strategies are asked about all the bars up to the last window's end.

    What a strategy says of a bar depends on no later one, so a window's words are those of the whole, cut out.
    """

    def __init__(self, laid: Laid, threads: int) -> None:
        space, bars = laid.space, laid.bars
        self._space = space
        self._bars = bars
        self._market = laid.market
        self._cash = laid.spec.request.cash
        self._threads = threads
        machine.played()  # two threads that ask for it first would both compile it
        machine.gathered()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="sweep")
        self._atr = atr_of(bars) if any(way.measures_atr for way in space.ways) else None
        self._shared = Shared(getattr(bars, name) for name in ("open", "high", "low", "close", "volume"))
        self._terms = [_terms(way) for way in space.ways]
        self._kinds = {terms: kind for kind, terms in enumerate(dict.fromkeys(self._terms))}
        self._kind = np.array([self._kinds[terms] for terms in self._terms], np.int64)

    def figures(self, numbers: Integers, windows: Sequence[Window], stop: Callable[[], bool]) -> Floats:
        """Return what combinations (rising) come to: an array (windows, columns, combinations).

        Raises:
            Stopped: `stop` said so.
            StrategyFailed: the strategy raised, or said what does not fit the bars.
            BadRequest: something that a backtest cannot be asked.
        """
        answer = np.empty((len(windows), COLUMNS, len(numbers)))
        for columns, index, found in self._tried(numbers, windows, stop, keep_returns=False):
            answer[index, :, columns] = columns_of(found.sums).T
        return answer

    def returns(self, numbers: Integers, window: Window) -> Floats:
        """Return the returns a period of combinations (rising), a row each; 0 once the account had nothing left."""
        answer = np.zeros((len(numbers), len(window.ends)))
        for columns, _, found in self._tried(numbers, [window], lambda: False, keep_returns=True):
            answer[columns] = np.nan_to_num(found.returns)
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
        return signals

    def outcome(self, number: int, window: Window, cash: float | None = None) -> Outcome:
        """Return what a combination comes to in a window, whole.

        Raises:
            StrategyFailed, BadRequest: as for `figures`.
        """
        point, at = divmod(number, len(self._space.ways))
        way, rows = self._space.ways[at], slice(window.start, window.stop)
        signals = self.signals(point, window.stop)
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
                market=self._market,
                atr=None if self._atr is None or not way.measures_atr else self._atr[rows],
            )
        except BadSignals as error:
            raise StrategyFailed(f"{self._space.strategy.name}: {error}") from None
        except BadPlan as error:
            raise BadRequest("", str(error)) from None

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(cancel_futures=True)

    def _tried(
        self, numbers: Integers, windows: Sequence[Window], stop: Callable[[], bool], *, keep_returns: bool
    ) -> Iterator[tuple[Integers, int, Summaries]]:
        """Yield (places in `numbers`, the window's, what they came to), a batch of points and a kind of terms each."""
        points, ways = np.divmod(numbers, len(self._space.ways))
        kinds, rows = self._kind[ways], max(window.stop for window in windows)
        begins = [0, *(np.flatnonzero(np.diff(points)) + 1).tolist(), len(points)] if len(numbers) else [0]
        for first, last, heard in self._heard(points, kinds, begins, rows, stop):
            of = np.searchsorted(np.array(begins[first:last]), np.arange(begins[first], begins[last]), "right") - 1
            for kind, terms in enumerate(self._kinds):
                chosen = np.flatnonzero(kinds[begins[first] : begins[last]] == kind)
                if not len(chosen):
                    continue
                places = begins[first] + chosen
                there, plan = np.unique(ways[places], return_inverse=True)
                plans = [Plan(self._space.ways[way].exits, self._space.ways[way].size) for way in there.tolist()]
                which = np.column_stack((of[chosen], plan))
                for index, window in enumerate(windows):
                    said = [words.get(terms, SILENT) for words in heard]
                    yield places, index, self._many(terms, said, plans, which, window, keep_returns)

    def _many(
        self, terms: Terms, said: Sequence[Words], plans: Sequence[Plan], which: Integers, window: Window, keep: bool
    ) -> Summaries:
        try:
            return many(
                self._bars.part(window.start, window.stop),
                [part(words, window.start, window.stop, at_close=terms.policy.at_close) for words in said],
                plans,
                which,
                policy=terms.policy,
                costs=terms.costs,
                cash=self._cash,
                leverage=terms.leverage,
                pip=terms.pip,
                market=self._market,
                keep_returns=keep,
                threads=self._threads,
            )
        except BadPlan as error:
            raise BadRequest("", str(error)) from None

    def _heard(
        self, points: Integers, kinds: Integers, begins: list[int], rows: int, stop: Callable[[], bool]
    ) -> Iterator[tuple[int, int, list[dict[Terms, Words]]]]:
        """Yield (first, last, what is said at each) of points, as many at once as there is room for."""
        terms = list(self._kinds)

        def work(at: int) -> dict[Terms, Words]:
            if stop():
                raise Stopped
            signals = self.signals(int(points[begins[at]]), rows)
            made: dict[tuple[Sides, bool, bool], Words] = {}
            answer: dict[Terms, Words] = {}
            for kind in np.unique(kinds[begins[at] : begins[at + 1]]).tolist():
                one = terms[kind]
                key = one.side, one.policy.at_close, one.measures_atr
                if key not in made:
                    made[key] = self._words(signals, rows, one)
                answer[one] = made[key]
            return answer

        first, count, size = 0, len(begins) - 1, 1  # one alone: what is compiled then is compiled once
        while first < count:
            last = min(first + size, count)
            with sharing(self._shared):
                heard = list(self._pool.map(work, range(first, last)))
            yield first, last, heard
            largest = max(sum(len(words.rows) for words in said.values()) for said in heard)
            size = max(self._threads, min(POINTS, ROOM // max(largest, 1)))
            first = last

    def _words(self, signals: Signals, rows: int, terms: Terms) -> Words:
        atr = None if self._atr is None or not terms.measures_atr else self._atr[:rows]
        try:
            return words_of(
                self._bars.part(0, rows), sided(signals, terms.side, rows), atr, at_close=terms.policy.at_close
            )
        except BadSignals as error:
            raise StrategyFailed(f"{self._space.strategy.name}: {error}") from None


def _terms(way: Way) -> Terms:
    return Terms(way.side, way.policy, way.costs, way.leverage, way.pip, way.measures_atr)
