"""The entrance: what arrives is stored once, read once, and routed once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from types import MappingProxyType

from msgspec import Struct

from tradewire.domain import ids
from tradewire.domain.message import Message
from tradewire.domain.policy import Overrides
from tradewire.domain.refusal import Refusal
from tradewire.domain.signal import NotASignal, Reading, Signal, Unclear
from tradewire.engine import facts as f
from tradewire.engine.contract import Incoming
from tradewire.routing.route import Route
from tradewire.routing.select import Destination, Router

KEPT_IDS = 20_000
"""Message ids kept at hand; older ones are asked of the store."""
KEPT_BODIES = 200_000


class Delivery(Struct, frozen=True):
    """One signal on its way to one account."""

    signal_id: str
    account: str
    route: str
    sent_at: int | None = None
    """When the message says that it was sent (epoch ns), if it does."""

    def arrival(self, received_at: int) -> f.SignalArrived:
        """Return what the account's desk is told."""
        return f.SignalArrived(
            signal_id=self.signal_id, route=self.route, received_at=received_at, sent_at=self.sent_at
        )


class Underway:
    """A signal until all of its accounts have decided it: how many it has not reached, who holds or refused it."""

    def __init__(
        self,
        routed: f.SignalRouted,
        read_at: int,
        left: int,
        refusals: Mapping[str, Refusal] = MappingProxyType({}),
        held: Iterable[str] = (),
    ) -> None:
        self.routed = routed
        self.read_at = read_at
        self.left = left
        self._refusals = dict(refusals)
        self._held = set(held)

    def arrived(self, account: str, facts: Sequence[f.AccountFact]) -> None:
        """Count one account, with what its desk decided."""
        self.left -= 1
        self.heard(account, facts)

    def heard(self, account: str, facts: Sequence[f.AccountFact]) -> None:
        """Take in what a desk decided about the signal, at its arrival or later."""
        about = self.routed.signal_id
        for fact in facts:
            match fact:
                case f.Waiting(signal_id=signal_id) if signal_id == about:
                    self._held.add(account)
                case f.Released(signal_id=signal_id) if signal_id == about:
                    self._held.discard(account)
                case f.PlanRefused(signal_id=signal_id, refusal=refusal) if signal_id == about:
                    self._refusals[account] = refusal

    @property
    def is_decided(self) -> bool:
        """Tell whether every account has the signal, and none holds it for later."""
        return not self.left and not self._held

    @property
    def verdict(self) -> Refusal | None:
        """Return why nobody acts on the signal (the first account's reason); None while anybody may, or does."""
        accounts = self.routed.accounts
        if not accounts:
            return self.routed.refusal
        return self._refusals[accounts[0]] if self.is_decided and self._refusals.keys() >= set(accounts) else None

    @property
    def partly(self) -> str | None:
        """Return who refused it and why, in a sentence, where somebody else may act on it."""
        if not self.is_decided or not self._refusals or self.verdict is not None:
            return None
        refusals = sorted(self._refusals.items())
        (account, refusal), more = refusals[0], len(refusals) - 1
        others = f" ({more} more refused it, too)" if more else ""
        return f"Partly refused: {account}: {refusal.sentence}{others}"

    @property
    def status(self) -> str:
        """Return how far it is: `held` where nobody acts on it yet but somebody may later."""
        if self.verdict is not None:
            return "refused"
        if self.left:
            return "routing"
        return "held" if self._held and self._held | self._refusals.keys() >= set(self.routed.accounts) else "routed"


def released(facts: Iterable[f.AnyFact]) -> list[str]:
    """Return the signals that were held until now."""
    return [fact.signal_id for fact in facts if isinstance(fact, f.Released)]


class ReadMessage(Struct, frozen=True):
    """A message with everything that follows from reading it."""

    status: str
    reason: str | None
    facts: tuple[f.InboxFact, ...]
    deliveries: tuple[Delivery, ...]


