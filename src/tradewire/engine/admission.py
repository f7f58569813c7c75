"""From what stands at the entrance to messages that are stored: each gets its identity, once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from tradewire.domain.message import Message
from tradewire.engine.contract import Incoming, Receipt
from tradewire.engine.inbox import Inbox
from tradewire.store.queries import Queries

Arrival = tuple[Incoming, "asyncio.Future[Receipt]"]


class Admitted(Struct, frozen=True):
    """One arrival with its answer; `message` is None for one that is known already."""

    future: asyncio.Future[Receipt]
    receipt: Receipt
    message: Message | None
    body: bytes | None


def admit(inbox: Inbox, queries: Queries, arrivals: Sequence[Arrival], now: int) -> Iterator[Admitted]:
    """Yield every arrival with its identity, in order; the inbox knows the new ones from here on."""
    identified = [inbox.identify(incoming, now) for incoming, _ in arrivals]
    asked = [
        message_id
        for (incoming, _), (message_id, _, known) in zip(arrivals, identified, strict=True)
        if incoming.external_id is not None and not known
    ]
    seen = queries.known_messages(asked) if asked else set()
    for (incoming, future), (message_id, body, known) in zip(arrivals, identified, strict=True):
        known = known or message_id in seen
        seen.add(message_id)
        message = None
        if not known:
            inbox.keep(message_id, body, now)
            message = Message(
                id=message_id,
                source=incoming.source,
                channel=incoming.channel,
                text=incoming.text,
                external_id=incoming.external_id,
                revision=incoming.revision,
                reply_to=incoming.reply_to,
                author=incoming.author,
                account=incoming.account,
                ts_event=now if incoming.ts_event is None else incoming.ts_event,
                ts_init=now,
            )
        yield Admitted(future, Receipt(message_id=message_id, duplicate=known), message, body)


def storable(incoming: Incoming) -> Incoming:
    """Return it with text that every database can keep: what it cannot (NUL, half characters) becomes U+FFFD."""
    texts = {
        name: value
        for name in ("channel", "text", "external_id", "reply_to", "author")
        if (value := getattr(incoming, name)) is not None and not (value.isascii() and "\x00" not in value)
    }
    return replace(incoming, **{name: _kept(value) for name, value in texts.items()}) if texts else incoming


def _kept(text: str) -> str:
    return text.replace("\x00", "\ufffd").encode("utf-8", "surrogatepass").decode("utf-8", "replace")
