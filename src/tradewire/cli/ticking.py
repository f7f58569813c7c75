"""Ticks for the commands of `data`: where they are read, and bars made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typer

from tradewire.cli.options import directory, fail
from tradewire.cli.output import print_json
from tradewire.cli.progress import progress


def ticks_of(what: str, symbol: str | None, zone: str | None, data: Path | None) -> Iterator[Any] | None:
    """Return pieces of ticks, each with what says where one stands; None where `what` is of bars."""
    from tradewire.backtest.data.loading import tick_name
    from tradewire.backtest.data.tick_files import holds_ticks, read_ticks
    from tradewire.backtest.data.tick_store import TickStore

    path = Path(what)
    if not path.is_file():
        name = tick_name(what)
        return None if name is None else ((ticks, None) for ticks in TickStore(directory(data).histories).pieces(name))
    if not holds_ticks(path):
        return None
    return ((reading.ticks, reading.place) for reading in read_ticks(path, symbol, zone))


def bars_of_ticks(
    symbol: str, length: int, price: str | None, calendar: str | None, data: Path | None, json: bool
) -> None:
    """Make bars of the ticks that were imported and keep them; tell how many."""
    from tradewire.backtest.data.catalogue import Catalogue
    from tradewire.backtest.data.problems import BadHistory
    from tradewire.backtest.data.tick_bars import SIDES, bars_of, gathered
    from tradewire.backtest.data.tick_store import TickStore
    from tradewire.domain.timeframes import timeframe_name

    if price is not None and price not in SIDES:
        fail(f"--price {price}: it is one of {', '.join(SIDES)}", 2)
    if calendar is not None:
        fail("--calendar: make bars of the ticks first, then longer ones by sessions", 2)
    histories, name = directory(data).histories, f"{symbol}/{timeframe_name(length)}"
    try:
        with progress(f"making {name}", "ticks") as tell:
            bars = gathered(bars_of(counted(TickStore(histories).pieces(symbol), tell), length, price))
        if bars is None:
            fail(f"{symbol}/ticks: no bar: the ticks have no {price or 'price'}")
        there = Catalogue(histories).merge(bars).bars
    except BadHistory as error:
        fail(str(error))
    if json:
        print_json({"symbol": symbol, "timeframe_s": length, "made": len(bars), "bars": there})
    else:
        typer.echo(f"{name}: {len(bars)} bars made; {there} bars there")


def counted(pieces: Iterator[Any], tell: Callable[[int], None]) -> Iterator[Any]:
    """Yield pieces, and tell how many rows went by."""
    done = 0
    for piece in pieces:
        done += len(piece)
        tell(done)
        yield piece
