"""The clerk: brings what waits to the inbox and the desks, one after the other, and writes down what they decide."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tradewire.domain.message import Message
from tradewire.domain.signal import Signal
from tradewire.domain.venue_events import Snapshot
from tradewire.engine import facts as f
from tradewire.engine.backlog import Backlog, Poison, defect
from tradewire.engine.desk import decide, on_findings
from tradewire.engine.group import Group
from tradewire.engine.inbox import Delivery, Inbox, Underway, released, unread
from tradewire.engine.post import Post
from tradewire.engine.step import Submit
from tradewire.engine.tempo import CALM
from tradewire.oms.reconcile import reconcile
from tradewire.ports import Clock, Notice
from tradewire.store.errors import StoreError


class Clerk:
    """Works off `waiting` into the groups that the engine opens. `tell` hands a notice to the notifiers."""

    def __init__(self, posts: Mapping[str, Post], inbox: Inbox, clock: Clock, tell: Callable[[Notice], None]) -> None:
        self.waiting = Backlog()
        self.grown: dict[str, Post] = {}
        """Posts (by stream) whose journals have grown."""
        self.poison: set[str] = set()
        """Inputs that a defect showed with: they are set aside when their turn comes again."""
        self._posts = posts
        self._inbox = inbox
        self._clock = clock
        self._tell = tell

    def work(self, group: Group, budget: int) -> None:
        """Decide what waits: the kill switch first, then events of venues and prices, deliveries, messages.

        Deliveries and messages get `budget` ns, of which one that is begun may take more; 0: none is begun. What still
        waits after `CALM` is for the next group.

        Raises:
            Poison: a defect showed with one input. It must take nothing else down with it.
        """
        began, elapsed = self._clock.now(), 0
        while self.waiting.is_pressing or (self.waiting and elapsed <= budget and budget):
            work, given = self._next()
            if self.poison and repr(given) in self.poison:
                self.poison.discard(repr(given))
                self._set_aside(group, given)
            else:
                try:
                    work(group, *given)
                except StoreError:
                    raise
                except Exception as defect:
                    raise Poison(repr(given)) from defect
            elapsed = self._clock.now() - began
            if elapsed > CALM:
                return

    def _next(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        waiting = self.waiting
        if waiting.is_urgent:
            return self._deliver_all, (waiting.messages.popleft(),)
        if waiting.events:
            return self.decide, waiting.events.popleft()
        if waiting.deliveries:
            return self._deliver, waiting.deliveries.popleft()
        return self._read, (waiting.messages.popleft(),)

    def _set_aside(self, group: Group, given: tuple[Any, ...]) -> None:
        """Do not try again what a defect showed with: the message stays, marked, and a person is told."""
        first = given[0]
        if isinstance(first, Message):
            read = unread(first, "unclear", "a defect of this program; see its log")
            group.read(first, read, self._clock.now(), self._inbox.unread.pop(first.id, None))
        self._tell(defect(given, self._clock.now()))

    def _read(self, group: Group, message: Message) -> None:
        read = self._inbox.read(message)
        now = self._clock.now()
        for routed in group.read(message, read, now, self._inbox.unread.pop(message.id, None)):
            deliveries = [d for d in read.deliveries if d.signal_id == routed.signal_id]
            self.waiting.add_signal(Underway(routed, now, len(deliveries)), deliveries, message.ts_event)

    def _deliver_all(self, group: Group, message: Message) -> None:
        """Read an urgent message and bring it to all its accounts before anything else is decided."""
        others, self.waiting.deliveries = self.waiting.deliveries, deque()
        self._read(group, message)
        while self.waiting.deliveries:
            self._deliver(group, *self.waiting.deliveries.popleft())
        self.waiting.deliveries = others

    def _deliver(self, group: Group, delivery: Delivery, signal: Signal, received_at: int) -> None:
        facts = self.decide(group, delivery.account, delivery.arrival(received_at), signal)
        underway = self.waiting.underway[delivery.signal_id]
        underway.arrived(delivery.account, facts)
        self._told(group, underway)

    def _told(self, group: Group, underway: Underway) -> None:
        """Write what became of a signal; once all is decided it needs no more watching."""
        if underway.left:
            return
        group.delivered(underway)
        if underway.is_decided:
            del self.waiting.underway[underway.routed.signal_id]

    def decide(
        self, group: Group, account: str, event: f.Event, signal: Signal | None = None
    ) -> Sequence[f.AccountFact]:
        """Let an account's desk decide one event."""
        post = self._posts[account]
        if isinstance(event, f.BecameReady | f.LostReady):
            post.around.ready = isinstance(event, f.BecameReady)
        recalled = post.recalled(event) if isinstance(event, f.VenueSaid | f.LookedUp) else None
        now = post.around.now = self._clock.now()
        seq = group.head(post.stream) + 1
        decision = decide(post.state, event, post.around, seq, signal=signal, recalled=recalled)
        if decision.facts or signal is not None:
            group.record(post, event, decision.facts, now)
            self.grown[post.stream] = post
        self._hear(group, account, decision.facts)
        commands = decision.commands
        if post.runner.is_embedded and commands:
            orders = [command.request for command in commands if isinstance(command, Submit)]
            commands = tuple(command for command in commands if not isinstance(command, Submit))
            post.runner.submit(orders)  # The answers are decided next, within this very group.
        group.commands += [(account, command) for command in commands]
        return decision.facts

    def compare(self, group: Group, post: Post, snapshot: Snapshot) -> None:
        """Let an account's desk decide what differs between its books and what its venue shows."""
        state = post.state
        positions = {s: p.quantity for s, p in state.positions.items() if p.quantity}
        findings = reconcile(state.orders, positions, state.ended.keys(), snapshot)
        now = post.around.now = self._clock.now()
        seq, confirmed = group.head(post.stream) + 1, post.confirmed(findings, now)
        decision = on_findings(state, findings, snapshot, post.around, seq, confirmed=confirmed)
        group.record(post, f.BecameReady(), decision.facts, now)
        self.grown[post.stream] = post
        self._hear(group, post.id, decision.facts)
        group.commands += [(post.id, command) for command in decision.commands]

    def _hear(self, group: Group, account: str, facts: Sequence[f.AccountFact]) -> None:
        """Write what became of the signals that were held until now."""
        for signal_id in released(facts):
            if (held := self.waiting.underway.get(signal_id)) is not None:
                held.heard(account, facts)
                self._told(group, held)