class Inbox:
    """Decides what a message is: known already, or new; and if new, what it means and whom it concerns.

    `window` (ns): an equal body of the same channel within it is the same message, where the sender gives no id.
    `sent_at` returns when a text says that it was sent.
    """

    def __init__(
        self,
        router: Router,
        read: Callable[[Message], Reading],
        describe: Callable[[Signal], str],
        *,
        window: int,
        sent_at: Callable[[str], int | None] = lambda text: None,
    ) -> None:
        self.router = router
        self.read_only = read
        self.sent_at = sent_at
        self.describe = describe
        self._window = window
        self.unread: dict[str, int] = {}
        """Messages that wait to be read: id → place in the journal's stream `inbox`."""
        self._ids: OrderedDict[str, None] = OrderedDict()
        self._bodies: OrderedDict[bytes, tuple[int, str]] = OrderedDict()

    def remember(self, bodies: Iterable[tuple[bytes, int, str]]) -> None:
        """Take in the bodies of recent messages (hash, received at, id), oldest first: a restart forgets none.

        Of equal bodies the latest counts, whichever is told first: a message may wait while later ones are read.
        """
        for body, ts, message_id in bodies:
            if body not in self._bodies or self._bodies[body][0] < ts:
                self._bodies[body] = (ts, message_id)

    def identify(self, incoming: Incoming, now: int) -> tuple[str, bytes | None, bool]:
        """Return (message id, body hash, known): the same message always gets the same id."""
        if incoming.external_id is not None:
            key = f"id:{incoming.external_id}"
            message_id = ids.message_id(incoming.source, incoming.channel, key, incoming.revision)
            return message_id, None, message_id in self._ids or message_id in self.unread
        body = body_hash(incoming.source, incoming.channel, incoming.revision, incoming.text)
        seen = self._bodies.get(body)
        if seen is not None and now - seen[0] < self._window:
            return seen[1], body, True
        key = f"body:{body.hex()}@{now}"
        return ids.message_id(incoming.source, incoming.channel, key, incoming.revision), body, False

    def keep(self, message_id: str, body: bytes | None, now: int) -> None:
        """Know a message from now on."""
        if body is None:
            self._ids[message_id] = None
            if len(self._ids) > KEPT_IDS:
                self._ids.popitem(last=False)
        else:
            self._bodies[body] = (now, message_id)
            self._bodies.move_to_end(body)
            while len(self._bodies) > KEPT_BODIES or now - next(iter(self._bodies.values()))[0] > self._window:
                self._bodies.popitem(last=False)

    def forget(self, message_id: str, body: bytes | None) -> None:
        """Take back `keep`: the message did not become durable."""
        self._ids.pop(message_id, None)
        if body is not None:
            self._bodies.pop(body, None)

    def read(self, message: Message) -> ReadMessage:
        """Read and route a message."""
        if message.revision:
            return unread(message, "none", "an edit of an earlier message; edits are not acted on")
        reading = self.read_only(message)
        if isinstance(reading, NotASignal):
            return unread(message, "none", reading.reason)
        if isinstance(reading, Unclear):
            return unread(message, "unclear", explain(reading))
        facts: list[f.InboxFact] = [f.MessageRead(message_id=message.id, status="read")]
        deliveries: list[Delivery] = []
        sent_at = self.sent_at(message.text)
        for index, signal in enumerate(reading):
            signal_id = ids.signal_id(message.id, index)
            reached = self.router.select(signal, message)
            text = self.describe(signal)
            refusal = reached if isinstance(reached, Refusal) else None
            destinations: Sequence[Destination] = () if isinstance(reached, Refusal) else reached
            facts.append(
                f.SignalRouted(
                    signal_id=signal_id,
                    message_id=message.id,
                    signal=signal,
                    text=text,
                    accounts=tuple(d.account.id for d in destinations),
                    refusal=refusal,
                )
            )
            deliveries += [Delivery(signal_id, d.account.id, route_name(d.route), sent_at) for d in destinations]
        return ReadMessage("read", None, tuple(facts), tuple(deliveries))


def route_name(route: Overrides) -> str:
    return route.name if isinstance(route, Route) else ""


def unread(message: Message, status: str, reason: str) -> ReadMessage:
    return ReadMessage(status, reason, (f.MessageRead(message_id=message.id, status=status, reason=reason),), ())


def explain(unclear: Unclear) -> str:
    """Return one sentence with the place and the nearest right word."""
    at = "" if unclear.position is None else f" (at character {unclear.position})"
    hint = f"; did you mean {unclear.suggestion!r}?" if unclear.suggestion else ""
    return f"{unclear.reason}{at}{hint}"


def body_hash(source: str, channel: str, revision: int, text: str) -> bytes:
    """Return 16 bytes that stand for the channel and the exact body."""
    head = f"{source}\x1f{channel}\x1f{revision}\x1f"
    return blake2b((head + text).encode("utf-8", "surrogatepass"), digest_size=16).digest()
