"""What all accounts of an exchange share: instruments, the latest quotes, and one book a symbol."""

from __future__ import annotations

from collections.abc import Iterable

from tradewire.domain.instrument import Instrument, Quote
from tradewire.sim.book import Book
from tradewire.sim.rates import Rates


class Floor:
    """The trading floor: prices and books, no accounts."""

    def __init__(self, instruments: Iterable[Instrument]) -> None:
        self.instruments = {instrument.symbol: instrument for instrument in instruments}
        self.quotes: dict[str, Quote] = {}
        self.rates = Rates(self.instruments.values(), self.quotes)
        self.books: dict[str, Book] = {}

    def book(self, symbol: str) -> Book:
        book = self.books.get(symbol)
        if book is None:
            book = self.books[symbol] = Book()
        return book
