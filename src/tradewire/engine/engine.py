"""The engine: one loop, one writer. What came in is decided, committed as one group, then acted on.

A message is acknowledged and an order is handed over only after the group that holds it is
durable. If the commit fails, nothing of the group happened: the touched desks are folded again from the journal.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import chain

import msgspec
import structlog

from tradewire.domain.instrument import Instrument, Quote
from tradewire.domain.message import Message
from tradewire.domain.venue_events import Snapshot
from tradewire.engine import facts as f
from tradewire.engine.admission import Admitted, Arrival, admit, storable
from tradewire.engine.backlog import Poison
from tradewire.engine.clerk import Clerk
from tradewire.engine.contract import Incoming, IntakeUnavailable, ProgramAction, Receipt, StreamItem
from tradewire.engine.dispatch import Dispatch
from tradewire.engine.group import Group
from tradewire.engine.inbox import Inbox
from tradewire.engine.market import Market
from tradewire.engine.measures import Taking
from tradewire.engine.post import Post
from tradewire.engine.programs.stage import Programs
from tradewire.engine.recovery import Undelivered
from tradewire.engine.stream import Stream
from tradewire.engine.sums import Exposure
from tradewire.engine.tempo import Tempo
from tradewire.engine.watch import Watch
from tradewire.ports import Clock, Notice
from tradewire.store.errors import StoreError
from tradewire.store.journal import Store

log = structlog.get_logger(__name__)

PAUSE = 0.5
"""Seconds between attempts while the store fails."""

ENDED = "the hub has ended"

DOUBT = 2.5
"""Seconds until a position that seems to be gone is looked at again."""


class Engine:
    """Everything that changes goes through a group. `tell` hands a notice to the notifiers."""

    def __init__(
        self,
        *,
        store: Store,
        market: Market,
        inbox: Inbox,
        posts: Iterable[Post],
        clock: Clock,
        tell: Callable[[Notice], None],
        unfinished: Callable[[], tuple[list[Message], list[Undelivered]]],
        snapshot_every: int = 10_000,
        measures: Taking | None = None,
        programs: Programs | None = None,
    ) -> None:
        self.store = store
        self.market = market
        self.inbox = inbox
        self.clock = clock
        self.posts = {post.id: post for post in posts}
        self.stream = Stream(store)
        self.watch = Watch()
        for post in self.posts.values():
            for symbol in post.state.books:
                self.watch.hold(symbol, post.id)
        self._unfinished = unfinished
        self._measures = measures
        self._snapshot_every = snapshot_every
        self._arrivals: list[Arrival] = []
        self._clerk = Clerk(self.posts, inbox, clock, tell)
        self._waiting = self._clerk.waiting
        self._again: list[Admitted] = []
        """Arrivals of a group that a defect took back: they are stored with the next one, as the same messages."""
        self._scheduled = False
        self._stopped = False
        self._paused = False
        self._astray = False
        """The desks may hold what was decided and not stored: the journal could not be read."""
        self._tempo = Tempo()
        self._committed: asyncio.Future[None] | None = None
        self.loop = asyncio.get_running_loop()
        self._dispatch = Dispatch(self.posts, self.loop, clock, tell, self.post_event)
        nobody = Programs({}, store=store, posts=self.posts, market=market, clock=clock, tell=tell)
        self.programs = programs or nobody
        self.programs.attach(self.loop, self.receive, self._schedule)
        self.failure: str | None = None

    def receive(self, incoming: Incoming) -> asyncio.Future[Receipt]:
        """Take a message in; the future is done once it is durable."""
        receipt: asyncio.Future[Receipt] = self.loop.create_future()
        if self._stopped:
            refuse([receipt], ENDED)
            return receipt
        self._arrivals.append((storable(incoming), receipt))
        self._schedule()
        return receipt

    def post_event(self, account: str, event: f.Event) -> None:
        """Give an event to an account's desk."""
        self._waiting.events.append((account, event))
        self._schedule()

    def reconcile(self, account: str, snapshot: Snapshot) -> None:
        """Compare an account's books with what its venue shows, and act on it; after a StoreError nothing happened."""
        post, events = self.posts[account], list(self._waiting.events)
        try:
            with self._group() as group:
                self._clerk.compare(group, post, snapshot)
        except StoreError as error:
            self._recover(str(error), (), (), events)
            raise
        post.around.ready = True
        if post.doubts:
            self.loop.call_later(DOUBT, post.runner.check)

    def listed(self, account: str, instruments: Sequence[Instrument]) -> None:
        """Take in what an account's venue offers."""
        self.posts[account].around.instruments = {i.symbol: i for i in instruments}

    def record_hub(self, event: f.Event, facts: tuple[f.InboxFact, ...]) -> None:
        """Write something that concerns the hub as a whole; it is durable when this returns.

        Raises:
            StoreError: it is not.
        """
        with self._group() as group:
            group.hub(event, facts, self.clock.now())

    def begin(self) -> list[str]:
        """Take up the programs where their journal has left them, and begin those that are new.

        Returns what a person should look at.

        Raises:
            StoreError: the store cannot be read, or written.
        """
        self.programs.load()
        with self._group() as group:
            return list(self.programs.begin(group))

    def ask_program(self, name: str, action: ProgramAction) -> None:
        """Pause a program, let it go on, or stop it; it is durable when this returns.

        Raises:
            BadAction: it is not possible.
            StoreError: it is not durable, and nothing happened.
        """
        try:
            with self._group() as group:
                self.programs.ask(group, name, action)
        except StoreError:
            self.programs.load()
            self.programs.resume()
            raise

    def note(self, stream: str, event: f.Event) -> None:
        """Write a row of a stream that has no projections; errors as in `record_hub`."""
        with self._group() as group:
            group.note(stream, event, (), self.clock.now())

    def resume(self) -> None:
        """Take up what is stored and not finished.

        Raises:
            StoreError: the store cannot be read.
        """
        unread, undelivered = self._unfinished()
        self._waiting.start_again(self._waiting.events)
        for message in unread:
            self._waiting.add_message(message)
        for underway, deliveries, received_at in undelivered:
            self._waiting.add_signal(underway, deliveries, received_at)
        self.programs.resume()
        self._schedule()

    def on_quotes(self, quotes: Sequence[Quote]) -> None:
        """Take in prices; those that touch a level of an open trade become events of the desks that hold it."""
        update = self.market.update
        for quote in quotes:
            update(quote)
            for account in self.watch.touched(quote, self.posts):
                self._waiting.events.append(
                    (account, f.PriceCrossed(symbol=quote.symbol, bid=quote.bid, ask=quote.ask, ts=quote.ts))
                )
        self.programs.on_quotes(quotes)
        if self._waiting.events:
            self._schedule()
        if self.stream:
            self.stream.publish(StreamItem(id=None, kind="quotes", data=msgspec.json.encode(quotes)))

    @property
    def backlog(self) -> int:
        """Count what is stored or waiting and not yet acted on."""
        return len(self._arrivals) + len(self._again) + len(self._waiting) + self.programs.waiting

    async def next_commit(self) -> None:
        """Wait until the next group is committed, or has failed."""
        if self._committed is None:
            self._committed = self.loop.create_future()
        await asyncio.shield(self._committed)

    def _schedule(self) -> None:
        if not self._scheduled and not self._stopped and not self._paused:
            self._scheduled = True
            pause = self._tempo.pause(self.clock.now())
            if pause:
                self.loop.call_later(pause, self._cycle)
            else:
                self.loop.call_soon(self._cycle)

    def _cycle(self) -> None:
        try:
            if not self._stopped:
                self._make_group()
        finally:
            self._scheduled = False
        if self._arrivals or self._waiting or self.programs.waiting:
            self._schedule()

    def _make_group(self) -> None:
        arrivals, self._arrivals = self._arrivals, []
        budget = self._tempo.budget(len(arrivals), self.clock.now())
        taken = list(self._waiting.events)
        admitted: list[Admitted] = []
        try:
            with self._group() as group:
                self._admit(group, arrivals, admitted)
                self._clerk.work(group, budget)
                self.programs.work(group)
        except StoreError as error:
            if self.failure is None:
                log.error("the store failed; nothing of this group was done", reason=str(error))
            futures = [future for _, future in arrivals] + [arrival.future for arrival in admitted]
            self._recover(str(error), futures, admitted, taken)
            return
        except Poison as poison:
            log.exception("a defect of this program: this one input is set aside", input=poison.key[:200])
            self._clerk.poison.add(poison.key)
            self._again = admitted
            self._recover("", (), (), taken)
            return
        for arrival in admitted:
            if not arrival.future.done():
                arrival.future.set_result(arrival.receipt)
        self._take_snapshots()

    def _take_snapshots(self) -> None:
        """Keep every start short: fold at most `snapshot_every` rows of an account."""
        long = [post for post in self._clerk.grown.values() if post.grown >= self._snapshot_every]
        for post in long:
            take_snapshot(post)
        if long:
            self.programs.mark()
        self._clerk.grown.clear()

    def _group(self) -> Group:
        """Open a group, on desks that are what the journal says.

        Raises:
            StoreError: it cannot be read.
        """
        if self._astray:
            self._fold_again()
        return Group(self.store, self._committed_group, listened=bool(self.stream))

    def _committed_group(self, group: Group) -> None:
        """Act on a group that is durable now."""
        self.failure = None
        self.inbox.unread.update(group.unread)
        for account, command in group.commands:
            self._dispatch.do(account, command)
        for item in group.items:
            self.stream.publish(item)
        if self._measures is not None:
            for row in group.rows:
                self._measures.take(row.event, row.facts, row.now)
        self.programs.committed(group)
        self._wake()

    def _wake(self) -> None:
        if self._committed is not None:
            self._committed.set_result(None)
            self._committed = None

    def _admit(self, group: Group, arrivals: Sequence[Arrival], admitted: list[Admitted]) -> None:
        """Store what is new; what is known is answered like the first time and does nothing."""
        again, self._again = self._again, []
        for arrival in chain(again, admit(self.inbox, self.store.queries, arrivals, self.clock.now())):
            admitted.append(arrival)
            if arrival.message is not None:
                group.received(arrival.message)
                self._waiting.add_message(arrival.message)

    def _recover(
        self,
        failure: str,
        senders: Iterable[asyncio.Future[Receipt]],
        admitted: Iterable[Admitted],
        events: list[tuple[str, f.Event]],
    ) -> None:
        """Nothing of the group happened: tell its senders, fold the desks again, and try the events again."""
        self.failure = failure or None
        for arrival in admitted:
            if arrival.message is not None:
                self.inbox.forget(arrival.message.id, arrival.body)
        refuse(senders, failure)
        self._waiting.start_again(events)
        with suppress(StoreError):  # What cannot be read now is read before anything else is decided.
            self._fold_again()
        if not self._paused:
            self._paused = True
            self.loop.call_later(PAUSE if failure else 0, self._retry)
        self._wake()

    def _fold_again(self) -> None:
        """Go back to the journal: the desks, and the venues that have no books besides it."""
        self._astray = True
        exposure = Exposure()
        for post in self.posts.values():
            post.reload(exposure)
        self.programs.load()
        self._astray = False
        self._waiting.forget_answers(frozenset(id for id, post in self.posts.items() if post.runner.is_embedded))

    def _retry(self) -> None:
        """Take up again what is durable and undone; until the store can be read, ask it again and again."""
        if self._stopped:
            return
        self._paused = False
        try:
            self.resume()
        except StoreError as error:
            arrivals, self._arrivals = self._arrivals, []
            self._recover(str(error), [future for _, future in arrivals], (), list(self._waiting.events))

    async def stop(self) -> None:
        """Finish what is decided, leave the venues, write snapshots.

        Where the store fails, the hub ends all the same: the next start goes on from the journal.
        """
        while self.backlog and self.failure is None:
            await self.next_commit()
        self._stopped = True
        refuse([future for _, future in self._arrivals] + [arrival.future for arrival in self._again], ENDED)
        self._dispatch.stop()
        self.programs.stop()
        for post in self.posts.values():
            await post.runner.stop()
        if self.failure is None:
            for post in self.posts.values():
                if post.grown:
                    take_snapshot(post)
            self.programs.mark()


def refuse(senders: Iterable[asyncio.Future[Receipt]], reason: str) -> None:
    """Tell who waits for a receipt that there is none."""
    for sender in senders:
        if not sender.done():
            sender.set_exception(IntakeUnavailable(reason))


def take_snapshot(post: Post) -> None:
    """Keep the state of an account; a store that fails now costs the next start some time, and nothing else."""
    try:
        post.snapshot()
    except StoreError as error:
        log.warning("no snapshot: the next start folds more", account=post.id, reason=str(error))
