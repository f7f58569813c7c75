"""The shape of a message picks its grammar; a message that is no command does nothing."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tradewire.domain.message import Message
from tradewire.domain.signal import NotASignal, Open, Unclear
from tradewire.parsing.grammar import command_grammar
from tradewire.parsing.reader import read, read_text, warm

MESSAGE = Message(id="m1", source="hook", channel="tv", text="buy btc 80", ts_event=0, ts_init=0)


def test_a_command_in_a_message() -> None:
    reading = read(MESSAGE)
    assert isinstance(reading, tuple)
    assert isinstance(reading[0], Open)


def test_a_deleted_message_asks_for_nothing() -> None:
    assert read(replace(MESSAGE, deleted=True)) == NotASignal("the message was deleted")


@pytest.mark.parametrize("text", ['{"action": "buy", "symbol": "btc"}', ' [ {"action": "buy", "symbol": "btc"}]'])
def test_json_is_read_as_json(text: str) -> None:
    assert read_text(text) == read_text("buy btc")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Good morning traders!",
        "TP1 hit, +30 pips",
        "We sell here",
        "Buying is fun",
        "Close! That was close",
        "[VIP] gold looks strong",
        "/start",
        "boy what a day",
        "hello world",
        "hey all",
        "me btc",
        "shot the moon yesterday",
        "做多 SOLUSDT",
    ],
)
def test_anything_else_is_no_command(text: str) -> None:
    assert read_text(text) == NotASignal("no command")


def test_a_verb_that_is_misspelt_is_told_if_the_rest_is_a_command() -> None:
    assert read_text(" /byu btc 80") == Unclear(reason="'byu' is not a command", position=2, suggestion="buy")
    assert read_text("byu" + " x" * 5000) == NotASignal("no command")


@pytest.mark.parametrize("text", ["Buy the dip, always", "sell it", "close to target now", "long term I like gold"])
def test_prose_that_begins_with_a_verb_does_nothing(text: str) -> None:
    assert isinstance(read_text(text), Unclear)


def test_a_placeholder_that_was_not_filled_in_is_refused() -> None:
    told = read_text("buy {{ticker}} 80")
    assert isinstance(told, Unclear)
    assert told.position == 4
    assert "{{ticker}}" in told.reason


def test_the_first_message_finds_the_grammar_ready() -> None:
    command_grammar.cache_clear()
    warm()
    compiled = command_grammar.cache_info().misses
    read(replace(MESSAGE, text="close eth 25%"))
    assert command_grammar.cache_info().misses == compiled == 1


@pytest.mark.parametrize("text", ["buy btc 84", '{"action": "buy", "symbol": "btc", "size": 84}'])
def test_a_byte_order_mark_before_a_text_is_no_part_of_it(text: str) -> None:
    assert read_text("\ufeff" + text) == read_text(text)


def test_a_mistake_behind_a_byte_order_mark_keeps_its_place() -> None:
    reading = read_text("\ufeffbuy btc 84 -tzl 2")
    assert isinstance(reading, Unclear)
    assert reading.position == 12
