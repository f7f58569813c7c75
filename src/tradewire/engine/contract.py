"""What the engine offers to those above it (API, CLI, dashboard): one way in, one way to look."""

from __future__ import annotations

from asyncio import Future
from collections.abc import AsyncIterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, Protocol

from msgspec import Struct

from tradewire.domain.instrument import Instrument, Quote
from tradewire.domain.message import Message
from tradewire.domain.refusal import Refusal
from tradewire.domain.regime import Judged


class Incoming(Struct, frozen=True, kw_only=True):
    """A message at the entrance, before it has an identity.

    `external_id` makes it idempotent for ever; without one, an equal body of the same channel within the source's
    window is the same message. `account` binds it to one account whatever the routes say.
    """

    source: str
    channel: str
    text: str
    external_id: str | None = None
    revision: int = 0
    reply_to: str | None = None
    author: str | None = None
    account: str | None = None
    ts_event: int | None = None


class Receipt(Struct, frozen=True, kw_only=True):
    """The message is durable. `duplicate` = it was already, and nothing was done again."""

    message_id: str
    duplicate: bool


ProgramAction = Literal["pause", "resume", "stop"]


class BadAction(Exception):
    """What a person asks of a program is not possible; the sentence says why."""


class IntakeUnavailable(Exception):
    """The message could not be made durable (disk full, database gone); nothing was acknowledged or done."""


class PreviewOrder(Struct, frozen=True, kw_only=True):
    """What a text would do on one account: the exact orders, or the refusal."""

    account: str
    mode: str
    summary: str
    orders: tuple[dict[str, Any], ...] = ()
    refusal: Refusal | None = None


class Preview(Struct, frozen=True, kw_only=True):
    """What would happen if a text were sent now. `refusal` is set where the text itself cannot be acted on."""

    text: str
    reading: str
    accounts: tuple[PreviewOrder, ...] = ()
    refusal: Refusal | None = None
    position: int | None = None
    suggestion: str | None = None


class TraceStep(Struct, frozen=True, kw_only=True):
    """One step of a signal's story; `ms` counts from the moment the message was received."""

    account: str | None
    stage: str
    code: str | None
    text: str
    ts: int
    ms: float


class MessageStory(Struct, frozen=True, kw_only=True):
    """A message, what it was read as, and what came of it. `settled`: nothing more is under way for it."""

    message_id: str
    status: str
    reason: str | None
    signals: tuple[SignalStory, ...]
    settled: bool


class SignalStory(Struct, frozen=True, kw_only=True):
    """A signal and its trace."""

    signal_id: str
    kind: str
    symbol: str | None
    side: str | None
    status: str
    steps: tuple[TraceStep, ...]


class LiveTrade(Struct, frozen=True, kw_only=True):
    """An open trade with what only the running hub knows: the stop as it stands, the price, the open P&L."""

    id: str
    account: str
    mode: str
    signal_id: str
    symbol: str
    side: str
    status: str
    quantity: Decimal
    open_quantity: Decimal
    entry_price: Decimal
    stop: Decimal | None
    targets: tuple[Decimal, ...]
    targets_done: int
    trailing: bool
    managed_by: str
    price: Decimal | None
    pnl: Decimal
    unrealised: Decimal | None
    currency: str
    ts_opened: int


class LiveAccount(Struct, frozen=True, kw_only=True):
    """An account as it stands now. Money in the account's currency.

    `foreign`: positions at the venue that the hub did not open, signed quantities by symbol.
    """

    id: str
    venue: str
    mode: str
    currency: str
    ready: bool
    halted: bool
    balance: Decimal
    equity: Decimal
    free: Decimal
    open_trades: int
    open_orders: int
    realised_today: Decimal
    foreign: dict[str, Decimal]
    not_ready_reason: str | None = None


class LiveProgram(Struct, frozen=True, kw_only=True):
    """A program as it stands. `status`: running, paused, stopped, done; or left_out, with the reason.

    `told`: how it stands in a few words; `said`: the number of its last saying; `ts_next`: the next moment it waits for
    (epoch ns); `asleep`: its account is halted, so that it is told nothing.
    """

    name: str
    kind: str
    account: str
    status: str
    reason: str | None = None
    asleep: bool = False
    told: str = ""
    warning: str | None = None
    said: int = 0
    ts_next: int | None = None
    params: Mapping[str, Any] = {}
    state: Mapping[str, Any] = {}


