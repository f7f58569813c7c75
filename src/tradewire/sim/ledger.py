"""An account's money and holdings: what executions do to them, netted by symbol or one position a trade."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from tradewire.domain.account import Netting, Position
from tradewire.domain.instrument import Instrument
from tradewire.domain.numbers import ZERO, Rounding, to_step
from tradewire.domain.signal import Side

MONEY_STEP = Decimal("0.00000001")


def money(amount: Decimal) -> Decimal:
    """Round an amount of money to the step that ledgers are kept in."""
    return to_step(amount, MONEY_STEP, Rounding.NEAREST)


class Holding:
    """One position: `quantity` (base units, positive) bought or sold for `cost` (quantity times price, unrounded)."""

    __slots__ = ("cost", "leverage", "quantity", "realised", "ref", "side", "symbol")

    def __init__(self, symbol: str, side: Side, leverage: Decimal, ref: str | None) -> None:
        self.symbol = symbol
        self.side = side
        self.leverage = leverage
        self.ref = ref
        self.quantity = ZERO
        self.cost = ZERO
        self.realised = ZERO

    def profit(self, price: Decimal) -> Decimal:
        """Return what closing at `price` would gain, before the multiplier, in the quote currency."""
        return (price * self.quantity - self.cost) * self.side.sign

    def as_position(self) -> Position:
        return Position(
            symbol=self.symbol,
            quantity=self.quantity * self.side.sign,
            average_price=self.cost / self.quantity,
            realised=self.realised,
            ref=self.ref,
        )


class Exposure:
    """The sum of all holdings of one symbol and side, so that equity need not look at each."""

    __slots__ = ("cost", "margin", "quantity")

    def __init__(self) -> None:
        self.quantity = ZERO
        self.cost = ZERO
        self.margin = ZERO
        """Margin in use (quote currency): each holding's value at entry over its leverage."""


class Ledger:
    """Cash by currency and holdings. Knows nothing of orders; every amount is exact or rounded by `money`."""

    def __init__(self, netting: Netting, cash: Mapping[str, Decimal]) -> None:
        self.cash = dict(cash)
        self.exposures: dict[tuple[str, Side], Exposure] = {}
        self._netting = netting
        self._holdings: dict[str, Holding] = {}

    def holdings(self) -> Iterator[Holding]:
        """Yield the open positions, oldest first."""
        yield from self._holdings.values()

    def book(self, currency: str, amount: Decimal) -> None:
        """Add an amount (or take it, if negative) to the cash of a currency."""
        self.cash[currency] = self.cash.get(currency, ZERO) + amount

    def reducible(self, symbol: str, side: Side, ref: str | None) -> Decimal:
        """Return how much an order of `side` can close: of the position `ref`, or of all of the symbol's."""
        return sum((holding.quantity for holding in self._against(symbol, side, ref)), ZERO)

    def netted(self, symbol: str, side: Side) -> Decimal:
        """Return how much an order of `side` that names no position closes first: nothing on a hedging account."""
        return self.reducible(symbol, side, None) if self._netting is Netting.NETTING else ZERO

    def close(
        self, instrument: Instrument, side: Side, quantity: Decimal, price: Decimal, ref: str | None
    ) -> tuple[Decimal, list[str]]:
        """Close up to `quantity` against opposite holdings, oldest first.

        Returns the gain in the quote currency and the refs (or symbol) of the holdings that ended.
        """
        gain, ended = ZERO, []
        for holding in self._against(instrument.symbol, side, ref):
            part = min(quantity, holding.quantity)
            if not part:
                break
            quantity -= part
            part_cost = holding.cost if part == holding.quantity else money(holding.cost * part / holding.quantity)
            part_gain = money((price * part - part_cost) * holding.side.sign * instrument.multiplier)
            gain += part_gain
            holding.realised += part_gain
            self._grow(instrument, holding, -part, -part_cost)
            if not holding.quantity:
                key = holding.ref or holding.symbol
                del self._holdings[key]
                ended.append(key)
        return gain, ended

    def open(
        self, instrument: Instrument, side: Side, quantity: Decimal, price: Decimal, leverage: Decimal, ref: str
    ) -> None:
        """Open a holding, or add to the one that `ref` (hedging) or the symbol (netting) already has."""
        hedging = self._netting is Netting.HEDGING
        key = ref if hedging else instrument.symbol
        holding = self._holdings.get(key)
        if holding is None:
            holding = self._holdings[key] = Holding(instrument.symbol, side, leverage, ref if hedging else None)
        self._grow(instrument, holding, quantity, quantity * price)

    def restore(self, instrument: Instrument, position: Position, leverage: Decimal) -> None:
        """Put a position back as the hub has it.

        A netting account gets one position a symbol, however many trades the hub sees in it: long and short cancel each
        other, and what that has gained so far stays in the average price.
        """
        ref = position.ref if self._netting is Netting.HEDGING else None
        quantity, cost, realised = position.quantity, position.quantity * position.average_price, position.realised
        before = self._holdings.pop(ref or position.symbol, None)
        if before is not None:
            quantity += before.quantity * before.side.sign
            cost += before.cost * before.side.sign
            realised += before.realised
            self._grow(instrument, before, -before.quantity, -before.cost)
        if not quantity:
            return
        side = Side.BUY if quantity > 0 else Side.SELL
        holding = self._holdings[ref or position.symbol] = Holding(position.symbol, side, leverage, ref)
        holding.realised = realised
        self._grow(instrument, holding, abs(quantity), cost * side.sign)

    def _against(self, symbol: str, side: Side, ref: str | None) -> list[Holding]:
        """Return the holdings that an order of `side` would reduce, oldest first."""
        exposure = self.exposures.get((symbol, side.opposite))
        if exposure is None or not exposure.quantity:
            return []
        if self._netting is Netting.NETTING:
            named = self._holdings.get(symbol)
        elif ref is not None:
            named = self._holdings.get(ref)
        else:
            return [held for held in self._holdings.values() if held.symbol == symbol and held.side is side.opposite]
        return [named] if named is not None and named.symbol == symbol and named.side is side.opposite else []

    def _grow(self, instrument: Instrument, holding: Holding, quantity: Decimal, cost: Decimal) -> None:
        holding.quantity += quantity
        holding.cost += cost
        exposure = self.exposures.get((holding.symbol, holding.side))
        if exposure is None:
            exposure = self.exposures[holding.symbol, holding.side] = Exposure()
        exposure.quantity += quantity
        if exposure.quantity:
            exposure.cost += cost
            exposure.margin += cost * instrument.multiplier / holding.leverage
        else:
            del self.exposures[holding.symbol, holding.side]
