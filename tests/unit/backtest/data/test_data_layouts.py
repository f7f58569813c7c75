"""Times that are written alike are read as the standard library reads them; anything else is left to the slower way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewire.backtest.data.layouts import read_alike

EPOCH, FIRST, LAST = (datetime.fromisoformat(day) for day in ("1970-01-01", "1700-01-01", "2261-12-31"))
FORMS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%Y.%m.%d %H:%M",
    "%Y/%m/%d",
    "%Y%m%d %H%M%S",
    "%Y-%m-%dT%H:%M:%SZ",
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.datetimes(FIRST, LAST), min_size=1),
    st.sampled_from(FORMS),
)
def test_it_reads_what_the_standard_library_reads(moments: list[datetime], form: str) -> None:
    texts = [f"{moment.year:04}{moment.strftime(form)[4:]}" for moment in moments]
    expected = [(datetime.strptime(text, form) - EPOCH) // timedelta(microseconds=1) * 1000 for text in texts]  # noqa: DTZ007
    found = read_alike(texts[0], "".join(texts).encode())
    assert found is not None
    assert (found[0].tolist(), found[1]) == (expected, form.endswith("Z"))


@pytest.mark.parametrize(
    "texts",
    [
        ["2024-01-02", "2024-01-0x"],
        ["2024-01-02", "2024/01/02"],
        ["2024-01-02", "2024-13-02"],
        ["2024-01-02", "2024-00-02"],
        ["2024-02-29", "2023-02-29"],
        ["2024-01-02", "1900-02-29"],
        ["2024-01-02", "0000-01-01"],
        ["2024-01-02 09:30", "2024-01-02 24:00"],
        ["2024-01-02 09:30", "2024-01-02 09:60"],
        ["2024-01-02", "2024-01-02 09:30"],
        ["01/02/2024", "01/03/2024"],
        ["2024-01-02 09:30:00+02:00"],
        ["yesterday!"],
    ],
)
def test_it_leaves_what_is_no_time_or_written_otherwise(texts: list[str]) -> None:
    assert read_alike(texts[0], "".join(texts).encode()) is None


def test_leap_days_and_fractions() -> None:
    found = read_alike("2000-02-29T00:00:00.123456789", b"2000-02-29T00:00:00.123456789")
    assert found is not None
    assert found[0][0] == np.datetime64("2000-02-29T00:00:00.123456789", "ns").astype(np.int64)
    assert datetime.fromtimestamp(found[0][0] // 10**9, UTC).day == 29
