"""Which files to replay, as what, and how fast."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tradewire.domain.instrument import AssetClass, Instrument
from tradewire.ports import Misconfigured
from tradewire.sim.instruments import INSTRUMENTS

UNTRADED = "stamp recorded: to a hub's clock these prices are old, so entries on them are refused as stale_quote"


class Listing(BaseModel):
    """The terms of an instrument that the built-in market does not list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: str
    quote: str
    tick_size: Decimal = Field(gt=0)
    qty_step: Decimal = Field(gt=0)
    asset_class: AssetClass = AssetClass.CRYPTO


class Recording(BaseModel):
    """One symbol's file: ticks (bid and ask, or trade prices) or bars, as CSV (also .gz), Parquet or Feather.

    With `ask_path` the prices of `path` are bids. Otherwise a price is the middle, and `spread` (in price units) is
    laid around it. Columns are known by their names.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    symbol: str
    path: Path
    ask_path: Path | None = None
    spread: Decimal | None = Field(default=None, ge=0, description="In price units; none = one tick")
    timeframe_s: int | None = Field(default=None, gt=0, description="Length of a bar; none = seen in the file")
    listing: Listing | None = None

    def instrument(self) -> Instrument:
        """Return the recorded instrument.

        Raises:
            Misconfigured: it is neither described here nor known.
        """
        if self.listing is not None:
            return Instrument(
                symbol=self.symbol,
                asset_class=self.listing.asset_class,
                base=self.listing.base,
                quote=self.listing.quote,
                tick_size=self.listing.tick_size,
                qty_step=self.listing.qty_step,
                min_qty=self.listing.qty_step,
                pip_size=self.listing.tick_size,
            )
        for known in INSTRUMENTS:
            if known.symbol == self.symbol:
                return known
        raise Misconfigured("recordings", f"{self.symbol} is not known: describe it with a listing")


class Config(BaseModel):
    """A replay. `speed` 1 is real time, "max" as fast as it is taken.

    `stamp` "recorded" keeps the times of the files; "shifted" lets the first quote played be now, so that a hub whose
    clock is the wall's trades it as if it were live.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    recordings: tuple[Recording, ...] = Field(min_length=1)
    speed: Annotated[float, Field(gt=0)] | Literal["max"] = 1.0
    stamp: Literal["recorded", "shifted"] = "shifted"
    start: datetime | None = Field(default=None, description="Where playing starts; what is earlier is history")

    @model_validator(mode="after")
    def _speed_and_stamp(self) -> Self:
        if self.speed == "max" and self.stamp == "shifted":
            raise ValueError("speed max has no pace to shift times by: set stamp to recorded")
        return self

    @property
    def start_ns(self) -> int | None:
        """Where playing starts, in epoch nanoseconds."""
        if self.start is None:
            return None
        moment = self.start if self.start.tzinfo else self.start.replace(tzinfo=UTC)
        return int(moment.timestamp()) * 1_000_000_000
