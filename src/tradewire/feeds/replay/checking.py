"""Reads the recorded files as a replay would, and says what is in them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from msgspec import Struct

from tradewire.domain.numbers import plain
from tradewire.feeds.replay.config import UNTRADED, Config, Recording
from tradewire.feeds.replay.files import Row, read
from tradewire.feeds.replay.playing import recorded_quotes
from tradewire.ports import Clock, Finding, Misconfigured, Topic

_PATIENCE_NS: Final = 10 * 1_000_000_000
"""How long to read one file: of a larger one only the beginning is checked."""
_LOOK_EVERY: Final = 4096
_KINDS: Final = {1: "prices", 2: "ticks", 4: "bars"}
_FIND_IT: Final = "correct the path (one that is not absolute counts from the folder the hub is started in) or the file"


class _Span(Struct, frozen=True):
    """What a file holds; `last` is None where it was not read to its end."""

    rows: int
    kind: str
    first: int
    last: int | None


async def check(config: Config, clock: Clock) -> Sequence[Finding]:
    """Read every file: is it there, are its columns known, is each row sound and in order, which time does it cover."""
    findings: list[Finding] = []
    ends: list[int | None] = []
    for recording in config.recordings:
        found, last = await asyncio.to_thread(_recording, recording, clock)
        findings += found
        ends.append(last)
    start, known = config.start_ns, [end for end in ends if end is not None]
    if start is not None and len(known) == len(ends) and start > max(known):
        detail = f"nothing is recorded at or after the start, {_moment(start)}"
        findings.append(Finding(False, Topic.DATA, detail, f"set a start of {_moment(max(known))} or earlier"))
    if config.stamp == "recorded":
        findings.append(Finding(True, Topic.CLOCK, UNTRADED))
    return findings


def _recording(recording: Recording, clock: Clock) -> tuple[list[Finding], int | None]:
    """Return what is to be said of a recording, and its last moment where that is known."""
    findings: list[Finding] = []
    spans: list[_Span] = []
    try:
        recording.instrument()
    except Misconfigured as error:
        remedy = "give it a listing: base, quote, tick_size and qty_step"
        findings.append(Finding(False, Topic.SYMBOLS, error.reason, remedy))
    for path in (recording.path, recording.ask_path):
        if path is None:
            continue
        try:
            span = _span(path, clock)
        except Misconfigured as error:
            findings.append(Finding(False, Topic.DATA, error.reason, _FIND_IT))
        else:
            spans.append(span)
            findings.append(Finding(True, Topic.DATA, f"{path}: {_told(span)}"))
    if not all(finding.ok for finding in findings):
        return findings, None
    ends = [span.last for span in spans if span.last is not None]
    return [*findings, *_joined(recording)], min(ends) if len(ends) == len(spans) else None


def _span(path: Path, clock: Clock) -> _Span:
    until = clock.now() + _PATIENCE_NS
    rows, kind, first, last = 0, "", 0, 0
    for row in read(path):
        rows, last = rows + 1, row.ts
        problem = _impossible(row)
        if problem is not None:
            raise Misconfigured("recordings", f"{path}, row {rows} ({_moment(row.ts)}): {problem}")
        if rows == 1:
            first, kind = row.ts, _KINDS[len(row.prices)]
        if rows % _LOOK_EVERY == 0 and clock.now() > until:
            return _Span(rows, kind, first, None)
    if not rows:
        raise Misconfigured("recordings", f"{path} has columns, but no rows")
    return _Span(rows, kind, first, last)


def _impossible(row: Row) -> str | None:
    """Return why no market can have shown this row, or None. A replay plays it as well as it can."""
    match row.prices:
        case (bid, ask) if bid > ask:
            return f"the bid {plain(bid)} is above the ask {plain(ask)}"
        case (first, high, low, last) if not low <= min(first, last) <= max(first, last) <= high:
            prices = ", ".join(plain(price) for price in (first, high, low, last))
            return f"no bar has open, high, low and close of {prices}"
    return None


def _joined(recording: Recording) -> Iterator[Finding]:
    """Yield a finding if bids and asks, each sound by itself, make no quote together."""
    try:
        if next(recorded_quotes((recording,)), None) is not None:
            return
        detail = f"{recording.path} and {recording.ask_path} have no moment in common"
    except Misconfigured as error:
        detail = error.reason
    yield Finding(False, Topic.DATA, detail, "take bids and asks of the same time, in the same form")


def _told(span: _Span) -> str:
    if span.last is None:
        return f"{span.rows} {span.kind} from {_moment(span.first)} and more; the rest of so large a file was not read"
    return f"{span.rows} {span.kind} from {_moment(span.first)} to {_moment(span.last)}"


def _moment(ts: int) -> str:
    try:
        return f"{datetime.fromtimestamp(ts // 1_000_000_000, UTC):%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError, OSError):
        return f"{ts} ns after 1970"
