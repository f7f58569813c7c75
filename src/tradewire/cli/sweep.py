"""`sweep`: many combinations of parameters on one history, and how far the best can be believed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from tradewire.cli.options import Json, fail
from tradewire.cli.output import print_json, print_table
from tradewire.cli.strategies import Name


class Group(TyperGroup):
    """`sweep STRATEGY …` runs one; only the other commands are named."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command in front that is meant where none is named."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["run", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=Group,
    help="Search parameters: `sweep STRATEGY --data F --param fast=5:50:5 --param sl=1%,2%`.",
    no_args_is_help=True,
)
Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="URL",
        envvar="TRADEWIRE_DATABASE",
        help="Where sweeps are kept: a file or postgresql://….",
        show_default="the hub's",
    ),
]
Redis = Annotated[
    str | None,
    typer.Option(
        "--redis", metavar="URL", envvar="TRADEWIRE_REDIS", help="Have the workers at this Redis do it: redis://host/0."
    ),
]
Html = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a report there.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="The id of a sweep, as `sweep list` shows it.")]


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def run(
    ctx: typer.Context,
    name: Name,
    data: Annotated[str, typer.Option("--data", metavar="F", help="A file of bars, or SYMBOL/1m of those imported.")],
    param: Annotated[
        list[str] | None,
        typer.Option("--param", "-p", metavar="NAME=VALUES", help="5:50:5, or 1%,2%,3%, or one value."),
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option("--where", metavar="CONDITION", help="What combinations must meet: fast<slow.")
    ] = None,
    search: Annotated[str, typer.Option("--search", metavar="S", help="grid, random or optuna.")] = "grid",
    trials: Annotated[
        int | None, typer.Option("--trials", metavar="N", help="Combinations of random or optuna.", show_default="100")
    ] = None,
    objective: Annotated[
        str,
        typer.Option(
            "--objective",
            metavar="O",
            help="sharpe, sortino, return, calmar, profit_factor, expectancy, win_rate or drawdown.",
        ),
    ] = "sharpe",
    least_trades: Annotated[int, typer.Option("--least-trades", metavar="N", help="Fewer trades do not count.")] = 1,
    holdout: Annotated[str, typer.Option("--holdout", metavar="P", help="Share that no search sees: 30%.")] = "0%",
    folds: Annotated[
        int | None,
        typer.Option("--walk-forward", metavar="N", help="Trade the best of the past on what comes next, N times."),
    ] = None,
    anchored: Annotated[
        bool, typer.Option("--anchored", help="The past of a walk-forward begins at the beginning, each time.")
    ] = False,
    paths: Annotated[
        int, typer.Option("--monte-carlo", metavar="N", help="Draw the trades again N times; 0 = not at all.")
    ] = 1000,
    ruin: Annotated[
        str, typer.Option("--ruin", metavar="P", help="Ruined is who has less than this of the cash.")
    ] = "50%",
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Of everything that is drawn by chance.")] = 1,
    chunk: Annotated[
        int | None,
        typer.Option("--chunk", metavar="N", help="Combinations kept at once.", show_default="about a second's"),
    ] = None,
    start: Annotated[str | None, typer.Option("--from", metavar="T", help="First moment (UTC if unsaid).")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="T", help="Moment after the last one.")] = None,
    symbol: Annotated[str | None, typer.Option("--symbol", metavar="S", help="What the file is a history of.")] = None,
    cash: Annotated[float, typer.Option("--cash", metavar="N", help="Money to begin with.")] = 10_000.0,
    html: Html = None,
    redis: Redis = None,
    database: Database = None,
    json: Json = False,
) -> None:
    """Try every combination, or many. Takes the words of `backtest` too, each with one value or many: --sl 1%,2%,3%."""
    from tradewire.cli.sweeping import carried_out, sweep_of

    told: dict[str, Any] = {"where": tuple(where or ()), "search": search, "trials": trials, "objective": objective}
    told |= {"least_trades": least_trades, "holdout": _share("--holdout", holdout), "seed": seed, "chunk": chunk}
    told |= {"walk_forward": None if folds is None else {"folds": folds, "anchored": anchored}}
    told |= {"paths": paths, "ruin": _share("--ruin", ruin)}
    about = {"data": data, "symbol": symbol, "start": start, "end": end, "cash": cash}
    spec = sweep_of(name, about, [*_pairs(param or ()), *_extra(ctx.args)], told)
    with opened(database) as store:
        carried_out(store, spec=spec, redis=redis, html=html, json=json)


