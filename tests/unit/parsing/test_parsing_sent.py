"""When a body says that it was sent, and what does not say it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tradewire.parsing.sent import sent_at

SECOND = 1_000_000_000
AT = 1_767_600_000 * SECOND  # Monday 2026-01-05 08:00 UTC


@pytest.mark.parametrize(
    ("fields", "moment"),
    [
        ({"timenow": "2026-01-05T08:00:00Z"}, AT),
        ({"timenow": "2026-01-05T09:00:00.25+01:00"}, AT + SECOND // 4),
        ({"timestamp": 1_767_600_000}, AT),
        ({"timestamp": 1_767_600_000.5}, AT + SECOND // 2),
        ({"timestamp": "1767600000123"}, AT + 123_000_000),
        ({"timestamp": 1_767_600_000_000_001}, AT + 1_000),
        ({"timestamp": AT + 1}, AT + 1),
        ({"Timestamp": 1_767_600_000, "TIMENOW": "2026-01-05T08:00:01Z"}, AT + SECOND),
        ({"timenow": "", "timestamp": 1_767_600_000}, AT),
        ({"text": "buy btc 80", "timenow": "2026-01-05T08:00:00Z"}, AT),
    ],
    ids=str,
)
def test_a_body_says_when_it_was_sent(fields: dict[str, Any], moment: int) -> None:
    assert sent_at(json.dumps(fields)) == moment


@pytest.mark.parametrize(
    "text",
    [
        "buy btc 80",
        'buy btc 80 "timenow": "2026-01-05T08:00:00Z"',
        '{"action": "buy", "time": "2026-01-05T08:00:00Z", "bar_time": 1767600000}',
        '{"timenow": "2026-01-05T08:00:00"}',
        '{"timenow": "2026-01-05"}',
        '{"timenow": "soon"}',
        '{"timenow": null}',
        '{"timenow": true}',
        '{"timenow": ["2026-01-05T08:00:00Z"]}',
        '{"timestamp": 0}',
        '{"timestamp": -1767600000}',
        '{"timestamp": 176760000}',
        '{"timestamp": 9999999999999999999}',
        '{"timestamp": 1e999999999}',
        '{"timestamp": "9999-01-01T00:00:00Z"}',
        '{"timenow": "2026-01-05T08:00:00Z"',
        '{"comment": "\\"timenow\\": \\"2026-01-05T08:00:00Z\\""}',
        '[1, "timenow"]',
    ],
)
def test_what_is_no_time_for_certain_says_nothing(text: str) -> None:
    assert sent_at(text) is None


def test_of_several_instructions_the_earliest_counts() -> None:
    bodies = [{"timestamp": 1_767_600_005}, {"timestamp": 1_767_600_000}, {"action": "buy"}]
    assert sent_at(json.dumps(bodies)) == AT
