"""Reading what holding a position costs: `0.01%/8h`, or a file of moments and rates."""

from __future__ import annotations

import csv
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

import numpy as np

from tradewire.backtest.data.loading import nanoseconds
from tradewire.backtest.data.problems import BadHistory
from tradewire.backtest.market import SECOND, Funding
from tradewire.backtest.plan import BadPlan
from tradewire.domain.timeframes import parse_timeframe

TIMES: Final = ("time", "ts", "timestamp", "date", "fundingtime", "calc_time")
RATES: Final = ("rate", "fundingrate", "last_funding_rate")
HELP: Final = "write 0.01%/8h, or name a CSV file with the columns time and rate"


def read_funding(text: str, first: int, last: int) -> Funding:
    """Return the funding between two moments (epoch ns) that a text or a file names.

    `0.01%/8h` is paid at 00:00, 08:00 and 16:00 UTC: at whole multiples of the span since 1970. The rates of a file are
    shares (0.0001 is 0.01 %), its times ISO 8601 (UTC if unsaid) or epoch seconds, milliseconds or nanoseconds.

    Raises:
        BadPlan: neither; the message says how to write it, or names the line.
    """
    rate, slash, span = text.partition("%/")
    if slash:
        try:
            share, every = float(Decimal(rate)) / 100, parse_timeframe(span) * SECOND
        except InvalidOperation:
            raise BadPlan(f"{text}: {rate} is no rate; {HELP}") from None
        except ValueError as error:
            raise BadPlan(f"{text}: {error}; {HELP}") from None
        ts = np.arange(-(-first // every), last // every + 1, dtype=np.int64) * every
        return Funding(ts, np.full(len(ts), share))
    return _from_file(Path(text))


def _from_file(path: Path) -> Funding:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.reader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise BadPlan(f"{path} cannot be read as funding ({error}): {HELP}") from None
    header = [name.strip().lower() for name in rows[0]] if rows else []
    time, rate = (next((header.index(name) for name in names if name in header), -1) for names in (TIMES, RATES))
    if min(time, rate) < 0:
        raise BadPlan(f"{path} has no column {'time' if time < 0 else 'rate'}: {HELP}")
    found = []
    for line, row in enumerate(rows[1:], 2):
        try:
            found.append((_moment(row[time].strip()), float(row[rate])))
        except (IndexError, ValueError, BadHistory):
            raise BadPlan(f"{path}, line {line}: {','.join(row)!r} is no moment and rate") from None
    try:
        return Funding(np.array([ts for ts, _ in found], np.int64), np.array([share for _, share in found], np.float64))
    except BadPlan as error:
        raise BadPlan(f"{path}: {error}") from None


def _moment(text: str) -> int:
    if not text.isdigit():
        return nanoseconds(text)
    return int(text) * 10 ** (9 if len(text) <= 10 else 6 if len(text) <= 13 else 0)
