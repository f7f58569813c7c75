"""`data fetch`: bars from a feed of the configuration into the histories."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated, Any

import typer

from tradewire.cli.options import ConfigFile, Data, Json, directory, fail
from tradewire.cli.output import print_json
from tradewire.cli.progress import progress

Symbol = Annotated[str, typer.Argument(metavar="SYMBOL/TIMEFRAME", help="What to fetch, such as BTCUSDT/1m.")]
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
    """Fetch bars from a feed of the configuration and keep them. Bars that are not over yet are left out."""
    from tradewire.backtest.data.catalogue import Catalogue
    from tradewire.backtest.data.loading import history_name, nanoseconds
    from tradewire.backtest.data.problems import BadHistory
    from tradewire.cli.config import WallClock
    from tradewire.ports import AuthFailed, Misconfigured, NotReady
    from tradewire.registry import PluginBroken

    name, clock = history_name(source), WallClock()
    if name is None:
        fail(f"{source!r} is not the name of a history: write BTCUSDT/1m", 2)
    try:
        catalogue = Catalogue(directory(data).histories)
        first = nanoseconds(start) if start is not None else _behind(catalogue, source, *name)
        after = clock.now() if end is None else nanoseconds(end)
        chosen = _opened(feed, name[0], config, directory(data), clock)
        done = asyncio.run(_fetched(catalogue, chosen, *name, first, after, clock.now()))
    except (BadHistory, PluginBroken, NotReady, AuthFailed, Misconfigured) as error:
        fail(str(error))
    if json:
        print_json({"symbol": name[0], "timeframe_s": name[1], **asdict(done)})
    else:
        typer.echo(f"{source}: {done.added} bars added, {done.replaced} replaced; {done.bars} bars there")


def _behind(catalogue: Any, source: str, symbol: str, timeframe_s: int) -> int:
    """Return when the last kept bar begins: it is fetched again, in case it was not whole."""
    if (symbol, timeframe_s) not in catalogue.names():
        fail(f"nothing of {source} is kept yet: say --from when", 2)
    return int(catalogue.read(symbol, timeframe_s).ts[-1])


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


async def _fetched(catalogue: Any, feed: Any, symbol: str, timeframe_s: int, start: int, end: int, now: int) -> Any:
    from tradewire.backtest.data.fetching import fetch_into

    with progress(f"fetching {symbol}", "%", 100) as tell:
        async with feed:
            return await fetch_into(
                catalogue, feed, symbol, timeframe_s, start, end, now, lambda part: tell(round(100 * part))
            )
