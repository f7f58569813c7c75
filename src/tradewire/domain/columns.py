"""What the columns of recorded prices are called, and which unit a time has: for histories and for replays alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "time": (
        "timestamp",
        "ts",
        "time",
        "datetime",
        "date",
        "ts_event",
        "open_time",
        "opentime",
        "open time",
        "transact_time",
        "gmt time",
        "local time",
        "unix",
        "index",
        "",
    ),
    "open": ("open", "o", "open_price"),
    "high": ("high", "h", "high_price"),
    "low": ("low", "l", "low_price"),
    "close": ("close", "c", "close_price"),
    "volume": ("volume", "vol", "v", "real_volume", "tickvol", "tick_volume", "size", "qty", "amount", "quantity"),
    "bid": ("bid", "bid_price", "bidprice", "best_bid"),
    "ask": ("ask", "ask_price", "askprice", "best_ask", "offer"),
    "price": ("price", "last", "last_price", "p"),
}
"""What each column may be called, in any case; MetaTrader's angle brackets are left away. The first that is there."""

EPOCH_UNITS: Final = ((10**11, 10**9), (10**14, 10**6), (10**17, 10**3), (2**63, 1))
"""Below which number a time is in s, ms, µs, ns since 1970, and its nanoseconds."""


def bare(header: Sequence[str]) -> list[str]:
    """Return the names of a header as `NAMES` writes them: without brackets, quotes and a byte order mark."""
    return [name.strip().strip("\ufeff\"<>'").strip().lower() for name in header]


def places(header: Sequence[str]) -> dict[str, int]:
    """Return at which place (from 0) each meaning of `NAMES` stands, of those that are there."""
    names = bare(header)
    found = {meaning: next((name for name in usual if name in names), None) for meaning, usual in NAMES.items()}
    return {meaning: names.index(name) for meaning, name in found.items() if name is not None}
