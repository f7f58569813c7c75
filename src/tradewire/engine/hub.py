"""The running hub as those above it see it: `contract.Hub` on top of the engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from tradewire.domain import ids
from tradewire.domain.instrument import Instrument, Quote
from tradewire.domain.message import Message
from tradewire.domain.numbers import plain
from tradewire.domain.order import OrderStatus
from tradewire.domain.refusal import Code, Refusal
from tradewire.domain.signal import NotASignal, Unclear
from tradewire.engine import facts as f
from tradewire.engine import live
from tradewire.engine.contract import (
    FlattenResult,
    Incoming,
    LiveAccount,
    LiveProgram,
    LiveTrade,
    MarketStanding,
    MessageStory,
    Preview,
    PreviewOrder,
    ProgramAction,
    Receipt,
    ScheduleStanding,
    SignalStory,
    StreamItem,
    TraceStep,
)
from tradewire.engine.engine import Engine
from tradewire.engine.group import INBOX
from tradewire.engine.inbox import route_name
from tradewire.engine.intake import Prices
from tradewire.engine.post import Post
from tradewire.engine.preview import would
from tradewire.engine.recovery import stored_message
from tradewire.engine.timed.clockwork import Clockwork
from tradewire.oms.reconcile import net
from tradewire.ports import PortError

MILLISECOND = 1_000_000


class RunningHub:
    """Implements `contract.Hub`. Reads its own engine and store; writes only by messages."""

    def __init__(
        self,
        engine: Engine,
        feed: Prices,
        clockwork: Clockwork,
        left_out: Mapping[str, str],
        warnings: Sequence[str] = (),
    ) -> None:
        self.engine = engine
        self._clockwork = clockwork
        self._left_out = left_out
        self._warnings = warnings
        self._feed = feed
        self._hooks: dict[bytes, tuple[str, str | None]] = {
            row["token_hash"]: (row["name"], row["account"]) for row in engine.store.queries.hooks()
        }

    def receive(self, incoming: Incoming) -> asyncio.Future[Receipt]:
        return self.engine.receive(incoming)

    async def add_hook(self, name: str, account: str | None) -> str:
        token = token_urlsafe(24)
        made = f.HookMade(name=name, token_hash=token_hash(token), account=account)
        self.engine.record_hub(f.HookAsked(name), (made,))
        self._hooks = {key: value for key, value in self._hooks.items() if value[0] != name}
        self._hooks[made.token_hash] = (name, account)
        return token

    def hook(self, token: str) -> tuple[str, str | None] | None:
        return self._hooks.get(token_hash(token))

    async def flatten(self, account: str | None = None, *, wait: float = 10.0) -> Sequence[FlattenResult]:
        posts = [post for post in self.engine.posts.values() if account in (None, post.id)]
        before = {post.id: (len(post.state.orders), len(post.state.trades)) for post in posts}
        text = "flatten" if account is None else f"flatten -e {account}"
        now = self.engine.clock.now()
        await self.receive(Incoming(source="api", channel="flatten", text=text, external_id=f"flatten-{now}"))
        return await asyncio.gather(*(self._flat(post, before[post.id], wait) for post in posts))

    async def _flat(self, post: Post, before: tuple[int, int], wait: float) -> FlattenResult:
        """Ask the venue until it shows nothing of ours, or the time is over. What is foreign stays, and is named."""
        deadline = self.engine.loop.time() + wait
        while True:
            remaining, foreign = await self._remaining(post)
            if not remaining or self.engine.loop.time() > deadline:
                orders, trades = before
                return FlattenResult(
                    account=post.id,
                    flat=not remaining and not foreign,
                    cancelled=max(0, orders - len(post.state.orders)),
                    closed=max(0, trades - len(post.state.trades)),
                    remaining=(*remaining, *foreign),
                )
            await asyncio.sleep(0.05)

    async def _remaining(self, post: Post) -> tuple[list[str], list[str]]:
        """Return what is left that is ours, and what the venue shows besides that is known to be foreign."""
        if self.engine.backlog:
            return ["signals that were received before"], []
        state = post.state
        remaining = [f"order {cid}" for cid in state.orders] + [f"trade {t}" for t in state.trades]
        if remaining:
            return remaining, []
        try:
            shown = await post.runner.shown()
        except PortError as error:
            return [f"the venue does not answer: {error}"], []
        remaining = [
            f"order {o.client_order_id} at the venue" for o in shown.open_orders if ids.is_ours(o.client_order_id)
        ]
        foreign: list[str] = []
        for symbol, quantity in net(shown.positions).items():
            position = f"position of {plain(quantity)} {symbol} at the venue"
            if quantity and quantity == state.foreign.get(symbol):
                foreign.append(f"{position} that the hub did not open")
            elif quantity:
                remaining.append(position)
        return remaining, foreign

    async def story(self, message_id: str, *, wait: float = 0.0) -> MessageStory | None:
        deadline = self.engine.loop.time() + wait
        while not self._settled(message_id):
            left = deadline - self.engine.loop.time()
            if left <= 0:
                break
            try:
                async with asyncio.timeout(left):
                    await self.engine.next_commit()
            except TimeoutError:
                break
        return self._story(message_id)

    def _settled(self, message_id: str) -> bool:
        if self.engine.backlog:
            return False
        signals = f"s{message_id[1:]}-"
        return not any(
            (
                order.status in (OrderStatus.SUBMITTING, OrderStatus.UNKNOWN)
                and order.request.signal_id.startswith(signals)
            )
            or (order.replace_requested is not None and (order.moved_by or "").startswith(signals))
            for post in self.engine.posts.values()
            for order in post.state.orders.values()
        )

    def _story(self, message_id: str) -> MessageStory | None:
        queries = self.engine.store.queries
        message = queries.message(message_id)
        if message is None:
            waits = message_id in self.engine.inbox.unread
            return (
                MessageStory(message_id=message_id, status="received", reason=None, signals=(), settled=False)
                if waits
                else None
            )
        signals = []
        for row in reversed(queries.signals(message_id=message_id, limit=None)):
            steps = tuple(
                TraceStep(
                    account=step["account"],
                    stage=step["stage"],
                    code=step["code"],
                    text=step["text"],
                    ts=step["ts"],
                    ms=round((step["ts"] - message["ts_init"]) / MILLISECOND, 3),
                )
                for step in queries.trace(row["id"])
            )
            signals.append(
                SignalStory(
                    signal_id=row["id"],
                    kind=row["kind"],
                    symbol=row["symbol"],
                    side=row["side"],
                    status=row["status"],
                    steps=steps,
                )
            )
        return MessageStory(
            message_id=message_id,
            status=message["status"],
            reason=message["reason"],
            signals=tuple(signals),
            settled=self._settled(message_id),
        )

    def unread(self, message_id: str) -> Message | None:
        place = self.engine.inbox.unread.get(message_id)
        row = None if place is None else self.engine.store.queries.journal_row(INBOX, place)
        return None if row is None else stored_message(row)

    async def preview(self, text: str, account: str | None = None) -> Preview:
        now = self.engine.clock.now()
        message = Message(
            id="preview", source="api", channel="preview", text=text, account=account, ts_event=now, ts_init=now
        )
        reading = self.engine.inbox.read_only(message)
        if isinstance(reading, NotASignal | Unclear):
            return not_understood(text, reading)
        accounts: list[PreviewOrder] = []
        refusal: Refusal | None = None
        for signal in reading:
            reached = self.engine.inbox.router.select(signal, message)
            if isinstance(reached, Refusal):
                refusal = refusal or reached
                continue
            accounts += [would(self.engine.posts[d.account.id], signal, route_name(d.route), now) for d in reached]
        return Preview(
            text=text,
            reading="; ".join(self.engine.inbox.describe(signal) for signal in reading),
            accounts=tuple(accounts),
            refusal=refusal,
        )

    def programs(self) -> Sequence[LiveProgram]:
        return list(self.engine.programs.live())

    def ask_program(self, name: str, action: ProgramAction) -> LiveProgram:
        self.engine.ask_program(name, action)
        return next(program for program in self.programs() if program.name == name)

    def accounts(self) -> Sequence[LiveAccount]:
        now = self.engine.clock.now()
        return [live.account(post, now) for post in self.engine.posts.values()]

    def open_trades(self, account: str | None = None) -> Sequence[LiveTrade]:
        return [t for post in self.engine.posts.values() if account in (None, post.id) for t in live.trades(post)]

    def quotes(self) -> Sequence[Quote]:
        return list(self.engine.market.quotes.values())

    def instruments(self) -> Sequence[Instrument]:
        return list(self.engine.market.instruments.values())

    async def bars(self, symbol: str, timeframe_s: int, count: int) -> Sequence[dict[str, Any]]:
        now = self.engine.clock.now()
        width = timeframe_s * 1_000_000_000
        bars = await self._feed.bars(symbol, timeframe_s, now - now % width - (count - 1) * width, now + 1)
        return [
            {"ts": b.ts, "open": b.open, "high": b.high, "low": b.low, "close": b.close, "volume": b.volume}
            for b in bars
        ]

    def regimes(self) -> Sequence[MarketStanding]:
        return self._clockwork.analyst.markets()

    def schedules(self) -> Sequence[ScheduleStanding]:
        return self._clockwork.timetable.standings()

    def pause_schedule(self, name: str, paused: bool) -> None:
        self._clockwork.timetable.pause(name, paused)

    async def run_schedule(self, name: str) -> str:
        return await self._clockwork.timetable.run_now(name)

    def stream(self, after: int | None) -> AsyncIterator[StreamItem]:
        return self.engine.stream.listen(after, self.engine.store.pos)

    def health(self) -> dict[str, Any]:
        posts = self.engine.posts.values()
        return {
            "ready": self.engine.failure is None and all(post.around.ready for post in posts),
            "failure": self.engine.failure,
            "warnings": list(self._warnings),
            "accounts": {
                **{post.id: "ready" if post.around.ready else post.runner.reason for post in posts},
                **self._left_out,
            },
            "backlog": self.engine.backlog,
            "journal_pos": self.engine.store.pos,
        }


def not_understood(text: str, reading: NotASignal | Unclear) -> Preview:
    """Return the preview of a text that is no command, with the place where reading failed."""
    if isinstance(reading, NotASignal):
        return Preview(text=text, reading="not a command", refusal=Refusal(Code.NOT_A_SIGNAL, reading.reason))
    return Preview(
        text=text,
        reading="not understood",
        refusal=Refusal(Code.UNCLEAR, reading.reason),
        position=reading.position,
        suggestion=reading.suggestion,
    )


def token_hash(token: str) -> bytes:
    """Return what is kept of a hook's token."""
    return sha256(token.encode()).digest()
