"""What is stored or has happened and is not acted on yet, in the order in which it is to be."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from tradewire.domain.message import Message
from tradewire.domain.signal import Signal
from tradewire.engine import facts as f
from tradewire.engine.inbox import Delivery, Underway
from tradewire.ports import Notice

URGENT = ("halt", "/halt", "flatten", "/flatten")
"""What is read before everything that waits: the kill switch."""

Delivering = tuple[Delivery, Signal, int]
"""A delivery, its signal, and when that was received (epoch ns)."""
Happened = tuple[str, f.Event]
"""An account and what happened to it."""


class Poison(Exception):
    """Deciding one input raised what it must not: a defect. `key` tells the input again."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class Backlog:
    """Urgent messages first, then events of venues and prices, deliveries, messages."""

    def __init__(self) -> None:
        self.messages: deque[Message] = deque()
        self.deliveries: deque[Delivering] = deque()
        self.events: deque[Happened] = deque()
        self.underway: dict[str, Underway] = {}
        """Signals that have not reached all of their accounts, or are held by some."""

    def __len__(self) -> int:
        return len(self.messages) + len(self.deliveries) + len(self.events)

    def add_message(self, message: Message) -> None:
        """Queue a message to be read."""
        if is_urgent(message):
            self.messages.appendleft(message)
        else:
            self.messages.append(message)

    def add_signal(self, underway: Underway, deliveries: Sequence[Delivery], received_at: int) -> None:
        """Queue a signal for its accounts."""
        if not underway.is_decided:
            self.underway[underway.routed.signal_id] = underway
        self.deliveries.extend((delivery, underway.routed.signal, received_at) for delivery in deliveries)

    @property
    def is_urgent(self) -> bool:
        """Tell whether the kill switch waits."""
        return bool(self.messages) and is_urgent(self.messages[0])

    @property
    def is_pressing(self) -> bool:
        """Tell whether something waits that storing new messages must not hold up."""
        return bool(self.events) or self.is_urgent

    def forget_answers(self, accounts: Collection[str]) -> None:
        """Forget what the venues of some accounts said: they have gone back to what the journal says."""
        answers = (f.VenueSaid, f.SubmitEnded, f.LookedUp, f.LookupFailed)
        self.events = deque((a, e) for a, e in self.events if not (a in accounts and isinstance(e, answers)))

    def start_again(self, events: Iterable[Happened]) -> None:
        """Forget what the store knows too, and keep only what happened outside."""
        self.messages.clear()
        self.deliveries.clear()
        self.underway.clear()
        self.events = deque(events)


def defect(given: tuple[Any, ...], now: int) -> Notice:
    """Return what a person is told of an input that was set aside."""
    what = "A message" if isinstance(given[0], Message) else "An event"
    body = f"{what} could not be acted on because of a defect: {str(given)[:500]}"
    return Notice(severity="error", title="A defect showed", body=body, ts=now)


def is_urgent(message: Message) -> bool:
    """Tell whether a message is the kill switch."""
    return message.text[:32].lstrip().lower().startswith(URGENT)
