"""`backtest-signals`: what stored messages would have come to on a history."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tradewire.cli.options import ConfigFile, Json, directory, fail
from tradewire.cli.output import print_json, print_table

COLUMNS = ("source", "channel", "messages", "signals", "refused", "unread", "trades", "won", "pnl", "fees", "worst")


def backtest_signals(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Messages as JSONL, or of `messages --json`.")],
    data: Annotated[list[str], typer.Option("--data", metavar="F", help="A history for each symbol; may be repeated.")],
    config: ConfigFile = None,
    spread: Annotated[float | None, typer.Option("--spread", metavar="N", help="Bid to ask, in price.", min=0)] = None,
    start: Annotated[str | None, typer.Option("--from", metavar="T", help="First moment (UTC if unsaid).")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="T", help="Moment after the last one.")] = None,
    journal: Annotated[Path | None, typer.Option("--journal", metavar="FILE", help="Keep the journal there.")] = None,
    json: Json = False,
) -> None:
    """Replay stored messages on history: parsing, routing and risk of the configuration, every account on paper."""
    from tradewire.backtest.data.loading import load
    from tradewire.backtest.data.problems import BadHistory
    from tradewire.backtest.messages.reading import BadMessages, read
    from tradewire.backtest.messages.replaying import BadReplay, replay
    from tradewire.cli.configured import loaded
    from tradewire.engine.wiring import CannotStart
    from tradewire.store.errors import StoreError

    if journal is not None and journal.exists():
        fail(f"--journal: {journal} is there already; name a new file", 2)
    settings = loaded(config, directory(None)).settings
    try:
        histories = [load(each, None, start, end) for each in data]
        done = replay(read(file), histories, settings, spread=spread, journal=journal)
    except (BadMessages, BadReplay, BadHistory, CannotStart, StoreError) as error:
        fail(str(error))
    if json:
        print_json(as_json(done))
        return
    _tell(done)
    if journal is not None:
        typer.echo(f"journal: {done.journal_rows:,} rows, kept in {journal}")


def as_json(done: Any) -> dict[str, Any]:
    """Return what `--json` prints."""
    from tradewire.domain.numbers import plain

    return {
        "channels": [channel.plain() for channel in done.channels],
        "trades": [part._asdict() for part in done.parts],
        "balances": {name: plain(balance) for name, balance in done.balances.items()},
        "refusals": done.sentences,
        "journal": {"hash": done.journal_hash, "rows": done.journal_rows},
    }


def _tell(done: Any) -> None:
    from tradewire.report.words import money

    rows = []
    for channel in done.channels:
        row = channel.plain() | {name: money(getattr(channel, name)) for name in ("pnl", "fees", "worst")}
        row |= {"refused": sum(channel.refused.values()), "unread": sum(channel.unread.values())}
        rows.append(row)
    print_table(rows, COLUMNS, "no messages")
    for channel in done.channels:
        name = f"{channel.source}/{channel.channel}"
        if channel.unheard:
            typer.echo(f"{name}: {channel.unheard:,} messages lie outside the histories")
        for code, count in channel.refused.most_common():
            typer.echo(f"{name}: {count:,} refused as {code}, such as: {done.sentences[code]}")
        for reason, count in channel.unread.most_common(5):
            typer.echo(f"{name}: {count:,} not read, {reason}")
