"""`data`: histories of bars on this machine. Only these commands import what reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from tradewire.cli.fetching import fetch
from tradewire.cli.options import Data, Json, directory, fail
from tradewire.cli.output import print_json, print_table
from tradewire.cli.progress import progress
from tradewire.cli.ticking import bars_of_ticks, ticks_of

app = typer.Typer(help="Histories of bars and ticks: read, check, keep.", no_args_is_help=True)
app.command()(fetch)

Files = Annotated[
    list[Path], typer.Argument(metavar="FILE…", help="CSV, Parquet, or an export; see the documentation.")
]
What = Annotated[
    str, typer.Argument(metavar="WHAT", help="A file, or SYMBOL/TIMEFRAME or SYMBOL/ticks of what was imported.")
]
Symbol = Annotated[str | None, typer.Option("--symbol", metavar="S", help="What it is of; none = the file's name.")]
Timeframe = Annotated[
    str | None,
    typer.Option("--timeframe", metavar="T", help="How long a bar lasts, 1m or 4h; none = seen in the file."),
]
Zone = Annotated[str | None, typer.Option("--zone", metavar="Z", help="Time zone of times that say none.")]
Mend = Annotated[
    str | None,
    typer.Option("--mend", metavar="RULE", help="drop, first, last or fill; none = faulty files are refused."),
]
Calendar = Annotated[
    str | None, typer.Option("--calendar", metavar="C", help="Whose sessions and holidays: XNYS, XLON, 24/5, fx.")
]
Side = Annotated[
    str | None,
    typer.Option("--price", metavar="P", help="Of ticks: price, bid, ask or mid; none = that of trades, else mid."),
]
Source = Annotated[
    str, typer.Argument(metavar="SYMBOL/TIMEFRAME", help="What was imported, such as BTCUSDT/1m or BTCUSDT/ticks.")
]
To = Annotated[str, typer.Argument(metavar="TO", help="How long the new bars last: 1h, 1d.")]

COLUMNS = ("symbol", "timeframe", "ts_first", "ts_last", "bars", "gaps", "ticks", "bytes")


@app.command("import")
def import_files(
    files: Files,
    symbol: Symbol = None,
    timeframe: Timeframe = None,
    zone: Zone = None,
    mend: Mend = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Keep the bars or ticks of files in the data directory. Of bars with the same time the newer import stays.

    Ticks take the place of all that are there from the first to the last of them.
    A file that cannot be used is refused, and the others are still taken; ends with 1 where one was refused.
    """
    from tradewire.backtest.data.catalogue import Catalogue
    from tradewire.backtest.data.importing import Taken, take
    from tradewire.backtest.data.mending import Rule
    from tradewire.backtest.data.problems import BadHistory
    from tradewire.backtest.data.tick_files import holds_ticks
    from tradewire.backtest.data.tick_store import TickStore
    from tradewire.backtest.data.tick_taking import TakenTicks, take_ticks

    if mend is not None and mend not in set(Rule):
        fail(f"--mend {mend}: the rules are {', '.join(Rule)}", 2)
    rule, length, catalogue = Rule(mend) if mend else None, _seconds(timeframe), Catalogue(directory(data).histories)
    store = TickStore(directory(data).histories)
    done: list[Mapping[str, Any]] = []
    for number, file in enumerate(files, 1):
        taken: Taken | TakenTicks
        try:
            with progress(f"{file.name} ({number} of {len(files)})", "rows") as tell:
                if holds_ticks(file):
                    taken = take_ticks(file, store, symbol, zone, mend, tell)
                else:
                    taken = take(file, catalogue, symbol, length, zone, rule, tell)
        except BadHistory as error:
            done.append({"file": str(file), "refused": str(error)})
            typer.echo(f"tradewire: {error}", err=True)
            continue
        done.append({"file": str(file), "refused": None, **taken.figures()})
        if not json:
            typer.echo(taken.told())
    if json:
        print_json(done)
    if any(one["refused"] for one in done):
        raise typer.Exit(1)


@app.command("list")
def list_histories(data: Data = None, json: Json = False) -> None:
    """List what was imported: first and last, how many bars or ticks there are, and how often bars are missing."""
    from tradewire.backtest.data.catalogue import Catalogue
    from tradewire.backtest.data.checking import moment_text
    from tradewire.backtest.data.problems import BadHistory
    from tradewire.backtest.data.tick_store import TickStore
    from tradewire.domain.timeframes import timeframe_name

    catalogue, store = Catalogue(directory(data).histories), TickStore(directory(data).histories)
    rows: list[Mapping[str, Any]] = []
    for symbol, length in catalogue.names():
        try:
            kept = catalogue.kept(symbol, length)
        except BadHistory as error:
            fail(str(error))
        first, last = moment_text(kept.first), moment_text(kept.last)
        rows.append(
            {
                "symbol": symbol,
                "timeframe": timeframe_name(length),
                "ts_first": first,
                "ts_last": last,
                "bars": kept.bars,
                "gaps": kept.gaps,
                "bytes": kept.bytes,
            }
        )
    for symbol in store.names():
        try:
            ticks = store.kept(symbol)
        except BadHistory as error:
            fail(str(error))
        first, last = moment_text(ticks.first), moment_text(ticks.last)
        row = {"symbol": symbol, "timeframe": "ticks", "ts_first": first, "ts_last": last, "ticks": ticks.ticks}
        rows.append(row | {"bytes": ticks.bytes})
    if json:
        print_json(rows)
    else:
        print_table(rows, COLUMNS, "no histories yet: `tradewire data import FILE` keeps one")


