"""What the fake exchange trades. Its prices stand still, so that what happens is decided by orders alone."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple


class Listing(NamedTuple):
    """Terms of one instrument."""

    base: str
    price: Decimal
    tick: Decimal
    step: Decimal


LISTINGS = {
    "BTCUSDT": Listing("BTC", Decimal(60000), Decimal("0.1"), Decimal("0.001")),
    "ETHUSDT": Listing("ETH", Decimal(3000), Decimal("0.01"), Decimal("0.001")),
    "SOLUSDT": Listing("SOL", Decimal(150), Decimal("0.01"), Decimal("0.01")),
    "XRPUSDT": Listing("XRP", Decimal(2), Decimal("0.0001"), Decimal("0.1")),
}
OPENING_BALANCE = Decimal(1_000_000_000)
