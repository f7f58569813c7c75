"""Every seam of the hub on one page: what a venue, a feed, a source, a notifier and a clock owe us, and how they fail.

Beside its class a plug-in's module has a `Config`, a `MANIFEST` and a `check`.

The exceptions form one tree; each says who acts::

    PortError
    ├── NotReady        retry with backoff (the hub does)
    ├── AuthFailed      the owner renews the credentials
    ├── Misconfigured   the owner corrects the named field
    ├── Refused         the other side proved that it did not do it
    ├── OutcomeUnknown  nobody knows: the order stays in flight and is looked up
    ├── TryLater        a notifier asks for a pause
    └── Unauthorized    a push source could not verify its sender
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from importlib import import_module
from types import TracebackType
from typing import Any, Protocol, Self, runtime_checkable

from msgspec import Struct

from tradewire.domain.instrument import Bar, Instrument, Quote, Tick
from tradewire.domain.message import Message
from tradewire.domain.order import OrderRequest
from tradewire.domain.signal import OrderType, TimeInForce
from tradewire.domain.venue_events import LookupResult, Snapshot, VenueEvent


class PortError(Exception):
    """A plug-in could not do what it was asked to."""


class NotReady(PortError):
    """Not now: the hub tries again, ever more slowly."""


class AuthFailed(PortError):
    """The credentials are not accepted: the owner must act."""


class Misconfigured(PortError):
    """The configuration cannot work: `field` says where, `reason` why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.reason = message


class Refused(PortError):
    """Proven not done, with the other side's reason. The only error of `submit` that ends an order."""


class OutcomeUnknown(PortError):
    """A timeout, a 5xx, a cut connection, an unreadable answer. Any other exception of a submit means the same."""


class TryLater(PortError):
    """The notifier's other side asks for a pause of `after` seconds."""

    def __init__(self, after: float) -> None:
        super().__init__(f"try again in {after:g} s")
        self.after = after


class Unauthorized(PortError):
    """The sender could not be verified."""


class Capabilities(Struct, frozen=True, kw_only=True):
    """What a venue can do; what it cannot is refused before sending."""

    order_types: frozenset[OrderType]
    times_in_force: frozenset[TimeInForce]
    hedging: bool = False
    native_stops: bool = False
    """Protective stops rest at the venue and outlive this process."""
    reduce_only: bool = True
    post_only: bool = False
    client_ids: bool = True
    """The venue keeps our client_order_id and finds orders by it."""
    request_expiry_ns: int = 5_000_000_000
    """How long after sending a request may still execute: before it has passed, absence proves nothing."""


class Venue(Protocol):
    """One login at one venue. Never sizes, never retries a submit, never invents a stop."""

    @property
    def id(self) -> str: ...
    @property
    def capabilities(self) -> Capabilities: ...

    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    async def instruments(self) -> Sequence[Instrument]: ...
    async def snapshot(self) -> Snapshot: ...

    async def submit(self, request: OrderRequest) -> None:
        """Hand an order over. Returning means handed over, not accepted: the answer comes as an event.

        Raises:
            Refused: proven not done.
            OutcomeUnknown: and every other exception: nobody knows.
        """

    async def cancel(self, client_order_id: str) -> None:
        """Ask for the rest of an order to be withdrawn; it may lose to a fill. Same errors as `submit`."""

    async def lookup(self, client_order_id: str, since: int) -> LookupResult:
        """Ask what became of an order sent at or after `since` (epoch ns). A read: may be repeated freely."""

    def events(self) -> AsyncIterator[VenueEvent]:
        """Yield what happens at the venue, at least once each, for as long as the venue is entered."""


@runtime_checkable
class Amends(Protocol):
    """Optional power of a venue: it can change a resting order in place."""

    async def amend(
        self, client_order_id: str, *, quantity: Decimal | None, limit_price: Decimal | None, stop_price: Decimal | None
    ) -> None:
        """Ask for other terms (None: as they are); it may lose to a fill. Same errors as `submit`.

        `quantity` is the whole, with what is filled. The answer comes as `Replaced` or `ReplaceRejected`, and a look-up
        tells the order's `terms`; where it does not, a lost answer is never settled.
        """


