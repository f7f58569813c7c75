"""What an account has, as a program that weighs it is told."""

from __future__ import annotations

from collections.abc import Iterable

from tradewire.domain.numbers import ZERO
from tradewire.engine.post import Post
from tradewire.engine.view import equity
from tradewire.programs.events import Holdings


def holdings_of(post: Post, symbols: Iterable[str]) -> Holdings:
    """Return equity, positions and worth of a unit of each symbol; without price or rate a symbol has no worth."""
    quantities, worth = {}, {}
    for symbol in symbols:
        position = post.state.positions.get(symbol)
        quantities[symbol] = ZERO if position is None else position.quantity
        quote, instrument = post.around.quote(symbol), post.around.instrument(symbol)
        rate = None if instrument is None else post.around.rate(instrument.quote, post.account.currency)
        if quote is not None and instrument is not None and rate is not None:
            worth[symbol] = quote.mid * instrument.multiplier * rate
    return Holdings(equity=equity(post.state, post.around), quantities=quantities, worth=worth)
