"""Start-up is recovery: states from the journal, and whatever was stored but not finished."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
import structlog

from tradewire.domain.message import Message
from tradewire.domain.refusal import Code, Refusal
from tradewire.engine import facts as f
from tradewire.engine import memory
from tradewire.engine.group import INBOX, body_of
from tradewire.engine.inbox import Delivery, Inbox, Underway, route_name
from tradewire.engine.post import stream_of
from tradewire.engine.state import AccountState
from tradewire.engine.sums import Exposure
from tradewire.store.chain import JournalRow
from tradewire.store.errors import JournalBroken
from tradewire.store.journal import TO_MEND, Store

log = structlog.get_logger(__name__)

Undelivered = tuple[Underway, Sequence[Delivery], int]
"""A signal, the deliveries that are left, and when it was received (epoch ns)."""


def folded(store: Store, account: str, exposure: Exposure | None = None) -> AccountState | None:
    """Return an account's state from its snapshot and the rows behind it; None if it was never born.

    Raises:
        JournalBroken: a row that is needed is missing, changed, or cannot be folded.
    """
    stream = stream_of(account)
    state: AccountState | None = None
    after = 0
    snapshot = store.snapshot(stream)
    if snapshot is not None:
        try:
            state, after = memory.load(snapshot[1], exposure), snapshot[0]
        except msgspec.ValidationError:
            log.info("the snapshot is of another version; folding the whole journal", account=account)
    for row in store.proven(stream, after):
        try:
            state = memory.fold(state, row, exposure)
        except Exception as error:  # A state that does not follow from the rows must never trade.
            raise JournalBroken(f"{stream} row {row.seq} cannot be folded: {error}. {TO_MEND}") from error
    if state is not None:
        state.take_touched()
    return state


def message_from(row: dict[str, object]) -> Message:
    """Return a stored message."""
    return msgspec.convert({k: v for k, v in row.items() if k not in ("body_hash", "status", "reason")}, Message)


def unfinished(
    store: Store, inbox: Inbox, states: Mapping[str, AccountState]
) -> tuple[list[Message], list[Undelivered]]:
    """Return the messages that nobody read, and the signals that some account has not decided, oldest first.

    The inbox knows those messages from here on. Only accounts that are in use, those of `states`, are brought anything.
    """
    queries = store.queries
    inbox.unread = queries.unread()
    messages = list(unread_messages(store, inbox.unread.values()))
    waiting = ((body_of(message), message.ts_init, message.id) for message in messages)
    inbox.remember((body, ts, message_id) for body, ts, message_id in waiting if body is not None)
    undelivered: list[Undelivered] = []
    for row in queries.signals(status=("routing", "held"), limit=None):
        routed = msgspec.json.decode(row["data"], type=f.SignalRouted)
        story = queries.trace(routed.signal_id)
        reached = {step["account"] for step in story if step["stage"] == "routed"}
        refusals = [step for step in story if step["stage"] == "refused" and step["account"] in reached]
        stored = queries.message(routed.message_id)
        missing = [account for account in routed.accounts if account not in reached and account in states]
        if stored is None:
            continue
        message = message_from(stored)
        again = inbox.router.select(routed.signal, message)
        destinations = again if isinstance(again, tuple) else ()
        routes = {d.account.id: route_name(d.route) for d in destinations}
        sent_at = inbox.sent_at(message.text)
        deliveries = [Delivery(routed.signal_id, account, routes.get(account, ""), sent_at) for account in missing]
        refused = {step["account"]: Refusal(Code(step["code"]), step["text"]) for step in refusals}
        held = [account for account in reached if holds(store, states, account, routed.signal_id)]
        underway = Underway(routed, row["ts"], len(routed.accounts) - len(reached), refused, held)
        undelivered.append((underway, deliveries, message.ts_event))
    return messages, undelivered[::-1]


def stored_message(row: JournalRow) -> Message:
    """Return the message that a row of the journal's stream `inbox` brought in."""
    event = f.decode(row.data).event
    if not isinstance(event, f.MessageReceived):
        raise ValueError(f"row {row.seq} of {row.stream} holds no message")
    return event.message


def unread_messages(store: Store, places: Iterable[int]) -> Iterator[Message]:
    """Yield the messages at some places of the journal's stream `inbox`, oldest first; errors as in `folded`."""
    left = set(places)
    if not left:
        return
    for row in store.proven(INBOX, min(left) - 1):
        if row.seq in left:
            yield stored_message(row)
            left.discard(row.seq)
            if not left:
                return


def holds(store: Store, states: Mapping[str, AccountState], account: str, signal_id: str) -> bool:
    """Tell whether an account, also one that is not in use, holds a signal for later."""
    state = states.get(account) or folded(store, account)
    return state is not None and signal_id in state.waiting


def recall(store: Store, inbox: Inbox, since: int) -> None:
    """Let the inbox know the bodies of the messages that were read and had come since `since` (epoch ns)."""
    inbox.remember((row["body_hash"], row["ts_init"], row["id"]) for row in store.queries.recent_bodies(since))
