"""Files of messages: JSONL, what `messages --json` prints, times in every usual form, and faults with their place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tradewire.backtest.messages.reading import BadMessages, moment, read

NOON = 1_704_110_400


def written(folder: Path, text: str) -> Path:
    path = folder / "said.jsonl"
    path.write_text(text)
    return path


def test_lines_come_in_the_order_of_their_times_and_keep_what_they_say(tmp_path: Path) -> None:
    lines = [
        {"time": "2024-01-01T13:00:00Z", "channel": "vip", "text": "later", "author": "ann", "id": 7},
        {"ts": NOON, "channel": "free", "text": "first", "source": "telegram"},
    ]
    first, later = read(written(tmp_path, "\n".join(map(json.dumps, lines)) + "\n\n"))
    assert (first.text, first.source, first.channel, first.ts_event) == ("first", "telegram", "free", NOON * 10**9)
    assert (later.source, later.author, later.external_id) == ("history", "ann", "7")
    assert later.ts_event == (NOON + 3600) * 10**9
    assert first.external_id == "line 2 of said.jsonl"


@pytest.mark.parametrize("wrapped", [lambda rows: rows, lambda rows: {"items": rows, "next": None}])
def test_what_the_command_messages_prints_is_read(tmp_path: Path, wrapped: object) -> None:
    row = {
        "id": "m1",
        "source": "hook",
        "channel": "tv",
        "external_id": None,
        "revision": 0,
        "account": None,
        "text": "buy btc 80",
        "status": "read",
        "ts_event": NOON * 10**9,
        "ts_init": NOON * 10**9 + 5,
    }
    path = written(tmp_path, json.dumps(wrapped([row]), indent=2))  # type: ignore[operator]
    (message,) = read(path)
    assert (message.text, message.ts_event, message.external_id, message.account) == (
        "buy btc 80",
        NOON * 10**9,
        "m1",
        None,
    )


@pytest.mark.parametrize(
    "value", [NOON, NOON * 10**3, NOON * 10**6, NOON * 10**9, str(NOON), "2024-01-01 12:00", "2024-01-01T13:00+01:00"]
)
def test_a_time_is_understood_in_every_usual_form(value: object) -> None:
    assert moment(value) == NOON * 10**9


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "holds no messages"),
        ('{"time": 1, "text": "a"}\n{"time": 2, "text"', "line 2: "),
        ('{"time": 1}', "message 1: there is no text"),
        ('{"time": 1, "txt": "a"}', "is it called txt?"),
        ('{"text": "a", "tme": 1}', "there is no time"),
        ('{"text": "a", "time": "soon"}', "'soon' is not a time"),
        ('["buy btc"]', "an object with text and time is meant"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(BadMessages) as caught:
        read(written(tmp_path, text))
    assert told in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadMessages, match="cannot be read"):
        read(tmp_path / "none.jsonl")
