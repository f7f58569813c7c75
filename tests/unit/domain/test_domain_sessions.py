"""Sessions and trading days end when their market closes, in summer and in winter."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tradewire.domain.sessions import day_end, session_end


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000_000


@pytest.mark.parametrize(
    ("session", "now", "end"),
    [
        (None, "2026-01-05 08:00", None),
        ("fx", "2026-01-05 08:00", "2026-01-09 22:00"),
        ("fx", "2026-01-09 21:59", "2026-01-09 22:00"),
        ("fx", "2026-01-09 22:00", "2026-01-16 22:00"),
        ("fx", "2026-07-06 15:00", "2026-07-10 21:00"),
        ("fx", "2026-07-10 21:00", "2026-07-17 21:00"),
        ("us", "2026-01-05 08:00", "2026-01-05 21:00"),
        ("us", "2026-01-09 21:00", "2026-01-12 21:00"),
        ("us", "2026-07-06 15:00", "2026-07-06 20:00"),
    ],
)
def test_sessions_end_when_their_market_closes(session: str | None, now: str, end: str | None) -> None:
    assert session_end(session, at(now)) == (None if end is None else at(end))


@pytest.mark.parametrize(
    ("session", "now", "end"),
    [
        (None, "2026-01-05 08:00", "2026-01-06 00:00"),
        (None, "2026-01-10 23:59", "2026-01-11 00:00"),
        ("fx", "2026-01-05 08:00", "2026-01-05 22:00"),
        ("fx", "2026-01-05 22:00", "2026-01-06 22:00"),
        ("fx", "2026-01-09 22:00", "2026-01-12 22:00"),
        ("fx", "2026-07-06 21:30", "2026-07-07 21:00"),
        ("us", "2026-01-05 08:00", "2026-01-05 21:00"),
        ("us", "2026-01-09 21:00", "2026-01-12 21:00"),
    ],
)
def test_a_trading_day_ends_with_its_session_or_at_midnight(session: str | None, now: str, end: str) -> None:
    assert day_end(session, at(now)) == at(end)
