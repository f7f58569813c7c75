"""Says a command every so often, as a channel of signals would."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from pydantic import BaseModel, ConfigDict, Field

from tradewire.domain.ids import message_id
from tradewire.domain.message import Message
from tradewire.ports import Clock, SourceDown, SourceUp

SECOND = 1_000_000_000

SCRIPT = (
    "buy btc 800 -tsl 0.25 -tp 0.6%",
    "sell eurusd 0.05lot -sl 12p -tp 10p@50%,20p",
    "close btc 50%",
    "buy gold 6000 -sl 0.2% -tp 0.15%@50%,0.4% -be 0.1%",
    "buy eth 600 -tsl 0.3",
    "sell nas100 3000 -sl 0.2% -tsl 0.25",
    "buy nvda 900 -sl 0.4% -tp 0.5%",
    "buy sol 500 -sl 0.5% -tp 0.4%@50%,0.9%",
    "buy gbpusd 0.05lot -tsl 10p",
    "sell doge 999999999",
)


class Config(BaseModel):
    """How often the demo speaks, in seconds: the first time, and from then on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first_after: float = Field(default=2.0, ge=0.1, le=3600)
    every: float = Field(default=12.0, ge=0.5, le=86_400)


class DemoSource:
    """A source whose messages follow a script; each is numbered, so that none comes twice after a restart."""

    def __init__(self, id: str, config: Config, clock: Clock) -> None:
        self._id = id
        self._config = config
        self._clock = clock

    @property
    def id(self) -> str:
        return self._id

    async def messages(self, after: str | None) -> AsyncIterator[Message | SourceDown | SourceUp]:
        """Yield a message every `every` seconds; `after` is not needed: what nobody heard is past."""
        await asyncio.sleep(self._config.first_after)
        number = 0
        while True:
            now = self._clock.now()
            key = f"{now // SECOND}-{number}"
            yield Message(
                id=message_id(self._id, "signals", key, 0),
                source=self._id,
                channel="signals",
                external_id=key,
                author="demo",
                text=SCRIPT[number % len(SCRIPT)],
                ts_event=now,
                ts_init=now,
            )
            number += 1
            await asyncio.sleep(self._config.every)
