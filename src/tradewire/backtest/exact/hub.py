"""A hub of the past: the engine as every hub has it, on a market, a store, a clock and a loop that history moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from tradewire.backtest.exact.bells import Bells
from tradewire.backtest.exact.market import PastMarket
from tradewire.backtest.exact.recording import Recorder
from tradewire.backtest.exact.time import PastClock, PastLoop
from tradewire.domain.instrument import Instrument, Quote
from tradewire.engine.contract import Incoming
from tradewire.engine.wiring import Wiring
from tradewire.exits.book import ExitBook
from tradewire.ports import Notice
from tradewire.settings.model import Settings
from tradewire.settings.plugins import registry_of
from tradewire.sim.exchange import Exchange
from tradewire.store.journal import Store
from tradewire.store.memory import ForgetfulStore, MemoryDriver

NEVER_S = 1e9
"""Seconds between two looks at a venue that lives in this process and has no books but the journal."""


class PastHub:
    """Enter it to start the engine at `at` (epoch ns); while it is entered, its loop is the running one.

    `journal`: a new file that keeps all; `keeps`: the store answers questions afterwards. Without both only the heads
    of the journal are kept. `opening`: a price that is there before programs begin.
    """

    def __init__(
        self,
        settings: Settings,
        instruments: Iterable[Instrument],
        at: int,
        *,
        journal: Path | None = None,
        keeps: bool = False,
        recorder: Recorder | None = None,
        opening: Quote | None = None,
    ) -> None:
        self.clock = PastClock(at)
        self.loop = PastLoop(self.clock)
        self.market = PastMarket(instruments)
        self.exchange = Exchange(self.market.instruments.values())
        self.recorder = recorder or Recorder()
        self.notices: list[Notice] = []
        self.bells: Bells | None = None
        """What tells programs of bars, where one watches them."""
        self._settings, self._journal, self._keeps, self._opening = settings, journal, keeps, opening

    @contextmanager
    def running(self) -> Iterator[None]:
        """Start the engine, and end it at the end."""
        with self.loop.running():
            self.store = self._opened()
            try:
                wiring = Wiring(
                    self._settings,
                    registry=registry_of(self._settings),
                    store=self.store,
                    market=self.market,
                    exchange=self.exchange,
                    clock=self.clock,
                    tell=self.notices.append,
                    measures=self.recorder,
                    reconcile_every=NEVER_S,
                )
                self.engine, self.left_out = wiring.engine, wiring.left_out
                ExitBook.warm()  # A thread of its own, later, would come at a moment that nobody chose.
                for post in self.engine.posts.values():
                    post.runner.start()
                if self._opening is not None:
                    self.exchange.on_quotes((self._opening,))
                    self.market.update(self._opening)
                self.engine.begin()
                self.engine.resume()
                self.loop.settle()
                yield
                self.loop.complete(self.engine.stop())
            finally:
                self.store.close()

    def _opened(self) -> Store:
        if self._journal is not None:
            return Store.open(self._journal, clock=self.clock)
        return Store(MemoryDriver(), self.clock) if self._keeps else ForgetfulStore(self.clock)

    def show(self, seen: Quote, dealt: Quote) -> None:
        """Let a price come: the hub sees one, its venue deals at the other."""
        self.exchange.on_quotes((dealt,))
        self.engine.on_quotes((seen,))
        self.loop.settle()

    def say(self, incoming: Incoming) -> None:
        """Bring a message in, and do what follows from it."""
        receipt = self.engine.receive(incoming)
        self.loop.settle()
        receipt.result()

    @property
    def moment(self) -> int | None:
        """When the next program wants to be woken, or to hear of a bar (epoch ns)."""
        runners = self.engine.programs.runners.values()
        moments = [moment for runner in runners if (moment := runner.interest.moment) is not None]
        if self.bells is not None and self.bells.next is not None:
            moments.append(self.bells.next)
        return min(moments, default=None)

    @property
    def journal_hash(self) -> str:
        """Return a hash of the whole journal: over the last row of every stream."""
        heads = ((stream, self.store.head(stream)) for stream in self.store.streams())
        told = "".join(f"{stream}\x1f{head.seq}\x1f{head.hash.hex()}\n" for stream, head in heads)
        return sha256(told.encode()).hexdigest()
