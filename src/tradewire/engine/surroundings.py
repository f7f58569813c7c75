"""What a desk may look at while it decides: its market, its profile, its venue's powers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from tradewire.domain.instrument import Instrument, Quote
from tradewire.domain.sessions import day_end, session_end
from tradewire.engine.market import Market
from tradewire.oms.outcome import OutcomePolicy
from tradewire.ports import Capabilities
from tradewire.risk.profile import RiskProfile
from tradewire.routing.route import Route


class Around:
    """A `Surroundings` (see `engine/step.py`). `now` is set by the engine for each step."""

    def __init__(
        self,
        *,
        market: Market,
        capabilities: Capabilities,
        amends: bool,
        policy: OutcomePolicy,
        profile: RiskProfile,
        routes: Mapping[str, Route],
        leverage: Decimal,
        other_cash: Mapping[str, Decimal],
    ) -> None:
        self.now = 0
        self.ready = False
        self.capabilities = capabilities
        self.amends = amends
        """The venue has the power `Amends`."""
        self.policy = policy
        self.profile = profile
        self.other_cash = other_cash
        self.instruments = market.instruments
        """What the account's venue offers; the market's, until the venue says otherwise."""
        self._market = market
        self._routes = routes
        self._leverage = leverage

    def route(self, name: str) -> Route | None:
        return self._routes.get(name)

    def quote(self, symbol: str) -> Quote | None:
        return self._market.quotes.get(symbol)

    def instrument(self, symbol: str) -> Instrument | None:
        return self.instruments.get(symbol)

    def known_symbols(self) -> tuple[str, ...]:
        return tuple(self.instruments)

    def atr(self, symbol: str) -> Decimal | None:
        return self._market.atr(symbol)

    def rate(self, source: str, target: str) -> Decimal | None:
        return self._market.rate(source, target)

    def leverage(self, symbol: str) -> Decimal:
        return self._leverage

    def session_end(self, symbol: str) -> int | None:
        instrument = self.instruments.get(symbol)
        return None if instrument is None else session_end(instrument.session, self.now)

    def day_end(self, symbol: str) -> int:
        instrument = self.instruments.get(symbol)
        return day_end(None if instrument is None else instrument.session, self.now)
