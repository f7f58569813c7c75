"""What an account is. `mode` is fixed at birth and stamped on every row that the account owns."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from tradewire.domain.numbers import ZERO


class Mode(StrEnum):
    """Whether an account moves real money. Chosen by a person, once."""

    PAPER = "paper"
    LIVE = "live"


class Netting(StrEnum):
    """How a venue books positions: one per symbol, or one per trade."""

    NETTING = "netting"
    HEDGING = "hedging"


class Account(Struct, frozen=True, kw_only=True):
    """One login at one venue."""

    id: str
    venue: str
    mode: Mode = Mode.PAPER
    currency: str = "USDT"
    netting: Netting = Netting.HEDGING
    risk_profile: str = "default"


class Balance(Struct, frozen=True):
    """Money of an account in one currency: `free` is what new orders can use."""

    currency: str
    total: Decimal
    free: Decimal


class Position(Struct, frozen=True, kw_only=True):
    """A holding at a venue: `quantity` is signed (long > 0), in base units."""

    symbol: str
    quantity: Decimal
    average_price: Decimal
    realised: Decimal = ZERO
    ref: str | None = None
    """On hedging accounts: client_order_id of the entry; None for a netted or foreign position."""
