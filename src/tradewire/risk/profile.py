"""A risk profile: every limit that holds on an account. What is empty does not limit.

Amounts are money of the account's currency, or a percentage; each field says of what.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Literal

from pydantic import AwareDatetime, Field

from tradewire.domain.policy import (
    AmountText,
    DistanceText,
    DurationText,
    ExitDefaults,
    Opposite,
    PercentText,
    Policy,
    Sizing,
    WindowText,
)
from tradewire.domain.signal import Distance, Size, SizeUnit, Unit

NS = 1_000_000_000


class NewsEvent(Policy):
    """A moment around which nothing is opened. An empty list of currencies means every instrument."""

    at: AwareDatetime
    title: str = "news"
    currencies: tuple[str, ...] = ()
    before: DurationText = 900
    after: DurationText = 900

    @cached_property
    def span(self) -> tuple[int, int]:
        """First and last nanosecond of the pause."""
        moment = int((self.at - datetime.fromisoformat("1970-01-01T00:00:00+00:00")).total_seconds()) * NS
        return moment - self.before * NS, moment + self.after * NS


class RiskProfile(Policy):
    """The limits of an account, its sizes and its exits. An account keeps them whatever a signal asks for."""

    name: str = "default"

    symbols: tuple[str, ...] = Field(default=(), description="only these symbols (patterns); empty = all")
    symbols_denied: tuple[str, ...] = Field(default=(), description="never these symbols (patterns)")
    direction: Literal["both", "long", "short"] = "both"
    hours: tuple[WindowText, ...] = Field(default=(), description="entries only in these hours; empty = always")
    news: tuple[NewsEvent, ...] = ()

    max_signal_age: DurationText | None = 300
    max_clock_skew: DurationText | None = Field(default=30, description="how far ahead of us a sender's clock may be")
    max_quote_age: DurationText | None = 60
    duplicate_window: DurationText | None = Field(default=None, description="the same entry within it is a duplicate")

    decimal_slip: bool = Field(default=True, description="refuse prices that are ten, a hundred … times off the market")
    max_entry_distance: PercentText | None = Field(
        default=Decimal(20), description="of a pending price, % of the market"
    )
    max_stop_distance: PercentText | None = Field(default=Decimal(50), description="% of the entry price")
    max_target_distance: PercentText | None = Field(default=Decimal(500), description="% of the entry price")
    max_spread: DistanceText | None = Field(
        default_factory=lambda: Distance(Decimal(2), Unit.PERCENT), json_schema_extra={"default": "2%"}
    )
    require_stop: bool = False

    max_order_value: AmountText | None = Field(default=None, description="money, or % of equity")
    max_risk: AmountText | None = Field(default=None, description="most loss at the stop: money, or % of equity")
    max_open_trades: int | None = Field(default=None, ge=0)
    max_per_symbol: int | None = Field(default=None, ge=0)
    max_per_underlying: int | None = Field(default=None, ge=0, description="over all accounts")
    max_exposure: AmountText | None = Field(default=None, description="value of all trades: money, or % of equity")
    max_underlying_exposure: Decimal | None = Field(
        default=None, gt=0, description="value of one underlying over all accounts, in the account's currency"
    )
    max_leverage: Decimal | None = Field(default=Decimal(30), gt=0, description="value of all trades over equity")
    leverage: Decimal | None = Field(default=None, gt=0, description="used where a signal names none; empty = venue's")
    one_direction: bool = Field(default=False, description="never long and short in one underlying at once")

    orders_per_minute: int | None = Field(default=None, ge=0)
    trades_per_day: int | None = Field(default=None, ge=0)
    daily_loss: AmountText | None = Field(default=None, description="money, or % of the day's first balance")
    drawdown: PercentText | None = Field(default=None, description="% below the highest equity")
    cool_down_losses: int | None = Field(default=None, ge=1, description="losses in a row that begin a pause")
    cool_down: DurationText = 3600

    opposite: Opposite = Opposite.REVERSE
    sizing: Sizing = Sizing(size=Size(Decimal(2), SizeUnit.EQUITY_PERCENT))
    exits: ExitDefaults = ExitDefaults()

    def __hash__(self) -> int:
        """Hash by name alone: profiles are few, and the gate looks one up for every signal."""
        return hash(self.name)
