"""What a backtest can be asked: the same words on the command line, in the API and in a sweep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tradewire.backtest.choices import FillAt, Fills, Lane, Sides, StopsActive
from tradewire.domain.symbols import nearest

NOT_EXACT: Final = ("eod", "session", "inside", "funding")
"""What a request says of the market that the exact lane does not know."""
OF_THE_MARKET: Final = (*NOT_EXACT, "qty_step", "min_qty", "max_qty", "min_notional", "tick")
"""What a request says of the market besides its bars."""
OF_A_STRATEGY: Final = (
    *("side", "sl", "tp", "tsl", "be", "hold", "eod", "session", "fills", "stops_active", "fill", "inside", "funding"),
    *("qty", "size", "also", "max_open"),
)
"""What only a strategy can be asked: a program has exits, sizes and sides of its own, and one history."""


class BadRequest(ValueError):
    """Something that cannot be asked: `field` names it, `reason` says why and what to do."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.field = field
        self.reason = reason


class Request(BaseModel):
    """One backtest. Distances and sizes are written as in commands: `2%`, `30p`, `2atr`; `80`, `2%`, `risk 1%`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    strategy: str = Field(description="an id, module:Class or file.py:Class")
    params: Mapping[str, Any] = Field(default={}, description="the strategy's parameters; its defaults for the others")
    data: str = Field(description="a file of bars, or SYMBOL/1m of those imported")
    also: tuple[str, ...] = Field(default=(), description="histories of more symbols that share the cash")
    max_open: int | None = Field(default=None, gt=0, description="so many trades may be open at a time")
    symbol: str | None = Field(default=None, description="what the file is a history of")
    start: str | None = Field(default=None, description="first moment (UTC if unsaid)")
    end: str | None = Field(default=None, description="moment after the last one")
    side: Sides = Field(default=Sides.LONG, description="take these entries only")
    sl: str | None = Field(default=None, description="stop")
    tp: str | None = Field(default=None, description="target, or several: 2%@50%,4%")
    tsl: str | None = Field(default=None, description="trailing stop")
    be: str | None = Field(default=None, description="stop to the entry once so much is won")
    hold: str | None = Field(default=None, description="close a trade after this time, such as 4h")
    eod: bool = Field(default=False, description="close at the end of the session")
    session: str | None = Field(default=None, description="when sessions end: fx, us, or an exchange such as XNYS")
    fills: Fills = Field(default=Fills.PESSIMISTIC, description="what is assumed inside a bar")
    stops_active: StopsActive | None = Field(default=None, description="stops and targets act from here on")
    fill: FillAt | None = Field(default=None, description="where orders are filled")
    inside: str | None = Field(
        default=None, description="bars of a lower timeframe that tell what came first in a bar: a file, or SYMBOL/1m"
    )
    fee: str = Field(default="0%", description="fee at each side, in percent of the value")
    spread: float = Field(default=0.0, ge=0, description="bid to ask, in price")
    slippage: str = Field(default="0%", description="lost at each fill, in percent of the price")
    funding: str | None = Field(
        default=None, description="what holding costs: 0.01%/8h, or a CSV file with the columns time and rate"
    )
    qty: str | None = Field(default=None, description="units of each trade")
    size: str | None = Field(default=None, description="size of each trade, as in commands")
    cash: float = Field(default=10_000.0, gt=0, description="money to begin with")
    leverage: float = Field(default=1.0, gt=0, description="how often cash may be used")
    pip: float | None = Field(default=None, gt=0, description="the size of a pip, for 30p")
    lane: Lane = Field(default=Lane.FAST, description="fast: a loop over the bars; exact: the whole engine")
    latency: int = Field(default=0, ge=0, le=60_000, description="ms until an order arrives; for the exact lane")
    qty_step: float | None = Field(default=None, gt=0, description="quantities are rounded down to it")
    min_qty: float | None = Field(default=None, gt=0, description="smaller entries are left out")
    max_qty: float | None = Field(default=None, gt=0, description="larger entries are left out")
    min_notional: float | None = Field(default=None, gt=0, description="entries worth less are left out")
    tick: float | None = Field(default=None, gt=0, description="stops and targets are rounded to it")

    @property
    def not_exact(self) -> str | None:
        """The first thing that is said of the market and that the exact lane does not know."""
        return next((name for name in NOT_EXACT if getattr(self, name)), None)

    @property
    def of_several(self) -> str | None:
        """The first thing that is asked of several symbols together."""
        return "also" if self.also else "max_open" if self.max_open is not None else None

    @property
    def exit_flags(self) -> dict[str, str]:
        """What is said of exits: the field's name, and its words in a command."""
        flags = {"sl": "-sl", "tp": "-tp", "tsl": "-tsl", "be": "-be", "hold": "-for"}
        return {name: f"{flag} {value}" for name, flag in flags.items() if (value := getattr(self, name)) is not None}

    @property
    def not_for_programs(self) -> str | None:
        """The first thing that is asked and that a program does not take."""
        said = self.model_fields_set
        return next((name for name in OF_A_STRATEGY if name in said and getattr(self, name) not in ((), False)), None)

    @property
    def size_text(self) -> str:
        """The size of a trade as it is written in commands."""
        return f"{self.qty}u" if self.qty is not None else self.size or "1u"

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Request:
        """Return the request that somebody wrote.

        Raises:
            BadRequest: the first thing that cannot be, with the nearest name where one is misspelt.
        """
        try:
            return cls.model_validate(dict(given))
        except ValidationError as error:
            raise _mistake(error.errors()[0]) from None


def _mistake(problem: Any) -> BadRequest:
    field = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        near = nearest(field, Request.model_fields)
        return BadRequest(field, f"a backtest cannot be asked this{f'; did you mean {near}?' if near else ''}")
    if problem["type"] == "missing":
        return BadRequest(field, "is missing")
    return BadRequest(field, f"{problem['input']}: {problem['msg'].removeprefix('Value error, ')}")
