"""An account's place in the engine: its state, what its desk may look at, its venue, its way back after a failure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import count
from threading import Thread
from typing import Any

from tradewire.domain import ids
from tradewire.domain.account import Account
from tradewire.domain.order import Leg
from tradewire.engine import facts as f
from tradewire.engine import memory
from tradewire.engine.runner import VenueRunner
from tradewire.engine.state import AccountState
from tradewire.engine.sums import Exposure
from tradewire.engine.surroundings import Around
from tradewire.engine.trade import Trade
from tradewire.exits.book import ExitBook
from tradewire.oms.reconcile import Finding, PositionDrift
from tradewire.store.journal import Store

ACCOUNT = "account:"
"""How the names of the accounts' journal streams begin."""

LAG = 2_000_000_000
"""How old (ns) a first sight must be before a second one counts as proof: venues answer from replicas that lag."""


def stream_of(account: str) -> str:
    """Return the name of an account's journal stream."""
    return ACCOUNT + account


class Post:
    """Holds one account's parts together.

    `fold` builds the state from the journal; `rebuild` brings a venue that has no books but the journal back to it.
    """

    _warming = False

    def __init__(
        self,
        account: Account,
        state: AccountState,
        around: Around,
        runner: VenueRunner,
        store: Store,
        fold: Callable[[Exposure], AccountState],
        changed: Callable[[str, str], None],
        rebuild: Callable[[AccountState], None] | None = None,
    ) -> None:
        self.id = account.id
        self.account = account
        self.stream = stream_of(account.id)
        self.state = state
        self.around = around
        self.runner = runner
        self.doubts: dict[str, tuple[int, Decimal, Decimal]] = {}
        """Symbols of which the venue seems to lack something: since when, ours, theirs."""
        self._store = store
        self._fold = fold
        self._kept = store.head(self.stream).seq
        state.on_book = lambda symbol: changed(symbol, self.id)
        self._changed = changed
        self._rebuild = rebuild

    def confirmed(self, findings: Sequence[Finding], now: int) -> frozenset[str]:
        """Return the symbols of which the venue lacks the same as at an earlier look, long enough ago to be no lag."""
        doubts = {d.symbol: (d.ours, d.theirs) for d in findings if isinstance(d, PositionDrift) and d.missing}
        firm = {s for s, d in doubts.items() if s in self.doubts and self.doubts[s][1:] == d}
        confirmed = frozenset(s for s in firm if now - self.doubts[s][0] >= LAG)
        self.doubts = {s: self.doubts[s] if s in firm else (now, *d) for s, d in doubts.items() if s not in confirmed}
        return confirmed

    @property
    def grown(self) -> int:
        """Count the rows that the next start would have to fold besides the snapshot of this run."""
        return self._store.head(self.stream).seq - self._kept

    def snapshot(self) -> None:
        """Keep the state, so that the next start folds only what comes after."""
        self._kept = self._store.head(self.stream).seq
        self._store.put_snapshot(self.stream, self._kept, memory.dump(self.state))

    def reload(self, exposure: Exposure) -> None:
        """Forget what was decided and not committed: fold the journal again, into the exposure that accounts share."""
        self.state = self._fold(exposure)
        self.state.account = self.account
        self.state.on_book = lambda symbol: self._changed(symbol, self.id)
        for symbol in self.state.books:
            self._changed(symbol, self.id)
        if self._rebuild is not None:
            self._rebuild(self.state)

    def recalled(self, event: f.VenueSaid | f.LookedUp) -> f.Recalled | None:
        """Return what the projections keep of an order, or of its trade, that is not at hand any more.

        Both end and are put away by themselves: an entry may go on filling long after its trade was closed.
        """
        cid = client_order_id_of(event)
        if cid is None:
            return None
        order = self.state.order(cid)
        if order is not None:
            never_had_one = order.request.leg is Leg.ENTRY and not order.filled
            if never_had_one or self.state.trade(order.request.trade_id) is not None:
                return None
            trade = self._recalled_trade(order.request.trade_id)
            return None if trade is None else f.Recalled(order=order, trade=trade)
        row = self._store.queries.order(cid)
        if row is None or row["account"] != self.id:
            return None
        known = self.state.trade(row["trade_id"])
        return f.Recalled(
            order=memory.order_from(row), trade=self._recalled_trade(row["trade_id"]) if known is None else None
        )

    def _recalled_trade(self, trade_id: str) -> Trade | None:
        """Return a trade as the projections keep it, with the number that its next closing order takes."""
        row = self._store.queries.trade(trade_id)
        if row is None:
            return None
        entry = ids.client_order_id(row["signal_id"], self.id, Leg.ENTRY)
        closings = next(n for n in count() if not self._was_placed(trade_id, n))
        return memory.trade_from(
            row,
            entry if self._store.queries.order(entry) is not None else None,
            self.around.instrument(row["symbol"]),
            closings=closings,
        )

    def _was_placed(self, trade_id: str, number: int) -> bool:
        """Tell whether a trade has had a closing order of this number."""
        closing = (ids.client_order_id(trade_id, self.id, leg, number) for leg in (Leg.EXIT, Leg.STOP))
        return any(self._store.queries.order(cid) is not None for cid in closing)

    @classmethod
    def warm(cls) -> None:
        """Load the jitted exits in a thread, once: a large book needs them, a small one never does."""
        if not cls._warming:
            cls._warming = True
            Thread(target=ExitBook.warm, name="warm exits", daemon=True).start()


def client_order_id_of(event: f.VenueSaid | f.LookedUp) -> str | None:
    """Return which order an event is about, if it is about one."""
    if isinstance(event, f.LookedUp):
        return event.result.client_order_id
    said: Any = event.event
    fill = getattr(said, "fill", None)
    return fill.client_order_id if fill is not None else getattr(said, "client_order_id", None)
