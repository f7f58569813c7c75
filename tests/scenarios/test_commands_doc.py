"""The tables of docs/commands.md are true."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from tradewire.domain.signal import Reading, Signal, Unclear
from tradewire.parsing.command import parse_command
from tradewire.parsing.explain import describe
from tradewire.parsing.grammar import command_grammar, words
from tradewire.parsing.structured import parse_json
from tradewire.parsing.vocabulary import KEYS

PAGE = (Path(__file__).parents[2] / "docs" / "commands.md").read_text("utf-8")


def table(header: str) -> list[list[str]]:
    """Return the rows of every table with this header."""
    rows: list[list[str]] = []
    for part in PAGE.split(header)[1:]:
        for line in part.splitlines()[2:]:
            if not line.startswith("|"):
                break
            rows.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return rows


def code(cell: str) -> str:
    return cell.strip().strip("`")


def meaning(cell: str) -> tuple[Signal, ...]:
    body = code(cell)
    return msgspec.json.decode(body if body.startswith("[") else f"[{body}]", type=tuple[Signal, ...])


COMMANDS = table("| command | meaning | what it does |")
MISTAKES = table("| text | position | suggestion | why |")
BODIES = table("| body | meaning | why |")


def test_the_page_has_its_tables() -> None:
    assert len(COMMANDS) > 40
    assert len(MISTAKES) > 10
    assert len(BODIES) > 10


@pytest.mark.parametrize("row", COMMANDS, ids=lambda row: code(row[0]))
def test_a_command_means_what_the_page_says(row: list[str]) -> None:
    reading = parse_command(code(row[0]))
    assert isinstance(reading, tuple), reading
    assert reading == meaning(row[1])
    if len(reading) == 1:
        assert row[2].lower() == describe(reading[0]).lower()


@pytest.mark.parametrize("row", MISTAKES, ids=lambda row: code(row[0]))
def test_a_mistake_is_told_as_the_page_says(row: list[str]) -> None:
    told = parse_command(code(row[0]))
    assert isinstance(told, Unclear)
    assert (str(told.position), told.suggestion or "–") == (row[1], code(row[2]))


@pytest.mark.parametrize("row", BODIES, ids=lambda row: code(row[0]))
def test_a_body_means_what_the_page_says(row: list[str]) -> None:
    reading: Reading = parse_json(code(row[0]))
    if isinstance(reading, Unclear):
        assert msgspec.json.decode(code(row[1])) == {"type": "unclear", "suggestion": reading.suggestion}
    else:
        assert reading == meaning(row[1])


def test_the_page_names_every_flag_key_and_verb() -> None:
    named = set(re.findall(r"`([^`]+)`", PAGE))
    spelt = words(terminal.name for terminal in command_grammar().terminals)
    flags = {word for word in spelt if word.startswith("-")}
    short_and_long = {word for word in flags if not (word.startswith("--") and word[1:] in flags)}
    assert short_and_long <= named
    assert {key for spellings in KEYS.values() for key in spellings.split()} <= named
    assert {word for word in spelt if not word.startswith("-")} <= set(re.findall(r"[a-z]+", PAGE))
