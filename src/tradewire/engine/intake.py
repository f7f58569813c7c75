"""Keeps pull sources and price feeds running: whatever breaks is named and tried again, the hub runs on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import structlog

from tradewire.domain.instrument import Bar, Instrument, Quote
from tradewire.domain.message import Message
from tradewire.engine.contract import Incoming, IntakeUnavailable, Receipt
from tradewire.ports import AuthFailed, Misconfigured, Quotes, Source

log = structlog.get_logger(__name__)

PAUSES = (0.5, 1, 2, 5, 15, 60)


async def supervised(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Run `work` again whenever it fails or ends, ever more slowly; stop only where its owner must act."""
    attempt = 0
    while True:
        started = asyncio.get_running_loop().time()
        try:
            await work()
            log.warning("ended; starting it again", plugin=name)
        except (Misconfigured, AuthFailed) as error:
            log.error("stopped; its owner must act", plugin=name, reason=str(error))
            return
        except Exception as error:  # A stranger's plug-in may raise anything.
            log.warning("failed; starting it again", plugin=name, reason=f"{type(error).__name__}: {error}")
        attempt = 0 if asyncio.get_running_loop().time() - started > PAUSES[-1] else attempt + 1
        await asyncio.sleep(PAUSES[min(attempt, len(PAUSES) - 1)])


async def listen(source: Source, account: str | None, receive: Callable[[Incoming], Awaitable[Receipt]]) -> None:
    """Bring every message of a source in. One that cannot be stored is brought again until it is."""
    async for message in source.messages(None):
        if not isinstance(message, Message):
            log.info("source", source=source.id, state=type(message).__name__)
            continue
        incoming = Incoming(
            source=message.source,
            channel=message.channel,
            text=message.text,
            external_id=message.external_id,
            revision=message.revision,
            reply_to=message.reply_to,
            author=message.author,
            account=account or message.account,
            ts_event=message.ts_event,
        )
        while True:
            try:
                await receive(incoming)
                break
            except IntakeUnavailable:
                await asyncio.sleep(1)


class Prices:
    """Several feeds as one: a symbol comes from the first feed that offers it."""

    def __init__(self, feeds: dict[str, Quotes]) -> None:
        self._feeds = feeds
        self._owners: dict[str, Quotes] = {}
        self.instruments: dict[str, Instrument] = {}

    async def open(self) -> None:
        """Ask the feeds what they offer. One that cannot say is left out and named."""
        for name, feed in self._feeds.items():
            try:
                await feed.__aenter__()
                offered = await feed.instruments()
            except Exception as error:
                log.error("a feed cannot be used", feed=name, reason=f"{type(error).__name__}: {error}")
                continue
            for instrument in offered:
                if instrument.symbol not in self._owners:
                    self._owners[instrument.symbol] = feed
                    self.instruments[instrument.symbol] = instrument

    async def close(self) -> None:
        """Leave the feeds."""
        for feed in set(self._owners.values()):
            await feed.__aexit__(None, None, None)

    def run(self, take: Callable[[Sequence[Quote]], None]) -> list[asyncio.Task[None]]:
        """Start streaming every feed into `take`."""
        tasks = []
        for name, feed in self._feeds.items():
            symbols = [symbol for symbol, owner in self._owners.items() if owner is feed]
            if symbols:
                tasks.append(asyncio.create_task(supervised(name, partial(_pump, feed, symbols, take))))
        return tasks

    async def bars(self, symbol: str, timeframe_s: int, start: int, end: int) -> Sequence[Bar]:
        """Return bars from the feed that has the symbol; none where no feed has it."""
        feed = self._owners.get(symbol)
        return () if feed is None else await feed.bars(symbol, timeframe_s, start, end)


async def _pump(feed: Quotes, symbols: list[str], take: Callable[[Sequence[Quote]], None]) -> None:
    async for batch in feed.stream(symbols):
        take(batch)