class Quotes(Protocol):
    """Prices. Liveness is judged by the age of the data, not by the socket."""

    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    async def instruments(self) -> Sequence[Instrument]: ...

    def stream(self, symbols: Iterable[str]) -> AsyncIterator[Sequence[Quote]]:
        """Yield batches of quotes in time order."""

    async def bars(self, symbol: str, timeframe_s: int, start: int, end: int) -> Sequence[Bar]:
        """Return the bars that start in [start, end) (epoch ns), oldest first."""


@runtime_checkable
class TellsTicks(Protocol):
    """Optional power of a feed: it knows the single trades of the market's past."""

    def ticks(self, symbol: str, start: int, end: int) -> AsyncIterator[Sequence[Tick]]:
        """Yield batches of the trades in [start, end) (epoch ns), oldest first, each once."""


class SourceDown(Struct, frozen=True):
    """A pull source lost its connection."""

    reason: str


class SourceUp(Struct, frozen=True):
    """A pull source is connected again and will deliver what it missed."""


class Source(Protocol):
    """Messages, at least once, resumable. Never parses, dedupes or trades; edits and deletes are revisions."""

    @property
    def id(self) -> str: ...

    def messages(self, after: str | None) -> AsyncIterator[Message | SourceDown | SourceUp]: ...


class Notice(Struct, frozen=True, kw_only=True):
    """Something that a person should hear of."""

    severity: str
    title: str
    body: str
    ts: int
    account: str | None = None


class Notifier(Protocol):
    """Tells a person. Raises `TryLater` or `Refused`; a failing notifier never blocks trading."""

    @property
    def id(self) -> str: ...

    async def send(self, notice: Notice) -> None: ...


class Clock(Protocol):
    """The only way to know the time."""

    def now(self) -> int:
        """Return the time as epoch nanoseconds, UTC."""


class Kind(StrEnum):
    """What a plug-in is for."""

    VENUE = "venue"
    FEED = "feed"
    SOURCE = "source"
    NOTIFIER = "notifier"


class Manifest(Struct, frozen=True, kw_only=True):
    """What a plug-in is, for the person who chooses one. `summary` is one sentence.

    `docs` is an address, or a page of these docs with its section: `plugins.md#paper`.
    """

    id: str
    kind: Kind
    title: str
    summary: str
    docs: str
    network: bool = False
    """It talks to other machines."""
    secrets: bool = False
    """Its settings hold something that must not be shown."""


class Topic(StrEnum):
    """What a finding is about."""

    SETTINGS = "settings"
    REACHABLE = "reachable"
    CREDENTIALS = "credentials"
    CLOCK = "clock skew"
    PERMISSIONS = "permissions"
    SYMBOLS = "symbols"
    DATA = "data"
    PLUGIN = "plug-in"
    """The plug-in itself: its author must act."""


class Finding(Struct, frozen=True):
    """One thing that a check looked at. Neither `detail` nor `remedy` ever holds a secret."""

    ok: bool
    what: Topic
    detail: str
    remedy: str = ""
    """What the owner can do about it, where `ok` is not true."""


class Check(Protocol):
    """Tells whether a plug-in would work with its `Config`. It only reads, and may be asked at any time.

    Raises `NotReady`, `AuthFailed` or `Misconfigured` where nothing more can be found out.
    """

    async def __call__(self, config: Any, clock: Clock, /) -> Sequence[Finding]: ...


def loads_when_asked(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the `__getattr__` of a plug-in's folder, so that its manifest can be read without loading the rest.

    `homes` has the module of the folder in which each name lives.
    """

    def attribute(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{homes[name]}"), name)

    return attribute
