"""What a configuration can say. Everything has a default: a hub without a file is a paper hub that shows itself."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from ipaddress import ip_address
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, field_validator

from tradewire.domain.account import Account, Mode, Netting
from tradewire.domain.policy import DurationText, ExitDefaults, Policy
from tradewire.risk.profile import RiskProfile
from tradewire.routing.route import Route
from tradewire.settings.automation import AnalysisSettings, ScheduleSettings, StrategySettings
from tradewire.settings.names import Name as Name
from tradewire.settings.names import Symbol as Symbol

PluginType = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][\w.-]*(:[A-Za-z_]\w*)?$")]
"""A built-in or installed plug-in by its id, or a class of yours as `module:Class`."""


class PluginSettings(Policy):
    """A plug-in in use: which one, and what it wants to know (checked by the plug-in's own `Config`)."""

    type: PluginType = Field(description="id of a plug-in, or module:Class")
    enabled: bool = True
    config: Mapping[str, Any] = Field(default={}, repr=False, description="the plug-in's own settings")


class SourceSettings(PluginSettings):
    """Where messages come from."""

    account: Name | None = Field(default=None, description="its messages act on this account only, whatever routes say")


class NotifierSettings(PluginSettings):
    """Who is told of what."""

    severities: tuple[Literal["info", "warning", "error"], ...] = Field(
        default=("warning", "error"), description="which notices it is sent"
    )


class AccountSettings(Policy):
    """One login at one venue. `mode` is fixed when the hub first sees the account."""

    venue: PluginType = Field(default="paper", description="id of a venue plug-in, or module:Class")
    mode: Mode = Field(default=Mode.PAPER, description="live moves real money; fixed for ever at the account's birth")
    currency: str = Field(default="USDT", pattern=r"^[A-Z0-9]{2,10}$")
    netting: Netting = Netting.HEDGING
    risk: Name = Field(default="default", description="name of a risk profile")
    enabled: bool = True
    config: Mapping[str, Any] = Field(default={}, repr=False, description="the venue's own settings")

    def named(self, name: str) -> Account:
        """Return the account that this describes."""
        return Account(
            id=name,
            venue=self.venue,
            mode=self.mode,
            currency=self.currency,
            netting=self.netting,
            risk_profile=self.risk,
        )


class InstrumentSettings(Policy):
    """What this hub knows better than the venue about an instrument; empty fields stay as the venue says."""

    tick_size: Decimal | None = Field(default=None, gt=0)
    qty_step: Decimal | None = Field(default=None, gt=0)
    min_qty: Decimal | None = Field(default=None, gt=0)
    max_qty: Decimal | None = Field(default=None, gt=0)
    min_notional: Decimal | None = Field(default=None, ge=0)
    lot_size: Decimal | None = Field(default=None, gt=0, description="units of one lot")
    pip_size: Decimal | None = Field(default=None, gt=0)
    multiplier: Decimal | None = Field(default=None, gt=0, description="money a unit gains when the price rises by one")


class SymbolSettings(Policy):
    """Words for symbols, and corrections of what venues say about them."""

    aliases: Mapping[str, Symbol] = Field(default={}, description="your word: the symbol that it means")
    instruments: Mapping[Symbol, InstrumentSettings] = {}


class PluginModules(Policy):
    """Plug-ins of yours under a short id: `id: module:Class`. Installed packages announce theirs by entry points."""

    venues: Mapping[Name, PluginType] = {}
    feeds: Mapping[Name, PluginType] = {}
    sources: Mapping[Name, PluginType] = {}
    notifiers: Mapping[Name, PluginType] = {}


class ServerSettings(Policy):
    """Where the hub listens. Anything but loopback needs a login."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535, description="0 takes any free port")
    public_url: str | None = Field(default=None, pattern=r"^https?://", description="the address that the world sees")
    allowed_hosts: tuple[str, ...] = Field(default=(), description="host names under which the hub may be asked")

    @field_validator("host")
    @classmethod
    def _is_an_address(cls, host: str) -> str:
        if host != "localhost":
            try:
                ip_address(host)
            except ValueError:
                raise ValueError(f"{host!r} is no address: write 127.0.0.1, 0.0.0.0 or the like") from None
        return host


class EngineSettings(Policy):
    """How the engine waits and asks; the defaults fit one person on one machine."""

    dedupe_window: DurationText = Field(default=60, description="an equal message without an id is the same one")
    lookups_before_alert: int = Field(
        default=5, ge=1, description="look-ups of an unknown order before a person is told"
    )
    snapshot_every: int = Field(default=10_000, ge=100, description="journal rows between two snapshots of an account")


class ProgramSettings(Policy):
    """A program at work: which kind, on which account, with which parameters (checked by the kind itself)."""

    program: str = Field(description="its kind, such as dca or grid; `tradewire programs kinds` lists them")
    account: Name = Field(description="the account that it speaks to")
    enabled: bool = True
    params: Mapping[str, Any] = Field(default={}, description="the kind's own parameters")


class Settings(Policy):
    """The whole configuration, read once and passed down."""

    accounts: Mapping[Name, AccountSettings] = {"paper": AccountSettings()}
    feeds: Mapping[Name, PluginSettings] = {"simulated": PluginSettings(type="simulated")}
    sources: Mapping[Name, SourceSettings] = {"demo": SourceSettings(type="demo", account="paper")}
    routes: tuple[Route, ...] = ()
    risk: Mapping[Name, RiskProfile] = {"default": RiskProfile()}
    exits: Mapping[Name, ExitDefaults] = Field(default={}, description="named exits, for routes and risk profiles")
    symbols: SymbolSettings = SymbolSettings()
    programs: Mapping[Name, ProgramSettings] = {}
    strategies: Mapping[Name, StrategySettings] = Field(default={}, description="strategies that are traded live")
    schedules: Mapping[Name, ScheduleSettings] = Field(default={}, description="what is done by the clock")
    analysis: AnalysisSettings = AnalysisSettings()
    notifiers: Mapping[Name, NotifierSettings] = {"log": NotifierSettings(type="log")}
    plugins: PluginModules = PluginModules()
    server: ServerSettings = ServerSettings()
    engine: EngineSettings = EngineSettings()

    def without_demo(self) -> Settings:
        """Return these settings without the sources that make signals up: nothing trades by itself."""
        kept = {name: source for name, source in self.sources.items() if source.type != "demo"}
        return self.model_copy(update={"sources": kept})