@app.command()
def check(
    what: What,
    symbol: Symbol = None,
    timeframe: Timeframe = None,
    zone: Zone = None,
    calendar: Calendar = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Say all that is wrong with a history, each fault with its first places. Ends with 1 where one is grave."""
    from tradewire.backtest.data import checking
    from tradewire.backtest.data.calendars import expected, sessions
    from tradewire.backtest.data.loading import raw
    from tradewire.backtest.data.problems import BadHistory

    try:
        if (pieces := ticks_of(what, symbol, zone, data)) is not None:
            _check_ticks(what, pieces, json)
            return
        with progress(f"checking {what}", "bars") as tell:
            bars, place = raw(what, symbol, _seconds(timeframe), zone, directory(data).histories)
            tell(len(bars))
            times = None
            if calendar is not None:
                times = expected(bars, sessions(calendar, int(bars.ts.min()), int(bars.ts.max())))
            findings = checking.check(bars, times)
    except BadHistory as error:
        fail(str(error))
    if json:
        keys = ("rule", "sentence", "grave", "count")
        rows = [{key: getattr(finding, key) for key in keys} | _first(finding, place) for finding in findings]
        print_json({"bars": len(bars), "symbol": bars.symbol, "timeframe_s": bars.timeframe_s, "findings": rows})
    else:
        for finding in findings:
            typer.secho(finding.told(place), fg=typer.colors.RED if finding.grave else typer.colors.YELLOW)
        typer.echo(f"{what}: {len(bars)} bars of {bars.symbol}, {_verdict(findings)}")
    if any(finding.grave for finding in findings):
        raise typer.Exit(1)


def _check_ticks(what: str, pieces: Iterator[Any], json: bool) -> None:
    from tradewire.backtest.data.tick_taking import Faults, told

    faults, count, symbol = Faults(), 0, ""
    with progress(f"checking {what}", "ticks") as tell:
        for ticks, place in pieces:
            faults.look(ticks, place)
            count, symbol = count + len(ticks), ticks.symbol
            tell(count)
    found = faults.findings()
    if json:
        keys = ("rule", "sentence", "grave", "count")
        rows = [
            {key: getattr(one, key) for key in keys} | _first(one, dict(zip(one.rows, where, strict=False)).get)
            for one, where in found
        ]
        print_json({"ticks": count, "symbol": symbol, "findings": rows})
    else:
        for one, where in found:
            typer.secho(told(one, where), fg=typer.colors.RED)
        typer.echo(f"{what}: {count} ticks of {symbol}, {_verdict([one for one, _ in found])}")
    if found:
        raise typer.Exit(1)


@app.command()
def resample(
    source: Source, to: To, calendar: Calendar = None, price: Side = None, data: Data = None, json: Json = False
) -> None:
    """Make longer bars, or bars of ticks, from what was imported and keep them beside it.

    A last bar that is not over is left out; of ticks nobody knows, and it stays.
    """
    from tradewire.backtest.data.calendars import sessions
    from tradewire.backtest.data.catalogue import Catalogue
    from tradewire.backtest.data.loading import history_name, proven, tick_name
    from tradewire.backtest.data.problems import BadHistory
    from tradewire.backtest.data.resampling import resample as lengthen

    name, length = history_name(source), _seconds(to)
    if (ticks := tick_name(source)) is not None and length is not None:
        bars_of_ticks(ticks, length, price, calendar, data, json)
        return
    if price is not None:
        fail("--price is for ticks: bars have a price already", 2)
    if name is None or length is None:
        fail(f"{source!r} is not the name of a history: write BTCUSDT/1m", 2)
    catalogue = Catalogue(directory(data).histories)
    try:
        bars = proven(catalogue.read(*name), source)
        hours = None if calendar is None else sessions(calendar, int(bars.ts[0]), int(bars.ts[-1]))
        made = lengthen(bars, length, hours)
        if not len(made.bars):
            fail(f"{source}: no whole bar of {to}: {', '.join(made.told())}")
        merged = catalogue.merge(made.bars)
    except BadHistory as error:
        fail(str(error))
    if json:
        left = {"outside": made.outside, "unfinished": made.unfinished}
        print_json({"symbol": bars.symbol, "timeframe_s": length, "made": len(made.bars), "bars": merged.bars, **left})
    else:
        told = [f"{len(made.bars)} bars made", *made.told()]
        typer.echo(f"{bars.symbol}/{to}: {', '.join(told)}; {merged.bars} bars there")


def _verdict(findings: Iterable[Any]) -> str:
    grave = [finding.grave for finding in findings]
    if not grave:
        return "nothing wrong"
    return "cannot be used as it is" if any(grave) else "can be used; look at what is told"


def _first(finding: Any, place: Any) -> dict[str, Any]:
    from tradewire.backtest.data.checking import moment_text

    places = [place(row) if place else None for row in finding.rows]
    moments = [moment_text(ts) for ts in finding.times]
    return {"first": [{"place": at, "ts": ts} for at, ts in zip(places, moments, strict=True)]}


def _seconds(timeframe: str | None) -> int | None:
    from tradewire.domain.timeframes import parse_timeframe

    try:
        return None if timeframe is None else parse_timeframe(timeframe)
    except ValueError as error:
        fail(str(error), 2)
