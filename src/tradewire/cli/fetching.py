"""`data fetch`: bars from a feed of the configuration into the histories."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from tradewire.cli.options import ConfigFile, Data, Json, directory, fail
from tradewire.cli.output import print_json
from tradewire.cli.progress import progress

Symbol = Annotated[str, typer.Argument(metavar="SYMBOL/TIMEFRAME", help="What to fetch: BTCUSDT/1m, or BTCUSDT/ticks.")]
Start = Annotated[
    str | None,
    typer.Option("--from", metavar="TIME", help="First moment, ISO 8601, UTC if unsaid; none = behind what is kept."),
]
End = Annotated[str | None, typer.Option("--to", metavar="TIME", help="The moment after the last; none = now.")]
Feed = Annotated[
    str | None,
    typer.Option("--feed", metavar="NAME", help="Which feed; none = the first one; ccxt:kraken asks an exchange."),
]


def fetch(
    source: Symbol,
    start: Start = None,
    end: End = None,
    feed: Feed = None,
    config: ConfigFile = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Fetch bars, or `SYMBOL/ticks`, from a feed and keep them. Bars that are not over yet are left out."""
    from tradewire.backtest.data.loading import history_name, nanoseconds, tick_name
    from tradewire.backtest.data.problems import BadHistory
    from tradewire.cli.config import WallClock
    from tradewire.ports import AuthFailed, Misconfigured, NotReady
    from tradewire.registry import PluginBroken

    name, clock = history_name(source), WallClock()
    symbol = tick_name(source) or (name[0] if name else None)
    if symbol is None:
        fail(f"{source!r} is not the name of a history: write BTCUSDT/1m, or BTCUSDT/ticks", 2)
    histories = directory(data).histories
    try:
        first = None if start is None else nanoseconds(start)
        after = clock.now() if end is None else nanoseconds(end)
        chosen = _opened(feed, symbol, config, directory(data), clock)
        with progress(f"fetching {source}", "%", 100) as shown:

            def told(part: float) -> None:
                shown(round(100 * part))

            if name is None:
                figures = asyncio.run(_ticks(histories, chosen, symbol, first, min(after, clock.now()), told))
            else:
                figures = asyncio.run(_bars(histories, chosen, *name, first, after, clock.now(), told))
    except (BadHistory, PluginBroken, NotReady, AuthFailed, Misconfigured) as error:
        fail(str(error))
    if json:
        print_json({"symbol": symbol, "timeframe_s": name[1] if name else 0, **figures})
    elif name is None:
        typer.echo(f"{source}: {figures['fetched']} ticks fetched; {figures['ticks']} ticks there")
    else:
        added, replaced, bars = (figures[key] for key in ("added", "replaced", "bars"))
        typer.echo(f"{source}: {added} bars added, {replaced} replaced; {bars} bars there")


async def _bars(
    histories: Path,
    feed: Any,
    symbol: str,
    timeframe_s: int,
    start: int | None,
    end: int,
    now: int,
    tell: Callable[[float], None],
) -> dict[str, Any]:
    """Fetch bars; without a start from the last one kept on: it is fetched again, in case it was not whole."""
    from tradewire.backtest.data.catalogue import Catalogue
    from tradewire.backtest.data.fetching import fetch_into

    catalogue = Catalogue(histories)
    if start is None:
        _must_be_kept((symbol, timeframe_s) in catalogue.names())
        start = int(catalogue.read(symbol, timeframe_s).ts[-1])
    async with feed:
        return asdict(await fetch_into(catalogue, feed, symbol, timeframe_s, start, end, now, tell))


async def _ticks(
    histories: Path, feed: Any, symbol: str, start: int | None, end: int, tell: Callable[[float], None]
) -> dict[str, Any]:
    """Fetch ticks; without a start from the last moment that is kept on."""
    from tradewire.backtest.data.tick_fetching import fetch_ticks_into
    from tradewire.backtest.data.tick_store import TickStore
    from tradewire.ports import TellsTicks

    tells = isinstance(feed, TellsTicks)
    if not tells:
        fail("this feed tells of no single trades; ccxt:EXCHANGE does")
    store = TickStore(histories)
    if start is None:
        _must_be_kept(symbol in store.names())
        start = store.kept(symbol).last
    async with feed:
        return asdict(await fetch_ticks_into(store, feed, symbol, start, end, tell))


def _must_be_kept(there: bool) -> None:
    if not there:
        fail("nothing of it is kept yet: say --from when", 2)


def _opened(wanted: str | None, symbol: str, config: Any, place: Any, clock: Any) -> Any:
    """Return the feed of that name in the configuration, or one of an exchange that needs none: `ccxt:kraken`."""
    from tradewire.cli.configured import loaded
    from tradewire.registry import Kind

    result = loaded(config, place)
    feeds = {name: (feed.type, dict(feed.config)) for name, feed in result.settings.feeds.items() if feed.enabled}
    kind, colon, exchange = (wanted or "").partition(":")
    name = wanted or next(iter(feeds), "")
    if colon and kind == "ccxt":
        feeds[name] = kind, {"exchange": exchange, "symbols": [symbol]}
    if name not in feeds:
        there = ", ".join(feeds) or "none"
        fail(f"there is no feed {name!r}: the configuration has {there}; ccxt:kraken asks an exchange")
    type_, settings = feeds[name]
    plugin = result.registry.load(Kind.FEED, type_)
    return plugin.make(plugin.config.model_validate(settings), clock)
