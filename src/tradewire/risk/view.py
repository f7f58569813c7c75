"""What risk may know: the state of one account, seen for one signal at one moment."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from tradewire.domain.instrument import Instrument, Quote
from tradewire.domain.signal import Side


class RiskView(Protocol):
    """One account as it stands for one signal; money in the account's `currency`, times in epoch nanoseconds.

    Everything counted here includes what is reserved: entries that were approved and are not yet filled. The engine is
    the single writer of an account and shows each signal a fresh view, so three at once cannot pass a limit of two.
    """

    @property
    def now(self) -> int: ...
    @property
    def signal_time(self) -> int:
        """When the signal was sent, as its sender says."""

    @property
    def halted(self) -> bool: ...
    @property
    def not_ready(self) -> str | None:
        """Why the account cannot trade yet; None when it can."""

    @property
    def instrument(self) -> Instrument: ...
    @property
    def quote(self) -> Quote | None: ...
    @property
    def atr(self) -> Decimal | None:
        """Average true range of the instrument, as a price distance."""

    @property
    def currency(self) -> str: ...
    @property
    def balance(self) -> Decimal:
        """All cash, that in other currencies at the rates of now."""

    @property
    def equity(self) -> Decimal: ...
    @property
    def peak_equity(self) -> Decimal: ...
    @property
    def free_margin(self) -> Decimal: ...
    @property
    def leverage(self) -> Decimal:
        """What the venue grants the instrument where nobody asks for less."""

    @property
    def realised_today(self) -> Decimal: ...

    @property
    def open_trades(self) -> int:
        """Trades that are open, pending entries with them."""

    @property
    def exposure(self) -> Decimal:
        """Value of all that is open or pending, long and short added."""

    @property
    def trades_today(self) -> int:
        """Trades opened since midnight UTC, and entries that are pending."""

    @property
    def consecutive_losses(self) -> int: ...
    @property
    def last_loss_at(self) -> int | None: ...

    def open_in(self, symbol: str) -> int:
        """Count the open trades and pending entries of a symbol on this account."""

    def open_on(self, underlying: str, side: Side) -> int:
        """Count those of an underlying on one side, on this account."""

    def open_anywhere(self, underlying: str) -> int:
        """Count those of an underlying over all accounts of the hub."""

    def exposure_anywhere(self, underlying: str) -> Decimal:
        """Return the value of an underlying over all accounts, in this account's currency."""

    def entries_since(self, ts: int) -> int:
        """Count the entries approved after a moment."""

    def last_seen(self, fingerprint: str) -> int | None:
        """Return when an entry with this fingerprint (`rules/duplicate.py`) was last approved."""

    def convert(self, amount: Decimal, source: str, target: str) -> Decimal | None:
        """Return an amount in another currency, or None where no price says how."""
