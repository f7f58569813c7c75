"""How a fake exchange behaves: what it offers, and how often it misbehaves in which way."""

from __future__ import annotations

from random import Random
from typing import Literal

import msgspec

ClientIds = Literal["permanent", "open_only", "none"]
Fault = Literal[
    "ok",
    "refuse",
    "drop",
    "error_before",
    "cut_before",
    "execute_then_timeout",
    "execute_then_cut",
    "execute_then_error",
    "execute_then_garble",
    "late",
]


class Knobs(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One account's exchange. Chances are between 0 and 1, times in milliseconds.

    `client_ids`: whether an id is unique for ever, among open orders only, or not kept at all. `stale_ms`: how long an
    order stays invisible to look-ups. `late`: the order is taken `late_ms` after it was sent, unless its expiry, which
    the exchange honours, is past by then. `seed` fixes what happens to the n-th request.
    """

    seed: int = 1
    client_ids: ClientIds = "open_only"
    hedging: bool = True
    faults: dict[Fault, float] = {}
    read_errors: float = 0.0
    latency_ms: tuple[float, float] = (0.0, 0.0)
    late_ms: tuple[float, float] = (200.0, 400.0)
    stale_ms: float = 0.0
    duplicated: float = 0.0
    reordered: float = 0.0
    partial: float = 0.0


ROUGH: dict[Fault, float] = {
    "refuse": 0.03,
    "drop": 0.02,
    "error_before": 0.03,
    "cut_before": 0.02,
    "execute_then_timeout": 0.05,
    "execute_then_cut": 0.04,
    "execute_then_error": 0.04,
    "execute_then_garble": 0.02,
    "late": 0.03,
}
"""A bad day: more than a quarter of all requests end in something else than a clear answer."""


def rough(seed: int, client_ids: ClientIds = "open_only", *, hedging: bool = True) -> Knobs:
    """Return everything that can go wrong, at once."""
    return Knobs(
        seed=seed,
        client_ids=client_ids,
        hedging=hedging,
        faults=dict(ROUGH),
        read_errors=0.02,
        latency_ms=(0.0, 3.0),
        stale_ms=30.0,
        duplicated=0.1,
        reordered=0.1,
        partial=0.2,
    )


def draw(chance: Random, faults: dict[Fault, float]) -> Fault:
    """Say what happens to this request."""
    point = chance.random()
    for fault, share in faults.items():
        point -= share
        if point < 0:
            return fault
    return "ok"
