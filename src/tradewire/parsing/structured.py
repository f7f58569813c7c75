"""Reads JSON bodies: `{"text": "…"}`, or the fields of one instruction, or a list of these (all or none).

Numbers are read exactly, never as floats, and every value by the same grammar as in a typed command.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tradewire.domain.signal import Reading, Signal
from tradewire.parsing.command import parse_command
from tradewire.parsing.instruction import read_instruction
from tradewire.parsing.mistake import Mistake
from tradewire.parsing.native import is_native, read_native
from tradewire.parsing.vocabulary import KEY_OF

_MOST = 100
"""Instructions in one body."""

_BESIDE_TEXT = frozenset(spelling for spelling, key in KEY_OF.items() if key == "inert")


def parse_json(text: str) -> Reading:
    """Return the signals of a JSON body, or where and why it cannot be read."""
    try:
        body = decoded(text)
        if isinstance(body, dict) and "text" in body:
            return _text_of(body)
        instructions: Sequence[Any] = body if isinstance(body, list) else [body]
        if not 0 < len(instructions) <= _MOST:
            raise Mistake(f"a list holds 1 to {_MOST} instructions, this one {len(instructions)}")
        return tuple(_instruction(body) for body in instructions)
    except Mistake as mistake:
        return mistake.unclear()


def _instruction(body: Any) -> Signal:
    if not isinstance(body, dict):
        raise Mistake("an instruction is a JSON object with at least an action")
    return read_native(body) if is_native(body) else read_instruction(body)


def _text_of(body: dict[str, Any]) -> Reading:
    text = body["text"]
    for key in body:
        if key != "text" and key.lower() not in _BESIDE_TEXT:
            raise Mistake(f"{key!r} cannot stand beside 'text', which says everything itself")
    if not isinstance(text, str):
        raise Mistake("'text' must be a string")
    return parse_command(text)


def decoded(text: str) -> Any:
    """Return a JSON body with its numbers as decimals.

    Raises:
        Mistake: it is none, or a key is given twice.
    """
    try:
        return json.loads(
            text, parse_float=Decimal, parse_int=Decimal, parse_constant=_no_number, object_pairs_hook=_without_doubles
        )
    except json.JSONDecodeError as error:
        raise Mistake(f"this is not JSON: {error.msg.lower()}", error.pos) from None
    except RecursionError:
        raise Mistake("this JSON is nested too deeply") from None


def _no_number(word: str) -> Any:
    raise Mistake(f"{word} is not a number")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    body = dict(pairs)
    if len(body) < len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise Mistake(f"the key {double!r} is given twice")
    return body