@app.command()
def resume(id: Id, html: Html = None, redis: Redis = None, database: Database = None, json: Json = False) -> None:
    """Go on with an interrupted sweep where it stopped."""
    from tradewire.cli.sweeping import carried_out

    with opened(database) as store:
        carried_out(store, id=id, redis=redis, html=html, json=json)


@app.command()
def worker(
    redis: Annotated[
        str, typer.Option("--redis", metavar="URL", envvar="TRADEWIRE_REDIS", help="Where work is given out.")
    ],
    database: Database = None,
) -> None:
    """Work on sweeps that are started with --redis elsewhere, until it is stopped."""
    from tradewire.cli.sweeping import served

    with opened(database) as store:
        served(redis, store)


@app.command("list")
def list_sweeps(database: Database = None, json: Json = False) -> None:
    """List the sweeps, newest first."""
    import numpy as np

    with opened(database) as store:
        rows = [
            {
                "id": row.id,
                "strategy": row.strategy,
                "data": row.data,
                "status": row.status,
                "done": store.count_done(row.id),
                "total": row.total,
                "ts_created": f"{np.datetime64(row.ts_created, 'ns').astype('M8[s]')}Z",
            }
            for row in store.listed()
        ]
    if json:
        print_json(rows)
    else:
        print_table(rows, ("id", "strategy", "data", "status", "done", "total", "ts_created"), "no sweeps")


@app.command()
def show(id: Id, html: Html = None, database: Database = None, json: Json = False) -> None:
    """Show what a sweep came to."""
    from tradewire.cli.sweeping import told_again

    with opened(database) as store:
        told_again(store, id, html, json)


@contextmanager
def opened(database: str | None) -> Iterator[Any]:
    """Lend the database of sweeps, or end the command."""
    from tradewire.datadir import DataDirUnusable, data_dir
    from tradewire.store.errors import StoreError
    from tradewire.store.sweeps import SweepStore

    place = data_dir(None, os.environ)
    try:
        if database is None:
            place.make()
        with SweepStore.open(database or place.database) as store:
            yield store
    except (StoreError, DataDirUnusable) as error:
        fail(str(error))


def _pairs(given: Sequence[str]) -> list[tuple[str, str]]:
    pairs = []
    for text in given:
        key, sign, values = text.partition("=")
        if not sign:
            fail(f"--param {text}: write NAME=VALUES", 2)
        pairs.append((key.strip(), values.strip()))
    return pairs


def _extra(args: Sequence[str]) -> list[tuple[str, str]]:
    """Return the words of a backtest, `--sl 1%,2%` or `--sl=1%,2%`, as names and values."""
    pairs, rest = [], list(args)
    while rest:
        flag, sign, value = rest.pop(0).partition("=")
        if not flag.startswith("--"):
            fail(f"{flag!r} was not expected: a sweep has one strategy, and options", 2)
        if flag == "--eod" and not sign:
            sign, value = "=", "true"
        if not sign and not rest:
            fail(f"{flag} needs a value", 2)
        pairs.append((flag[2:].replace("-", "_"), value if sign else rest.pop(0)))
    return pairs


def _share(flag: str, text: str) -> float:
    try:
        value = float(text.removesuffix("%")) / 100 if text.endswith("%") else float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1:
        fail(f"{flag} {text}: a share is meant, such as 30%", 2)
    return value
