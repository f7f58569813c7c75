"""The log says what happened and never a secret."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
import structlog
from pydantic import SecretStr

from tradewire.logs import HIDDEN, set_up


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_a_line_is_json_where_nobody_watches() -> None:
    stream = io.StringIO()
    set_up(stream=stream)
    structlog.get_logger().warning("venue is slow", venue="paper", ms=7)
    line = json.loads(stream.getvalue())
    assert (line["event"], line["level"], line["venue"], line["ms"]) == ("venue is slow", "warning", "paper", 7)


def test_secrets_are_hidden_by_type_and_by_name() -> None:
    stream = io.StringIO()
    set_up(stream=stream)
    structlog.get_logger().info("x", key=SecretStr("S1"), access_token="S2", Authorization="S3", passphrase="S4")
    assert "S1" not in stream.getvalue()
    line = json.loads(stream.getvalue())
    assert {line[name] for name in ("key", "access_token", "Authorization", "passphrase")} == {HIDDEN}


def test_what_is_below_the_level_is_not_written() -> None:
    stream = io.StringIO()
    set_up(level="warning", stream=stream)
    structlog.get_logger().info("x")
    assert stream.getvalue() == ""


def test_an_exception_is_part_of_its_line() -> None:
    stream = io.StringIO()
    set_up(stream=stream)
    try:
        raise ValueError("boom")
    except ValueError:
        structlog.get_logger().exception("it broke")
    assert "boom" in json.dumps(json.loads(stream.getvalue())["exception"])
