"""Bars that cannot be are turned away with the row, its time and what is wrong with it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tradewire.domain.bars import BadBars, Bars

MINUTE = 60_000_000_000
GOOD = {
    "ts": [0, MINUTE, 2 * MINUTE],
    "open": [10.0, 11.0, 12.0],
    "high": [11.0, 12.0, 13.0],
    "low": [9.0, 10.0, 11.0],
    "close": [11.0, 12.0, 12.5],
}


def bars(**other: Any) -> Bars:
    return Bars.checked("BTCUSDT", 60, **(GOOD | other))


def test_good_bars_keep_their_numbers_and_a_missing_volume_is_none() -> None:
    made = bars()
    assert len(made) == 3
    assert made.close.tolist() == GOOD["close"]
    assert made.volume.tolist() == [0.0, 0.0, 0.0]


def test_a_part_is_a_view_of_the_same_numbers() -> None:
    whole = bars()
    part = whole.part(1, 3)
    assert (len(part), part.symbol, part.timeframe_s) == (2, "BTCUSDT", 60)
    assert np.shares_memory(part.close, whole.close)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"ts": [0, MINUTE, MINUTE]}, "bar 2 (1970-01-01T00:01:00.000000000Z): the same time as the bar before"),
        ({"ts": [0, MINUTE, 0]}, "bar 2 (1970-01-01T00:00:00.000000000Z): earlier than the bar before"),
        ({"close": [11.0, float("nan"), 12.5]}, "bar 1 (1970-01-01T00:01:00.000000000Z): close nan is not a positive"),
        ({"open": [10.0, -11.0, 12.0]}, "open -11.0 is not a positive price"),
        ({"low": [0.0, 10.0, 11.0]}, "low 0.0 is not a positive price"),
        ({"high": [11.0, np.inf, 13.0]}, "high inf is not a positive price"),
        ({"high": [10.5, 12.0, 13.0]}, "high 10.5 is below the open or the close"),
        ({"low": [9.0, 11.5, 11.0]}, "low 11.5 is above the open or the close"),
        ({"volume": [1.0, -1.0, 0.0]}, "volume -1.0 is not an amount"),
        ({"close": [11.0, 12.0]}, "the columns differ in length: ts 3, open 3, high 3, low 3, close 2, volume 3"),
    ],
)
def test_what_cannot_be_is_named(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(BadBars) as caught:
        bars(**wrong)
    assert told in str(caught.value)
