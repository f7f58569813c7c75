"""One account at the paper exchange, as the hub sees any venue."""

from __future__ import annotations

from asyncio import Queue
from collections.abc import AsyncIterator, Callable, Sequence
from decimal import Decimal
from types import TracebackType
from typing import Final, Self

from tradewire.domain.account import Account
from tradewire.domain.instrument import Instrument
from tradewire.domain.order import OrderRequest
from tradewire.domain.signal import OrderType, TimeInForce
from tradewire.domain.venue_events import LookupResult, Snapshot, VenueEvent
from tradewire.ports import Capabilities, Clock
from tradewire.sim.account import PaperState
from tradewire.sim.exchange import Exchange
from tradewire.venues.paper.config import Config

_REQUEST_EXPIRY_NS: Final = 5_000_000_000


class PaperVenue:
    """A paper account. Its resting orders die with this process, so the hub watches the stops itself.

    `opening` is what the hub's journal says of the account; without it the account starts as configured. What was
    submitted but never confirmed in the journal does not exist: a look-up says so.
    """

    def __init__(
        self,
        account: Account,
        exchange: Exchange,
        clock: Clock,
        config: Config | None = None,
        opening: PaperState | None = None,
    ) -> None:
        self._account = account
        self._exchange = exchange
        self._clock = clock
        self._config = config or Config()
        self._opening = opening or self._config.start(account)
        self._is_open = False
        self.capabilities = Capabilities(
            order_types=frozenset(OrderType),
            times_in_force=frozenset(TimeInForce),
            hedging=True,
            native_stops=False,
            reduce_only=True,
            post_only=True,
            client_ids=True,
            request_expiry_ns=_REQUEST_EXPIRY_NS + self._config.latency_ms * 1_000_000,
        )
        self._waiting: Queue[VenueEvent | None] = Queue()
        self.on_event: Callable[[VenueEvent], None] | None = None
        """Takes every event by a direct call, in place of `events()`: an asyncio hop costs more than a fill."""

    @property
    def id(self) -> str:
        return self._account.id

    async def __aenter__(self) -> Self:
        if not self._is_open:
            self._open()
            self._is_open = True
            self._exchange.guard(self.id, self._clock.now())
        return self

    def _open(self) -> None:
        self._exchange.open_account(self._account.id, self._config.terms(self._account), self._opening, self._emit)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._waiting.put_nowait(None)

    async def instruments(self) -> Sequence[Instrument]:
        return self._exchange.instruments

    async def snapshot(self) -> Snapshot:
        return self._exchange.snapshot(self._account.id, self._clock.now())

    async def submit(self, request: OrderRequest) -> None:
        self.submit_now(request)

    def submit_now(self, request: OrderRequest) -> None:
        """Take an order: without latency it is accepted, and filled if it can be, before this returns.

        Raises:
            Refused: nothing was done.
        """
        self._exchange.submit(request, self._clock.now())

    def rebuild(self, state: PaperState) -> None:
        """Go back to what the hub's journal says: what it does not hold never happened."""
        self._opening = state
        if self._is_open:
            self._exchange.close_account(self._account.id)
            self._open()

    async def cancel(self, client_order_id: str) -> None:
        self._exchange.cancel(self._account.id, client_order_id, self._clock.now())

    async def amend(
        self, client_order_id: str, *, quantity: Decimal | None, limit_price: Decimal | None, stop_price: Decimal | None
    ) -> None:
        self._exchange.amend(
            self._account.id,
            client_order_id,
            self._clock.now(),
            quantity=quantity,
            limit_price=limit_price,
            stop_price=stop_price,
        )

    async def lookup(self, client_order_id: str, since: int) -> LookupResult:
        return self._exchange.lookup(self._account.id, client_order_id, self._clock.now())

    async def events(self) -> AsyncIterator[VenueEvent]:
        while (event := await self._waiting.get()) is not None:
            yield event

    def _emit(self, event: VenueEvent) -> None:
        if self.on_event is not None:
            self.on_event(event)
        else:
            self._waiting.put_nowait(event)
