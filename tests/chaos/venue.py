"""The fake exchange as a venue plug-in: `venue: chaos.venue:FakeExchangeVenue`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from types import TracebackType
from typing import Any, Literal, Self

import msgspec
from pydantic import BaseModel, ConfigDict

from chaos.exchange.book import Wanted
from chaos.feed import INSTRUMENTS
from chaos.wire import Client
from tradewire.domain.account import Account, Balance, Position
from tradewire.domain.instrument import Instrument
from tradewire.domain.order import Fill, OrderRequest, OrderStatus
from tradewire.domain.signal import OrderType, Side, TimeInForce
from tradewire.domain.venue_events import (
    Absent,
    Accepted,
    Cancelled,
    Disconnected,
    Filled,
    Found,
    LookupResult,
    OpenOrder,
    Resynced,
    Snapshot,
    VenueEvent,
)
from tradewire.ports import (
    Capabilities,
    Clock,
    Finding,
    Kind,
    Manifest,
    NotReady,
    OutcomeUnknown,
    Refused,
    Topic,
)

MS = 1_000_000
SKEW_NS = 1000 * MS

MANIFEST = Manifest(
    id="fake-exchange",
    kind=Kind.VENUE,
    title="Fake exchange",
    summary="Trades at an exchange that is its own process and misbehaves as it is told to.",
    docs="chaos.md",
    network=True,
)


class Config(BaseModel):
    """Where the exchange is, and what the account there is like."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    port: int
    account: str
    client_ids: Literal["permanent", "open_only", "none"] = "open_only"
    hedging: bool = True
    native_stops: bool = False
    expiry_ms: int = 300
    patience_ms: int = 200
    balance: Decimal = Decimal(1_000_000_000)


async def check(config: Config, clock: Clock) -> Sequence[Finding]:
    """Read the account."""
    client = Client("127.0.0.1", config.port)
    try:
        async with asyncio.timeout(config.patience_ms / 1000):
            _, body = await client.ask("GET", f"/{config.account}/account")
    except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
        raise NotReady(f"{type(error).__name__}: {error}") from error
    finally:
        client.close()
    shown = msgspec.json.decode(body)
    apart = abs(shown["now"] - clock.now())
    return [
        Finding(True, Topic.REACHABLE, f"the account has {shown['balance']}"),
        Finding(apart < SKEW_NS, Topic.CLOCK, f"the clocks are {apart // MS} ms apart", "set this machine's clock"),
    ]


