"""The Backtest Lab in a real browser: from an empty page to a result with one press, and on from there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
Page, expect = playwright.Page, playwright.expect

RESULT_MS = 90_000
"""The first run on a machine compiles."""
RETURN = re.compile(r"^[+−]\d+\.\d\d %$")


@pytest.fixture(scope="module")
def begun(visit: Any, address: str) -> tuple[Page, str]:
    """The Lab once a first visit has pressed its one button, and the address of the result that this led to."""
    page = visit.new_page()
    page.goto(address.partition("?")[0])
    page.get_by_role("link", name="Backtest Lab").click()
    expect(page).to_have_url(re.compile("/lab$"))
    page.get_by_role("button", name="Try sma-cross on a sample").click()
    expect(returned(page)).to_have_text(RETURN, timeout=RESULT_MS)
    return page, page.url


@pytest.fixture
def first(begun: tuple[Page, str]) -> Page:
    page, url = begun
    page.set_viewport_size({"width": 1440, "height": 900})
    page.evaluate("localStorage.removeItem('tradewire.lab')")
    page.goto(url)
    expect(returned(page)).to_have_text(RETURN)
    return page


def returned(page: Page) -> Any:
    """Return the figure under "Return" of the backtest that is shown."""
    return page.get_by_role("region", name="Result").locator("dt", has_text=re.compile("^Return$")).locator("+ dd")


def test_one_press_leads_a_first_visit_to_a_result(first: Page) -> None:
    expect(first).to_have_url(re.compile("/lab/b[0-9a-f]+$"))
    expect(first.get_by_role("img", name=re.compile("^Equity from 10,000.00 to "))).to_be_visible()


def test_a_form_is_sent_and_the_runs_are_compared(first: Page) -> None:
    first.get_by_label("Fast", exact=True).fill("5")
    first.get_by_label("Side", exact=True).select_option("both")
    first.get_by_label("Trailing stop").fill("3%")
    first.get_by_label("Data", exact=True).select_option("SAMPLE/15m")
    before = first.url
    first.get_by_role("button", name="Run backtest").click()
    expect(first).not_to_have_url(before)
    expect(returned(first)).to_have_text(RETURN, timeout=RESULT_MS)
    first.get_by_role("tab", name="Settings").click()
    expect(first.get_by_role("row", name="Fast 5")).to_be_visible()
    for box in first.get_by_role("checkbox", name=re.compile("^Compare sma-cross")).all()[:2]:
        box.check()
    first.get_by_role("button", name="Compare 2").click()
    expect(first.get_by_role("heading", name="2 backtests side by side")).to_be_visible()
    expect(first.get_by_role("row", name=re.compile("^Trailing stop"))).to_contain_text("3%")
    first.go_back()
    expect(returned(first)).to_have_text(RETURN)


def test_a_search_ends_with_a_verdict_and_a_map(first: Page) -> None:
    first.get_by_label("Data", exact=True).select_option("SAMPLE/15m")
    first.get_by_text("Search parameters").click()
    for name, values in (("Fast", "5:20:5"), ("Slow", "30,60")):
        first.get_by_role("button", name="Search another").click()
        first.get_by_label(f"Values of {name}").fill(values)
    first.get_by_label("Best by").select_option("return")
    first.get_by_role("button", name="Run search").click()
    expect(first.get_by_role("region", name="Verdict")).to_be_visible(timeout=RESULT_MS)
    table = first.get_by_role("table", name=re.compile("^Return by fast"))
    expect(table.get_by_role("row")).to_have_count(5)
    first.get_by_role("tab", name="Settings").click()
    expect(first.get_by_role("row", name=re.compile("^Fast (5|10|15|20)$"))).to_be_visible()


def test_trades_are_shown_from_nearby_by_the_keyboard(first: Page) -> None:
    first.get_by_role("tab", name="Trades").focus()
    first.keyboard.press("Enter")
    number = first.get_by_role("button", name="Show trade 2 on the chart")
    number.focus()
    first.keyboard.press("Enter")
    expect(first.get_by_role("button", name="Show the whole page")).to_be_visible()
    expect(first.get_by_role("img", name=re.compile("^SAMPLE with 50 trades"))).to_be_visible()


def test_the_report_opens_as_a_page_of_its_own(first: Page) -> None:
    with first.context.expect_page() as opened:
        first.get_by_role("link", name="Offline report").click()
    report = opened.value
    expect(report.get_by_role("heading", name="sma-cross", level=1)).to_be_visible()
    expect(report.get_by_role("heading", name="Trades on candles")).to_be_visible()
    report.close()


def test_a_refusal_stands_at_its_field(first: Page) -> None:
    stop = first.get_by_label("Stop", exact=True)
    stop.fill("2x")
    first.get_by_role("button", name="Run backtest").click()
    expect(first.get_by_text(re.compile("'2x' is not understood here"))).to_be_visible()
    stop.fill("")


def test_a_file_is_imported_or_refused_with_its_lines(first: Page, tmp_path: Path) -> None:
    rows = [
        f"2024-01-{1 + n // 24:02} {n % 24:02}:00,{100 + n % 7},{110 + n % 7},90,{101 + n % 5},5" for n in range(240)
    ]
    good, bad = tmp_path / "ETHUSDT.csv", tmp_path / "BADUSDT.csv"
    good.write_text("time,open,high,low,close,volume\n" + "\n".join(rows))
    bad.write_text("time,open,high,low,close,volume\n" + "\n".join([*rows, rows[0].replace(",90,", ",-90,")]))
    first.get_by_role("button", name="Import a file").click()
    dialog = first.get_by_role("dialog")
    for file, said in ((bad, "negative: 1: a price is below zero"), (good, "ETHUSDT/1h: 240 bars added")):
        with first.expect_file_chooser() as chosen:
            dialog.get_by_label("File", exact=True).click()
        chosen.value.set_files(file)
        dialog.get_by_role("button", name="Import").click()
        expect(dialog.get_by_text(re.compile(said))).to_be_visible(timeout=20_000)
    dialog.get_by_role("button", name="Done").click()
    expect(first.get_by_label("Data", exact=True)).to_have_value("ETHUSDT/1h")


def test_a_narrow_lab_needs_no_sideways_scrolling(first: Page) -> None:
    first.set_viewport_size({"width": 390, "height": 844})
    assert first.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_backtest_is_removed(first: Page) -> None:
    first.get_by_label("Data", exact=True).select_option("SAMPLE/15m")
    before = first.url
    first.get_by_role("button", name="Run backtest").click()
    expect(first).not_to_have_url(before)
    expect(returned(first)).to_have_text(RETURN, timeout=RESULT_MS)
    runs = first.get_by_role("region", name="Backtests").get_by_role("listitem")
    count = runs.count()
    first.get_by_role("region", name="Result").get_by_role("button", name="Remove").click()
    expect(runs).to_have_count(count - 1)
    expect(first).to_have_url(re.compile("/lab$"))
