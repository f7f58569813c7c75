"""A hub in memory that keeps its promises: what it says it stored is there, and a second time changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Any

from msgspec.json import encode
from msgspec.structs import replace

from tradewire.domain.ids import message_id, signal_id
from tradewire.domain.instrument import AssetClass, Instrument, Quote
from tradewire.domain.message import Message
from tradewire.domain.refusal import Code, Refusal
from tradewire.domain.regime import Figures, Judged, Regime
from tradewire.engine.contract import (
    BadAction,
    FlattenResult,
    Incoming,
    IntakeUnavailable,
    LiveAccount,
    LiveProgram,
    LiveTrade,
    MarketStanding,
    MessageStory,
    NoSchedule,
    Preview,
    PreviewOrder,
    ProgramAction,
    Receipt,
    ScheduleStanding,
    SignalStory,
    StreamItem,
    TraceStep,
)

D = Decimal
HOUR = 3_600_000_000_000
NOW = 1_790_000_000_123_456_789
BTC = Instrument(
    symbol="BTCUSDT",
    asset_class=AssetClass.CRYPTO,
    base="BTC",
    quote="USDT",
    tick_size=D("0.1"),
    qty_step=D("0.00001"),
    min_qty=D("0.00001"),
    pip_size=D("0.1"),
)


class FakeClock:
    def __init__(self, now: int = NOW) -> None:
        self.time = now

    def now(self) -> int:
        return self.time


class FakeHub:
    """Keeps messages by identity, tells a two-step story of each, and streams a row a message."""

    def __init__(self, *, accounts: Sequence[str] = ("paper", "second")) -> None:
        self.received: list[Incoming] = []
        self.stories: dict[str, MessageStory] = {}
        self.rows: dict[str, dict[str, Any]] = {}
        self.waiting: dict[str, Message] = {}
        """Messages that are stored and not read yet."""
        self.hooks: dict[str, tuple[str, str | None]] = {"good-token": ("tv", None), "bound-token": ("mine", "paper")}
        self.names = accounts
        self.running = [
            LiveProgram(name="coffee", kind="dca", account="paper", status="running", told="2 made", ts_next=NOW)
        ]
        self.halted: set[str] = set()
        self.ready = True
        self.failure: str | None = None
        self.warnings: list[str] = []
        self.nightly = ScheduleStanding(
            name="nightly",
            rule="cron 0 22 * * mon-fri UTC",
            do="close all",
            paused=False,
            ts_next=NOW,
            ts_fired=None,
            did=None,
        )
        self.disk_full = False
        self.defect: Exception | None = None
        self.holding = False
        self.held: list[tuple[asyncio.Future[Receipt], Incoming]] = []
        self.asked = asyncio.Event()
        """Set when a message has come in."""
        self.journal: list[StreamItem] = []
        self.listeners: set[asyncio.Queue[StreamItem]] = set()
        self.alone = asyncio.Event()
        """Set when the last listener has left."""

    def programs(self) -> Sequence[LiveProgram]:
        return self.running

    def ask_program(self, name: str, action: ProgramAction) -> LiveProgram:
        (program,) = (each for each in self.running if each.name == name)
        if action == "pause" and program.status != "running":
            raise BadAction(f"{name} is {program.status}: it cannot pause")
        status = {"pause": "paused", "resume": "running", "stop": "stopped"}[action]
        changed = replace(program, status=status, reason="by you" if status != "running" else None)
        self.running = [changed if each is program else each for each in self.running]
        return changed

    def receive(self, incoming: Incoming) -> asyncio.Future[Receipt]:
        """The future is done at once, or when `let_go` is called while `holding` is set."""
        answer: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self.held.append((answer, incoming))
        self.asked.set()
        if not self.holding:
            self.let_go()
        return answer

    def unread(self, message_id: str) -> Message | None:
        return self.waiting.get(message_id)

    def let_go(self) -> None:
        """Store what is held, in order, and answer."""
        held, self.held = self.held, []
        for answer, incoming in held:
            if self.disk_full:
                answer.set_exception(IntakeUnavailable("the disk is full"))
            elif self.defect is not None:
                answer.set_exception(self.defect)
            else:
                answer.set_result(self._store(incoming))

    def _store(self, incoming: Incoming) -> Receipt:
        key = incoming.external_id or sha256(incoming.text.encode()).hexdigest()
        identity = message_id(incoming.source, incoming.channel, key, incoming.revision)
        if identity in self.stories:
            return Receipt(message_id=identity, duplicate=True)
        self.received.append(incoming)
        self._act(incoming.text)
        self._keep(identity, incoming)
        self.publish("message_received", {"id": identity})
        return Receipt(message_id=identity, duplicate=False)

    def _act(self, text: str) -> None:
        word, _, scope = text.partition(" -e ")
        addressed = {scope} if scope else set(self.names)
        if word == "halt":
            self.halted |= addressed
        elif word == "resume":
            self.halted -= addressed

    def _keep(self, identity: str, incoming: Incoming) -> None:
        steps = (
            TraceStep(account=None, stage="received", code=None, text="received", ts=NOW, ms=0.0),
            TraceStep(account="paper", stage="refused", code="no_size", text="no size", ts=NOW + 1_500_000, ms=1.5),
        )
        unclear = incoming.text.startswith("buyy")
        signal = SignalStory(
            signal_id=signal_id(identity, 0), kind="open", symbol="BTCUSDT", side="buy", status="refused", steps=steps
        )
        self.stories[identity] = MessageStory(
            message_id=identity,
            status="unclear" if unclear else "read",
            reason="there is no verb 'buyy'" if unclear else None,
            signals=() if unclear else (signal,),
            settled=True,
        )
        self.rows[identity] = {
            "id": identity,
            "source": incoming.source,
            "channel": incoming.channel,
            "external_id": incoming.external_id,
            "revision": incoming.revision,
            "reply_to": None,
            "author": incoming.author,
            "account": incoming.account,
            "text": incoming.text,
            "body_hash": None,
            "status": "read",
            "reason": None,
            "ts_event": NOW,
            "ts_init": NOW,
        }

    async def story(self, message_id: str, *, wait: float = 0.0) -> MessageStory | None:
        return self.stories.get(message_id)

    async def preview(self, text: str, account: str | None = None) -> Preview:
        if text.startswith("buyy"):
            refusal = Refusal(Code.UNCLEAR, "there is no verb 'buyy'")
            return Preview(text=text, reading="unclear", refusal=refusal, position=0, suggestion="buy")
        order = {"leg": "entry", "side": "buy", "type": "market", "quantity": D("0.00100"), "text": "buy 0.001 BTCUSDT"}
        return Preview(
            text=text,
            reading="buy BTCUSDT",
            accounts=(PreviewOrder(account=account or "paper", mode="paper", summary="buy", orders=(order,)),),
        )

    async def flatten(self, account: str | None = None, *, wait: float = 10.0) -> Sequence[FlattenResult]:
        names = self.names if account is None else (account,)
        return [FlattenResult(account=name, flat=True, cancelled=1, closed=2, remaining=()) for name in names]

    async def add_hook(self, name: str, account: str | None) -> str:
        token = f"token-of-{name}"
        self.hooks[token] = (name, account)
        return token

    def hook(self, token: str) -> tuple[str, str | None] | None:
        return self.hooks.get(token)

    def accounts(self) -> Sequence[LiveAccount]:
        return [
            LiveAccount(
                id=name,
                venue="paper",
                mode="paper",
                currency="USDT",
                ready=self.ready,
                halted=name in self.halted,
                balance=D("10000.10"),
                equity=D(10000),
                free=D("1E+3"),
                open_trades=1,
                open_orders=0,
                realised_today=D("-0.00000001"),
                foreign={"ETHUSDT": D("-2.0")} if name == "second" else {},
            )
            for name in self.names
        ]

    def open_trades(self, account: str | None = None) -> Sequence[LiveTrade]:
        trade = LiveTrade(
            id="tabc",
            account="paper",
            mode="paper",
            signal_id="sabc-0",
            symbol="BTCUSDT",
            side="buy",
            status="open",
            quantity=D("0.001"),
            open_quantity=D("0.001"),
            entry_price=D(80000),
            stop=D("77760.0"),
            targets=(D(81000), D(82000)),
            targets_done=0,
            trailing=True,
            managed_by="hub",
            price=D(80100),
            pnl=D(0),
            unrealised=D("0.1"),
            currency="USDT",
            ts_opened=NOW,
        )
        return [trade] if account in (None, "paper") else []

    def quotes(self) -> Sequence[Quote]:
        return [Quote("BTCUSDT", D("80000.1"), D("80000.20"), NOW)]

    def instruments(self) -> Sequence[Instrument]:
        return [BTC]

    async def bars(self, symbol: str, timeframe_s: int, count: int) -> Sequence[dict[str, Any]]:
        start = NOW // (timeframe_s * 10**9) * timeframe_s * 10**9
        prices = {"open": D(1), "high": D(3), "low": D("0.5"), "close": D(2), "volume": D(0)}
        return [
            {"symbol": symbol, "ts": start - back * timeframe_s * 10**9, **prices} for back in reversed(range(count))
        ]

    def regimes(self) -> Sequence[MarketStanding]:
        figures = Figures(adx=31.5, efficiency=0.41, slope=0.12, slope_atr=0.3, t=5.2, volatility=0.4)
        judged = Judged(
            symbol="BTCUSDT", timeframe_s=3600, regime=Regime.BULL, figures=figures, bar=NOW // HOUR * HOUR, since=NOW
        )
        return [
            MarketStanding(symbol="BTCUSDT", timeframe_s=3600, judged=judged, bars=336, needed=113),
            MarketStanding(symbol="BTCUSDT", timeframe_s=86400, judged=None, bars=12, needed=113),
        ]

    def schedules(self) -> Sequence[ScheduleStanding]:
        return [self.nightly]

    def pause_schedule(self, name: str, paused: bool) -> None:
        self._check_schedule(name)
        self.nightly = replace(self.nightly, paused=paused, ts_next=None if paused else NOW)

    async def run_schedule(self, name: str) -> str:
        self._check_schedule(name)
        self.nightly = replace(self.nightly, ts_fired=NOW, did="mabc")
        return "mabc"

    def _check_schedule(self, name: str) -> None:
        if name != self.nightly.name:
            raise NoSchedule(f"there is no schedule {name!r}")

    def publish(self, kind: str, data: object, *, journaled: bool = True) -> StreamItem:
        """Let something happen."""
        position = NOW + len(self.journal) + 1 if journaled else None
        item = StreamItem(id=position, kind=kind, data=encode(data))
        if journaled:
            self.journal.append(item)
        for queue in self.listeners:
            queue.put_nowait(item)
        return item

    async def stream(self, after: int | None) -> AsyncIterator[StreamItem]:
        queue: asyncio.Queue[StreamItem] = asyncio.Queue()
        self.listeners.add(queue)
        try:
            for item in list(self.journal):
                if after is not None and item.id is not None and item.id > after:
                    yield item
            while True:
                yield await queue.get()
        finally:
            self.listeners.remove(queue)
            if not self.listeners:
                self.alone.set()

    def health(self) -> dict[str, Any]:
        accounts = dict.fromkeys(self.names, "ready" if self.ready else "reconciling")
        head = self.journal[-1].id if self.journal else NOW
        return {
            "ready": self.ready,
            "failure": self.failure,
            "warnings": self.warnings,
            "accounts": accounts,
            "backlog": 0,
            "journal_pos": head,
            "uptime_s": D("1.5"),
        }
