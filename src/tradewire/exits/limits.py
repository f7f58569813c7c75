"""Ends that come by the clock: a time limit and the end of the session."""

from __future__ import annotations

from tradewire.exits.kernel import NEVER, SESSION_END, TIME_LIMIT


def is_late(now: int, deadline: int) -> bool:
    """Tell whether the deadline has come; the first price at or after it closes the trade."""
    return now >= deadline


def earliest(time_limit_at: int | None, session_end_at: int | None) -> tuple[int, int]:
    """Return the deadline that comes first and its reason; at the same moment the session's end is named."""
    limit = NEVER if time_limit_at is None else time_limit_at
    session = NEVER if session_end_at is None else session_end_at
    return (limit, TIME_LIMIT) if limit < session else (session, SESSION_END)
