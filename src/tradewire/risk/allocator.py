"""The margin allocator: an account shared by a number of trades, with a part of it never touched."""

from __future__ import annotations

from decimal import Decimal

from tradewire.domain.numbers import ONE, ZERO


def allocate(
    liquidity: Decimal, available: Decimal, *, reserved: Decimal, slots: int, cap: Decimal | None = None
) -> Decimal:
    """Return the margin that the next trade may use: min(L x (1 - r) / n, cap, A - L x r), never below zero.

    `liquidity` (L) is what the account is worth, `available` (A) what is free now, `reserved` (r) the share of the
    liquidity kept back, `slots` (n) the trades that share the rest.
    """
    kept = liquidity * reserved
    share = liquidity * (ONE - reserved) / slots
    margin = min(share, available - kept)
    if cap is not None:
        margin = min(margin, cap)
    return max(ZERO, margin)
