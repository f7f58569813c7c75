"""How a sweep is carried out in front of a person: progress, interruption, the table of the best."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import perf_counter
from typing import Any

import typer
from pydantic import ValidationError

from tradewire.backtest.data.problems import BadHistory
from tradewire.backtest.performing import StrategyFailed
from tradewire.backtest.request import BadRequest, Request
from tradewire.backtest.sweeps.cluster import CeleryJobs, NoCluster, serve
from tradewire.backtest.sweeps.laying import lay_out
from tradewire.backtest.sweeps.page import page
from tradewire.backtest.sweeps.running import Changed, taken_up
from tradewire.backtest.sweeps.service import begun, carried, read
from tradewire.backtest.sweeps.space import read_axes
from tradewire.backtest.sweeps.spec import Objective, Search, Sweep
from tradewire.cli.options import fail
from tradewire.cli.output import print_json, print_table
from tradewire.domain.symbols import nearest
from tradewire.report.words import percent, plain
from tradewire.store.sweeps import NoSweep, SweepStore

INTERRUPTED = 130
"""What a shell expects of a command that was interrupted."""
FLAGS = {"start": "--from", "end": "--to", "hold": "--for"}
SIGNS = {"good": "+", "doubt": "?", "bad": "-"}
TONES = {"good": typer.colors.GREEN, "doubt": typer.colors.YELLOW, "bad": typer.colors.RED}
CHOICES = {"search": Search, "objective": Objective}


def sweep_of(name: str, about: Mapping[str, Any], given: Sequence[tuple[str, str]], told: Mapping[str, Any]) -> Sweep:
    """Return the sweep that is asked, or end the command."""
    for word, choices in CHOICES.items():
        if told[word] not in set(choices):
            near = nearest(told[word], list(choices))
            hint = f" (nearest: {near})" if near else ""
            fail(f"--{word} {told[word]}{hint}: there are {', '.join(choices)}", 2)
    with ending():
        fixed, words, axes = read_axes(name, given)
        request = Request.read({"strategy": name, "params": fixed, **about, **words})
        try:
            return Sweep.model_validate({"request": request, "axes": tuple(axes), **told})
        except ValidationError as error:
            problem = error.errors()[0]
            where = f"--{str(problem['loc'][0]).replace('_', '-')}: " if problem["loc"] else ""
            fail(where + problem["msg"].removeprefix("Value error, "), 2)


def carried_out(
    store: SweepStore,
    *,
    spec: Sweep | None = None,
    id: str = "",
    redis: str | None,
    html: Path | None,
    json: bool,
) -> None:
    """Run a sweep, or what is left of one, and tell what it came to; an interrupted one says how to go on."""
    began = perf_counter()
    with ending():
        jobs = None if redis is None else CeleryJobs(redis)
        laid = taken_up(id, store) if spec is None else lay_out(spec)
        id = id if spec is None else begun(laid, store, jobs)
        refused = laid.space.refused * len(laid.space.ways)
        left_out = f"; {refused:,} more are left out: {laid.space.refusal}" if refused else ""
        typer.echo(f"sweep {id}: {laid.total:,} combinations on {len(laid.bars):,} bars{left_out}", err=True)
        with stopping() as stopped, progressing(f"sweep {id}") as tell:
            found = carried(id, laid, store, tell, stopped.is_set, jobs)
    if found is None:
        done = store.count_done(id)
        again = f"`tradewire sweep resume {id}` goes on"
        fail(f"stopped after {done:,} of {laid.total:,} combinations; {again}", INTERRUPTED)
    found["elapsed_s"] = round(perf_counter() - began, 3)
    _tell(found, html, json)


def told_again(store: SweepStore, id: str, html: Path | None, json: bool) -> None:
    """Show what a sweep came to."""
    with ending():
        row = store.get(id)
    if row.result is None:
        done = f"{store.count_done(id):,} of {row.total:,} combinations"
        fail(f"sweep {id} is not done: {done}; `tradewire sweep resume {id}` goes on")
    _tell(read(row.result), html, json)


def served(redis: str, store: SweepStore) -> None:
    """Work on the chunks of sweeps that others asked for, until the process is told to end."""
    typer.echo(f"working on the sweeps in {store.where}", err=True)
    with ending():
        serve(redis, store)


@contextmanager
def ending() -> Iterator[None]:
    """End the command with a sentence where something cannot be: 2 where it was asked wrongly, else 1."""
    try:
        yield
    except BadRequest as error:
        flag = FLAGS.get(error.field, f"--{error.field.replace('_', '-')}")
        named = error.field not in ("", "strategy", "params", "param")
        fail(f"{flag}: {error.reason}" if named else error.reason, 2)
    except (BadHistory, StrategyFailed, NoSweep, Changed, NoCluster) as error:
        fail(str(error))


@contextmanager
def stopping() -> Iterator[Event]:
    """Lend an event that Ctrl-C (or SIGTERM) sets; the second Ctrl-C ends the program at once."""
    asked = Event()

    def ask(number: int, _frame: object) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def progressing(what: str) -> Iterator[Callable[[int, int], None]]:
    """Lend what shows progress on the error output, where a person looks on."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _tell(found: dict[str, Any], html: Path | None, json: bool) -> None:
    if html is not None:
        try:
            html.write_text(page(found), encoding="utf-8")
        except OSError as error:
            fail(f"{html} cannot be written: {error.strerror}")
    if json:
        print_json(found)
        return
    took = f", {found['elapsed_s']:.2f} s" if "elapsed_s" in found else ""
    trials, profitable = found["trials"], percent(found["profitable"], 0)
    typer.secho(
        f"sweep {found['id']}: {found['strategy']} on {found['bars']:,} bars of {found['symbol']}{took}", bold=True
    )
    tried = f"{trials:,} combinations were tried; {profitable} of them won money" if trials > 1 else "1 was tried"
    typer.echo(f"{tried}. The best by {found['objective']}:")
    print_table(*_best(found), "no combination has a value: none traded often enough")
    judged = found["verdict"]
    typer.secho(f"Verdict: {judged['word']}. {judged['summary']}", bold=True)
    for one in judged["sentences"]:
        typer.secho(f"  {SIGNS[one['weight']]} {one['sentence']}", fg=TONES[one["weight"]])
    if html is not None:
        typer.echo(f"report: {html}")


def _best(found: Mapping[str, Any]) -> tuple[list[dict[str, str]], list[str]]:
    rows = []
    for row in found["best"]:
        told = {name: "none" if value is None else str(value) for name, value in row["set"].items()}
        inside, outside = row["inside"], row["outside"]
        for name, write in (("objective", plain), ("return", percent), ("sharpe", plain), ("max_drawdown", percent)):
            if name == "objective" and found["objective"] in ("sharpe", "return"):
                continue
            told[name] = write(inside[name])
            if outside is not None:
                told[f"{name}: out"] = write(outside[name])
        told["trades"] = str(inside["trades"])
        if outside is not None:
            told["trades: out"] = str(outside["trades"])
        rows.append(told)
    return rows, list(rows[0]) if rows else []
