"""The check catches strategies that peek, that forget, that break, and lets honest ones pass."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tradewire.analysis.averages import ema, sma
from tradewire.domain.bars import Bars
from tradewire.strategies.base import Params, Signals, Strategy
from tradewire.strategies.check import Fault, check
from tradewire.strategies.finding import find, read_params
from tradewire.strategies.shipped import SHIPPED
from tradewire.strategies.turns import crossing
from unit.strategies.walks import walk

BARS = walk(5, 4000)


def strategy(said: Callable[[Bars], object], needs: object = 10) -> Strategy[Params]:
    class Own(Strategy[Params]):
        name = "own"
        Params = Params

        def warmup(self, params: Params) -> int:
            return needs  # type: ignore[return-value]

        def signals(self, bars: Bars, params: Params) -> Signals:
            return said(bars)  # type: ignore[return-value]

    return Own()


def longs(flags: np.ndarray, **more: np.ndarray) -> Signals:
    none = np.zeros(len(flags), np.bool_)
    return Signals(flags, ~flags, none, none, **more)


def peeking(bars: Bars) -> Signals:
    """Buy before a bar that rises."""
    return longs(np.append(bars.close[1:] > bars.close[:-1], False))


def centred(bars: Bars) -> Signals:
    """Compare with an average whose middle is the bar: half of it lies ahead."""
    return longs(bars.close > np.convolve(bars.close, np.ones(5) / 5, "same"))


def scaled(bars: Bars) -> Signals:
    """Compare with the mean of everything, later bars included."""
    return longs(bars.close > bars.close.mean())


def forgetful(bars: Bars) -> Signals:
    """Say what holds for ever once a price was seen."""
    return longs(bars.close >= np.maximum.accumulate(bars.close))


def overwriting(bars: Bars) -> Signals:
    bars.close[bars.close > 0] += 1
    return longs(bars.close > 0)


def moody() -> Callable[[Bars], Signals]:
    asked = iter(range(100))
    return lambda bars: longs(np.full(len(bars), next(asked) % 2 == 0))


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (peeking, Fault.LOOK_AHEAD),
        (centred, Fault.LOOK_AHEAD),
        (scaled, Fault.LOOK_AHEAD),
        (forgetful, Fault.WARMUP),
        (lambda bars: crossing(sma(bars.close, 20), sma(bars.close, 50), 0), Fault.WARMUP),
        (lambda bars: crossing(ema(bars.close, 5), ema(bars.close, 10), 0), Fault.WARMUP),
        (moody(), Fault.CHANGES_MIND),
        (lambda bars: longs(np.zeros(len(bars), np.bool_)), Fault.SILENT),
        (lambda bars: None, Fault.SHAPE),
        (lambda bars: longs(np.zeros(3, np.bool_)), Fault.SHAPE),
        (lambda bars: Signals(*[bars.close] * 4), Fault.SHAPE),
        (lambda bars: Signals(*[[True] * len(bars)] * 4), Fault.SHAPE),  # type: ignore[list-item]
        (lambda bars: longs(bars.close > 0, stop_distance=-bars.close), Fault.SHAPE),
        (lambda bars: longs(bars.close > 0, size=np.zeros(2)), Fault.SHAPE),
    ],
)
def test_a_fault_is_found(said: Callable[[Bars], object], fault: Fault) -> None:
    assert fault in [finding.fault for finding in check(strategy(said), Params(), BARS)]


def test_bars_that_are_written_into_are_noticed() -> None:
    bars = walk(6, 100)
    assert [finding.fault for finding in check(strategy(overwriting), Params(), bars)] == [Fault.CHANGES_BARS]


def test_the_sentence_tells_where_it_peeked() -> None:
    (finding,) = check(strategy(peeking), Params(), BARS)
    assert finding.sentence.startswith("it looks ahead: long_entry at bar ")
    assert finding.grave


def test_the_line_that_raises_is_shown() -> None:
    def said(bars: Bars) -> Signals:
        return longs(bars.closing > 0)  # type: ignore[attr-defined]

    (finding,) = check(strategy(said), Params(), BARS)
    assert finding.fault is Fault.RAISES
    assert "'Bars' object has no attribute 'closing'" in finding.sentence
    assert "test_strategies_check.py: return longs(bars.closing > 0)" in finding.sentence


@pytest.mark.parametrize("needs", [-1, 2.5, None, True])
def test_a_warm_up_is_a_number_of_bars(needs: object) -> None:
    (finding,) = check(strategy(peeking, needs), Params(), BARS)
    assert finding.fault is Fault.SHAPE


def test_too_few_bars_are_named() -> None:
    (finding,) = check(strategy(peeking, 4000), Params(), BARS)
    assert finding.fault is Fault.TOO_FEW_BARS


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_what_is_shipped_passes(name: str) -> None:
    assert check(find(name)(), read_params(find(name), {}), BARS) == []
