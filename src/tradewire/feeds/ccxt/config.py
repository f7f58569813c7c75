"""Which exchange, which of its markets, and how often prices are asked for."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Market(StrEnum):
    """What kind of market a symbol is taken from."""

    SPOT = "spot"
    PERPETUAL = "perpetual"
    """Linear: margined and settled in the quote currency."""


class Config(BaseModel):
    """A crypto exchange's public prices."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    exchange: str = Field(pattern=r"^[a-z0-9]+$", description="Its id in ccxt: binance, kraken, okx, bybit, coinbase …")
    symbols: tuple[str, ...] = Field(
        default=(), description="What to offer, such as BTCUSDT; none named = all, which a hub should not stream"
    )
    market: Market = Field(default=Market.SPOT, description="Which of its markets")
    interval_ms: int = Field(default=1_000, ge=100, le=60_000, description="Time between two looks at the prices")
    timeout_s: float = Field(default=10.0, gt=0, le=60, description="How long one answer may take")
    base_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/]+$",
        description="A mirror, asked in place of the exchange's own host",
    )
