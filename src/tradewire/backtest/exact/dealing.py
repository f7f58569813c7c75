"""What the prices of bars are to the hub and to its venue: who sees which quote, and who pays which costs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tradewire.domain.instrument import Quote


@dataclass(frozen=True, slots=True)
class Dealing:
    """The prices of bars are the middle between bid and ask, `half_spread` from each.

    `paid_at_fills`: exits watch the middle, and whoever trades pays half the spread and `slippage` (a fraction of the
    price) on top of it, but for targets, which are limit orders; so the fast lane has it. Otherwise the hub sees bid
    and ask as a feed shows them, fills at them, and slippage is the account's own.
    """

    half_spread: float = 0.0
    slippage: float = 0.0
    paid_at_fills: bool = False

    @property
    def apart(self) -> float:
        """How far the bid and the ask that the hub sees are from the middle."""
        return 0.0 if self.paid_at_fills else self.half_spread

    def seen(self, symbol: str, bid: float, ask: float, ts: int) -> Quote:
        """Return what the hub is shown."""
        return Quote(symbol, exact(bid), exact(ask), ts)

    def dealt(self, symbol: str, bid: float, ask: float, ts: int, *, slips: bool) -> Quote:
        """Return what the venue deals at while the hub sees `bid` and `ask`; `slips`: for orders that take."""
        if self.paid_at_fills:
            slippage = self.slippage if slips else 0.0
            bid, ask = bid - (bid * slippage + self.half_spread), ask + ask * slippage + self.half_spread
        return Quote(symbol, exact(bid), exact(ask), ts)

    @property
    def venue_apart(self) -> float:
        """How far the venue's prices for limit orders are from those that the hub sees."""
        return self.half_spread if self.paid_at_fills else 0.0


def exact(price: float) -> Decimal:
    """Return a price as people write it: the shortest decimal that means this very float."""
    return Decimal(repr(price))
