"""Files of stored messages: one JSON object a line, or what `tradewire messages --json` prints."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

from tradewire.domain.symbols import nearest
from tradewire.engine.contract import Incoming

SECOND: Final = 1_000_000_000
SOURCE: Final = "history"
TIMES: Final = ("ts_event", "time", "ts", "timestamp", "date", "datetime", "ts_init")
KNOWN: Final = (*TIMES, "text", "channel", "source", "author", "id", "external_id", "revision", "reply_to", "account")
_UNITS: Final = ((10**11, SECOND), (10**14, 10**6), (10**17, 10**3))


class BadMessages(ValueError):
    """A file of messages that cannot be read; the sentence says where and why."""


class Messages(Protocol):
    """Where stored messages come from: yields them in any order, each with its `ts_event`."""

    def __iter__(self) -> Iterator[Incoming]: ...


def read(path: Path) -> list[Incoming]:
    """Return the messages of a file, oldest first.

    Raises:
        BadMessages: it cannot be read, has no messages, or a message lacks its text or its time.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadMessages(f"{path} cannot be read: {error}") from None
    messages = [_message(path, place, given) for place, given in _objects(path, text)]
    if not messages:
        raise BadMessages(f"{path} holds no messages")
    return sorted(messages, key=lambda message: message.ts_event or 0)


def _objects(path: Path, text: str) -> Iterator[tuple[str, Any]]:
    """Yield each object with the place where it stands."""
    try:
        whole = json.loads(text)
    except ValueError:
        whole = None
    if whole is not None:
        items = whole.get("items", [whole]) if isinstance(whole, dict) else whole
        yield from ((f"message {number}", item) for number, item in enumerate(items, 1))
        return
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield f"line {number}", json.loads(line)
            except ValueError as error:
                raise BadMessages(f"{path}, line {number}: {error}") from None


def _message(path: Path, place: str, given: Any) -> Incoming:
    if not isinstance(given, dict):
        raise BadMessages(f"{path}, {place}: an object with text and time is meant, not {given!r:.40}")
    text = given.get("text")
    if not isinstance(text, str):
        raise BadMessages(f"{path}, {place}: there is no text{_near('text', given)}")
    time = next((given[name] for name in TIMES if given.get(name) is not None), None)
    if time is None:
        raise BadMessages(f"{path}, {place}: there is no time ({', '.join(TIMES[:4])}){_near('time', given)}")
    try:
        ts = moment(time)
    except (ValueError, OverflowError) as error:
        raise BadMessages(f"{path}, {place}: {error}") from None
    named = {name: str(given[name]) for name in ("author", "reply_to", "account") if given.get(name) is not None}
    external = given.get("external_id") or given.get("id")
    return Incoming(
        source=str(given.get("source") or SOURCE),
        channel=str(given.get("channel") or ""),
        text=text,
        external_id=f"{place} of {path.name}" if external is None else str(external),
        revision=int(given.get("revision") or 0),
        ts_event=ts,
        **named,
    )


def _near(wanted: str, given: Mapping[str, Any]) -> str:
    near = nearest(wanted, [name for name in given if name not in KNOWN])
    return f"; is it called {near}?" if near else ""


def moment(value: Any) -> int:
    """Return a time as epoch ns: s, ms, us or ns since 1970 (told by magnitude), or ISO 8601 (UTC if unsaid).

    Raises:
        ValueError: it is no time.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"{value!r} is not a time")
    try:
        number = float(value)
    except ValueError:
        try:
            written = datetime.fromisoformat(str(value))
        except ValueError:
            raise ValueError(f"{value!r} is not a time: write 2024-01-31T09:30, or seconds since 1970") from None
        since = (written if written.tzinfo else written.replace(tzinfo=UTC)) - datetime(1970, 1, 1, tzinfo=UTC)
        return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds * 1_000
    for limit, factor in _UNITS:
        if abs(number) < limit:
            return round(number * factor)
    return int(value)
