"""How figures are written for people."""

from __future__ import annotations

import numpy as np

NONE = "–"


def percent(share: float | None, digits: int = 2) -> str:
    """Return a share as a percentage: 0.0123 is `1.23 %`."""
    return NONE if share is None else f"{100 * share:,.{digits}f} %"


def money(amount: float | None) -> str:
    """Return an amount with two places and separated thousands."""
    return NONE if amount is None else f"{amount:,.2f}"


def plain(value: float | None) -> str:
    """Return a ratio with two places."""
    return NONE if value is None else f"{value:,.2f}"


def price(value: float) -> str:
    """Return a price or a quantity with eight digits at most."""
    return f"{value:,.8g}"


def day(ts: int) -> str:
    """Return the date (UTC) of a moment in epoch ns."""
    return str(np.datetime64(ts, "ns").astype("M8[D]"))


def moment(ts: int) -> str:
    """Return date and minute (UTC) of a moment in epoch ns."""
    return str(np.datetime64(ts, "ns").astype("M8[m]")).replace("T", " ")


def short(value: float) -> str:
    """Return a value for an axis: `12.5k`, `3M`, `0.0125`."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            return f"{value / (1e3 if letter == 'k' else size):.6g}{letter}"
    return f"{value:.6g}"
