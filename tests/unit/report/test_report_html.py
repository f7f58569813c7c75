"""The page of a run: whole, escaped, offline, and bounded in size."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

from tradewire.report.html import page
from tradewire.report.run import Run
from tradewire.report.statistics import statistics
from unit.report.report_runs import bars, run, trades

EVIL = '<script>alert("x")</script>&'
VOID = {"meta", "path"}


class Reader(HTMLParser):
    """Collects text and attributes, and holds that every element that opens is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data + "\n"


def read(run: Run) -> Reader:
    return Reader(page(run, statistics(run)))


def busy(count: int, among: int) -> Run:
    """A run of `count` bars with `among` trades."""
    history = bars(100 + np.sin(np.arange(count) / 9), timeframe_s=60)
    rows = trades(*({"pnl": at % 3 - 1, "side": 1 - at % 2 * 2, "fees": 0.1} for at in range(among)))
    entry = np.sort(np.arange(among) * (count - 5) // max(among, 1))
    placed = replace(rows, entry_ts=history.ts[entry], exit_ts=history.ts[entry + 3])
    equity = 100 + np.cumsum(np.bincount(entry + 3, placed.pnl, count)) / 10
    return run(equity, bars=(history,), ts=history.ts, trades=placed)


def test_the_page_has_its_sections_and_figures() -> None:
    seen = read(busy(300, 40)).text
    for words in (
        "Equity and drawdown",
        "Months",
        "Trades on candles",
        "Deepest drawdowns",
        "Where it earned",
        "BTCUSDT",
    ):
        assert words in seen
    assert "300 bars of 1m" in seen
    assert "Less than a year of bars" in seen


def test_the_week_is_a_heat_map_and_trades_are_dots_by_how_far_they_went() -> None:
    tried = busy(20_000, 200)
    text = page(tried, statistics(tried))
    assert "By weekday and hour of the entry" in text
    cells = re.findall(r'title="([\d,]+) trades, (-?[\d,.]+)"', text)
    assert sum(int(count) for count, _ in cells) == 200
    assert sum(float(pnl) for _, pnl in cells) == pytest.approx(tried.trades.pnl.sum())
    dots = re.findall(r'class="dot (?:won|lost)" d="([^"]*)"', text)
    assert sum(d.count("M") for d in dots) == 200
    assert "By weekday and hour" not in page(run([100, 101], {}), statistics(run([100, 101], {})))


def test_what_a_user_named_is_escaped() -> None:
    named = run([100, 101], name=EVIL, params={EVIL: EVIL}, settings={"note": EVIL}, bars=(bars([1, 2], EVIL),))
    named = replace(named, trades=replace(trades({}), reasons=(EVIL, EVIL)))
    reader = read(named)
    assert "script" not in reader.names
    assert reader.text.count(EVIL) >= 7


def test_nothing_is_loaded_and_nothing_runs() -> None:
    run = busy(300, 40)
    text = page(run, statistics(run))
    assert not re.search(r"https?:|url\(|@import", text)
    assert not {"script", "link", "img", "iframe"} & Reader(text).names
    assert not {name for name in Reader(text).attributes if name.startswith("on") or name in {"src", "href"}}
    assert "default-src 'none'" in text


@pytest.mark.parametrize(
    ("equity", "rows"),
    [([100], []), ([100, 100], []), ([100, 0], [{"pnl": -100}]), ([100, -50, 3], [{"pnl": 1, "exit": 2}])],
)
def test_a_run_of_almost_nothing_has_a_page(equity: list[float], rows: list[dict[str, Any]]) -> None:
    text = page(run(equity, *rows), statistics(run(equity, *rows)))
    Reader(text)
    assert not re.search(r"\b(nan|inf|None)\b", text)


def test_many_trades_are_a_strip_and_a_list_of_the_first() -> None:
    run = busy(5_000, 700)
    text = page(run, statistics(run))
    assert "The first 500 of 700; 200 more are in the JSON." in text
    assert 'class="sum won"' in text
    assert 'class="entry long"' in page(busy(5_000, 20), statistics(busy(5_000, 20)))


def test_the_last_trades_are_drawn_from_nearby_where_there_are_more() -> None:
    few, many = (page(r, statistics(r)) for r in (busy(5_000, 20), busy(5_000, 700)))
    assert "the last 20 trades" not in few
    assert "the last 20 trades" in many
    assert re.search(r'class="trade won" d="M', many)


def test_the_drawings_do_not_grow_with_the_bars() -> None:
    short, long = (len(page(r, statistics(r))) for r in (busy(5_000, 600), busy(80_000, 600)))
    assert long < 1.5 * short


def test_all_marks_lie_inside_the_drawing() -> None:
    run = busy(2_000, 30)
    for x, y in re.findall(r"M(-?[\d.]+) (-?[\d.]+)", page(run, statistics(run))):
        assert 0 <= float(x) <= 1000
        assert 0 <= float(y) <= 320


def test_more_symbols_than_are_drawn_are_counted() -> None:
    many = tuple(bars([100, 101], f"S{index}") for index in range(8))
    reader = read(run([100, 100], bars=many))
    assert "2 more symbols are not drawn." in reader.text
    assert "S7" in reader.text