class FakeExchangeVenue:
    """Speaks with one account. Where the exchange keeps no client ids, this process remembers which order is whose."""

    def __init__(self, account: Account, config: Config, clock: Clock) -> None:
        self.id = account.id
        self.capabilities = Capabilities(
            order_types=frozenset({OrderType.MARKET, OrderType.LIMIT, OrderType.STOP}),
            times_in_force=frozenset({TimeInForce.GTC}),
            hedging=config.hedging,
            native_stops=config.native_stops,
            client_ids=config.client_ids != "none",
            request_expiry_ns=config.expiry_ms * MS,
        )
        self._config = config
        self._clock = clock
        self._client = Client("127.0.0.1", config.port)
        self._events: asyncio.Queue[VenueEvent] = asyncio.Queue()
        self._tags: dict[int, str] = {}
        self._early: dict[int, list[dict[str, Any]]] = {}
        self._listener: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        after = (await self._read("account"))["events"]
        self._events = asyncio.Queue()
        self._listener = asyncio.create_task(self._listen(after))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
        self._client.close()

    async def instruments(self) -> Sequence[Instrument]:
        return INSTRUMENTS

    async def snapshot(self) -> Snapshot:
        shown = await self._read("account")
        balance = Decimal(shown["balance"])
        return Snapshot(
            balances=(Balance("USDT", balance, balance),),
            positions=tuple(
                Position(
                    symbol=held["symbol"],
                    quantity=Decimal(held["quantity"]),
                    average_price=Decimal(held["price"]),
                    ref=held["position"],
                )
                for held in shown["positions"]
            ),
            open_orders=tuple(
                OpenOrder(
                    client_order_id=self._tag(order) or f"#{order['order']}",
                    venue_order_id=str(order["order"]),
                    symbol=order["symbol"],
                    side=Side.BUY if order["side"] > 0 else Side.SELL,
                    type=OrderType(order["type"]),
                    quantity=Decimal(order["quantity"]),
                    filled=Decimal(order["filled"]),
                    limit_price=decimal(order["limit"]),
                    stop_price=decimal(order["stop"]),
                )
                for order in shown["orders"]
            ),
            ts=shown["now"],
        )

    async def submit(self, request: OrderRequest) -> None:
        wanted = Wanted(
            tag=request.client_order_id,
            symbol=request.symbol,
            side=request.side.sign,
            type=request.type,
            quantity=request.quantity,
            limit=request.limit_price,
            stop=request.stop_price,
            reduce_only=request.reduce_only,
            position=request.position_ref,
            expires_at=request.expires_at,
        )
        taken = await self._write("POST", "orders", msgspec.json.encode(wanted))
        if not self.capabilities.client_ids:
            self._tags[taken["order"]] = request.client_order_id
            for event in self._early.pop(taken["order"], ()):
                self._hear(event)

    async def cancel(self, client_order_id: str) -> None:
        await self._write("DELETE", f"orders/{client_order_id}")

    async def lookup(self, client_order_id: str, since: int) -> LookupResult:
        name = client_order_id
        if not self.capabilities.client_ids:
            known = [number for number, tag in self._tags.items() if tag == client_order_id]
            if not known:
                return Absent(client_order_id=client_order_id, ts=self._clock.now())
            name = f"~{known[-1]}"
        async with asyncio.timeout(self._config.patience_ms / 1000):
            status, body = await self._client.ask("GET", self._path(f"orders/{name}"))
        shown = msgspec.json.decode(body)
        if status == 404:
            return Absent(client_order_id=client_order_id, ts=shown["now"])
        return Found(
            client_order_id=client_order_id,
            venue_order_id=str(shown["order"]),
            status=standing(shown),
            fills=tuple(self._fill(shown, execution) for execution in shown["executions"]),
            ts=shown["now"],
        )

    async def events(self) -> AsyncIterator[VenueEvent]:
        while True:
            yield await self._events.get()

    async def _listen(self, after: int) -> None:
        """Follow the exchange's events; a broken stream is taken up where it broke."""
        while True:
            try:
                reader, writer = await self._client.lines(self._path(f"events/{after}"))
                try:
                    async for line in reader:
                        after += 1
                        self._hear(msgspec.json.decode(line))
                finally:
                    writer.close()
                reason = "the stream ended"
            except (OSError, asyncio.IncompleteReadError) as error:
                reason = str(error)
            self._events.put_nowait(Disconnected(reason=reason, ts=self._clock.now()))
            await asyncio.sleep(0.05)
            self._events.put_nowait(Resynced(ts=self._clock.now()))

    def _tag(self, shown: dict[str, Any]) -> str | None:
        tag: str | None = shown["tag"]
        return tag if self.capabilities.client_ids else self._tags.get(shown["order"])

    def _hear(self, event: dict[str, Any]) -> None:
        tag = self._tag(event)
        if tag is None:
            self._early.setdefault(event["order"], []).append(event)
            return
        match event["kind"]:
            case "accepted":
                said: VenueEvent = Accepted(client_order_id=tag, venue_order_id=str(event["order"]), ts=event["ts"])
            case "executed":
                said = Filled(fill=self._fill(event, event["execution"]))
            case _:
                said = Cancelled(client_order_id=tag, ts=event["ts"])
        self._events.put_nowait(said)

    def _fill(self, shown: dict[str, Any], execution: dict[str, Any]) -> Fill:
        return Fill(
            exec_id=execution["id"],
            client_order_id=self._tag(shown) or "",
            symbol=shown["symbol"],
            side=Side.BUY if shown["side"] > 0 else Side.SELL,
            quantity=Decimal(execution["quantity"]),
            price=Decimal(execution["price"]),
            ts_event=execution["ts"],
            ts_init=self._clock.now(),
        )

    def _path(self, what: str) -> str:
        return f"/{self._config.account}/{what}"

    async def _read(self, what: str) -> Any:
        try:
            async with asyncio.timeout(1):
                _, body = await self._client.ask("GET", self._path(what))
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise NotReady(f"{type(error).__name__}: {error}") from error
        return msgspec.json.decode(body)

    async def _write(self, method: str, what: str, body: bytes = b"") -> Any:
        """Send once, and tell a proven no from everything else."""
        try:
            async with asyncio.timeout(self._config.patience_ms / 1000):
                status, answer = await self._client.ask(method, self._path(what), body)
            content = msgspec.json.decode(answer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, msgspec.DecodeError) as error:
            raise OutcomeUnknown(f"{type(error).__name__}: {error}") from error
        if status == 400:
            raise Refused(content["error"])
        if status != 200:
            raise OutcomeUnknown(f"the exchange answered {status}")
        return content


def standing(shown: dict[str, Any]) -> OrderStatus:
    """Return our word for the exchange's status."""
    if shown["status"] == "working":
        return OrderStatus.PARTIALLY_FILLED if Decimal(shown["filled"]) else OrderStatus.WORKING
    return OrderStatus(shown["status"])


def decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
