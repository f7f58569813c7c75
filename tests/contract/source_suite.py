"""What every source that is listened to must do. A plug-in's test subclasses `SourceSuite`."""

from __future__ import annotations

import asyncio

from contract.plugin_suite import PluginSuite
from tradewire.domain.message import Message
from tradewire.ports import Kind, Source

PATIENCE_S = 5.0


class SourceSuite(PluginSuite):
    """Subclasses provide the fixture `source`: one named `under-test` that soon has three messages to give."""

    kind = Kind.SOURCE

    async def test_it_has_the_id_that_it_was_given(self, source: Source) -> None:
        assert source.id == "under-test"

    async def test_its_messages_say_where_they_are_from_and_are_told_apart(self, source: Source) -> None:
        heard = await listened(source, 3)
        assert {message.source for message in heard} == {"under-test"}
        assert all(message.channel and message.external_id and message.text for message in heard)
        assert len({(message.channel, message.external_id, message.revision) for message in heard}) == 3
        assert len({message.id for message in heard}) == 3

    async def test_its_times_are_known(self, source: Source) -> None:
        heard = await listened(source, 3)
        assert all(0 < message.ts_event <= message.ts_init for message in heard)


async def listened(source: Source, count: int) -> list[Message]:
    """Return the first `count` messages."""
    heard: list[Message] = []
    async with asyncio.timeout(PATIENCE_S):
        async for said in source.messages(None):
            if isinstance(said, Message):
                heard.append(said)
            if len(heard) == count:
                break
    return heard
