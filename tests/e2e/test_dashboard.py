"""The dashboard in a real browser, in front of the real hub."""

from __future__ import annotations

import re

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
Page, expect = playwright.Page, playwright.expect

FIRST_TRADE_MS = 60_000


def test_prices_move_and_the_hub_says_that_it_is_ready(page: Page) -> None:
    expect(page.get_by_role("button", name="Ready")).to_be_visible()
    bitcoin = page.get_by_role("button", name="BTCUSDT").first
    before = bitcoin.inner_text()
    expect(bitcoin).not_to_have_text(before, timeout=15_000)


def test_a_paper_trade_opens_with_nothing_typed(page: Page) -> None:
    close = page.get_by_role("region", name="Trades").get_by_role("button", name=re.compile("^Close (buy|sell) "))
    expect(close.first).to_be_visible(timeout=FIRST_TRADE_MS)


def test_a_wrong_word_is_marked_and_mended_by_tab(page: Page) -> None:
    line = page.get_by_label("Command line")
    line.fill("buy btc 80 -tls 2.8")
    expect(page.locator("mark")).to_have_text("-tls")
    line.press("Tab")
    expect(line).to_have_value("buy btc 80 -tsl 2.8")


def test_a_line_is_previewed_then_sent_and_its_trace_tells_every_step(page: Page) -> None:
    line = page.get_by_label("Command line")
    line.fill("buy btc 80 -tsl 2.8 -id e2e")
    expect(page.get_by_text(re.compile("buy .* BTCUSDT market at about")).first).to_be_visible()
    line.press("Enter")
    page.get_by_role("button", name="Every step").click()
    trace = page.get_by_role("dialog")
    expect(trace.get_by_text("filled", exact=True)).to_be_visible()
    expect(trace.get_by_text(re.compile(r"\d ms$")).first).to_be_visible()
    page.keyboard.press("Escape")


def test_a_refusal_is_explained_in_words(page: Page) -> None:
    line = page.get_by_label("Command line")
    line.fill("buy btc 80 -sl 900000")
    expect(page.get_by_text("Would be refused:")).to_be_visible()
    page.get_by_role("button", name="wrong_side_stop").click()
    expect(page.get_by_text(re.compile("side of the price where it would be hit"))).to_be_visible()
    page.keyboard.press("Escape")
    line.fill("")


def test_flatten_asks_first_and_then_shows_what_the_venue_shows(page: Page) -> None:
    page.get_by_role("button", name="Flatten").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("This halts new trades")).to_be_visible()
    dialog.get_by_role("button", name="Halt, cancel and close").click()
    expect(dialog.get_by_text(re.compile("is flat: its venue shows no position"))).to_be_visible(timeout=20_000)
    dialog.get_by_role("button", name="Done").click()
    expect(page.get_by_text("No open trade.")).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("button", name="Halt", exact=True)).to_be_visible()


def test_a_narrow_screen_needs_no_sideways_scrolling(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