class FlattenResult(Struct, frozen=True, kw_only=True):
    """`flat` only when the venue itself shows no position, whoever opened it, and no resting order of ours."""

    account: str
    flat: bool
    cancelled: int
    closed: int
    remaining: tuple[str, ...]


class StreamItem(Struct, frozen=True, kw_only=True):
    """One thing that happened. `id` None: not journaled (a price), not resumable."""

    id: int | None
    kind: str
    data: bytes


class MarketStanding(Struct, frozen=True, kw_only=True):
    """What kind of market a symbol is on a timeframe; not `judged` while `bars` are fewer than are `needed`."""

    symbol: str
    timeframe_s: int
    judged: Judged | None
    bars: int
    needed: int


class ScheduleStanding(Struct, frozen=True, kw_only=True):
    """A schedule as it stands: moments are epoch ns, `did` what came of the last firing."""

    name: str
    rule: str
    do: str
    paused: bool
    ts_next: int | None
    ts_fired: int | None
    did: str | None


class NoSchedule(LookupError):
    """There is no schedule of this name; the message names the nearest one."""


class Hub(Protocol):
    """The running hub. Every change goes in as a message, so that every entrance shares one path and one trace."""

    def receive(self, incoming: Incoming) -> Future[Receipt]:
        """Take a message in; the future is done once it is durable, and it is acted on afterwards.

        The future ends with IntakeUnavailable where the message is not durable.
        """

    async def story(self, message_id: str, *, wait: float = 0.0) -> MessageStory | None:
        """Return what came of a message, waiting up to `wait` seconds for it to settle."""

    def unread(self, message_id: str) -> Message | None:
        """Return a message that is stored and waits to be read: no list shows it yet."""

    async def preview(self, text: str, account: str | None = None) -> Preview:
        """Say exactly what `text` would do now, without doing it."""

    async def flatten(self, account: str | None = None, *, wait: float = 10.0) -> Sequence[FlattenResult]:
        """Halt entries, cancel resting orders, close positions; answer what the venues show."""

    async def add_hook(self, name: str, account: str | None) -> str:
        """Make (or renew) a webhook and return its secret token; only its hash is kept."""

    def hook(self, token: str) -> tuple[str, str | None] | None:
        """Return (name, account) of the webhook with this token, or None."""

    def programs(self) -> Sequence[LiveProgram]: ...

    def ask_program(self, name: str, action: ProgramAction) -> LiveProgram:
        """Pause a program, let it go on (or, where it has ended, begin anew), or stop it; it is durable on return.

        Raises:
            BadAction: it is not possible; the sentence says why.
            StoreError: it is not durable.
        """

    def accounts(self) -> Sequence[LiveAccount]: ...
    def open_trades(self, account: str | None = None) -> Sequence[LiveTrade]: ...
    def quotes(self) -> Sequence[Quote]: ...
    def instruments(self) -> Sequence[Instrument]: ...
    async def bars(self, symbol: str, timeframe_s: int, count: int) -> Sequence[dict[str, Any]]: ...

    def regimes(self) -> Sequence[MarketStanding]:
        """Return what kind of market each symbol is that is followed, by timeframe."""

    def schedules(self) -> Sequence[ScheduleStanding]:
        """Return the schedules of the configuration."""

    def pause_schedule(self, name: str, paused: bool) -> None:
        """Pause a schedule, or let it go on; it is durable when this returns.

        Raises:
            NoSchedule: there is none of this name.
        """

    async def run_schedule(self, name: str) -> str:
        """Do what a schedule does, now, paused or not; return what came of it. Errors as in `pause_schedule`."""

    def stream(self, after: int | None) -> AsyncIterator[StreamItem]:
        """Yield everything that happens; `after` resumes behind a journal position."""

    def health(self) -> dict[str, Any]:
        """Return {"ready": bool, "accounts": {id: reason or "ready"}, "backlog": n, "journal_pos": n,
        "failure": what the store says or None, "warnings": [what a person should look at], …}.
        """
