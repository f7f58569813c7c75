"""The stop: the only place where it is tested, and the only one where it moves."""

from __future__ import annotations


def crossed(price: float, stop: float) -> bool:
    """Tell whether a signed price has reached the stop."""
    return price <= stop


def tightened(stop: float, wanted: float, least: float) -> float:
    """Return `wanted` where it is better than `stop` by at least `least`, else `stop`: a stop never loosens."""
    if wanted > stop and wanted >= stop + least:
        return wanted
    return stop
