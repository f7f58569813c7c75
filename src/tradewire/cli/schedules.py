"""`schedules` and `regime`: what is done by the clock, and what kind of market it is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tradewire.cli.options import Data, Json
from tradewire.cli.output import print_json, print_table

app = typer.Typer(help="Schedules: what is done by the clock.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="A schedule of the configuration.")]
COLUMNS = ("name", "rule", "do", "paused", "ts_next", "ts_fired", "did")
REGIMES = ("symbol", "timeframe", "regime", "adx", "efficiency", "slope", "t", "volatility", "ts_closed", "ts_since")


@app.command("list")
def list_schedules(data: Data = None, json: Json = False) -> None:
    """List the schedules: their rules, when they fire next, what they did last."""
    from tradewire.cli.client import connect

    with connect(data) as hub:
        rows = hub.get("/schedules")
    if json:
        print_json(rows)
    else:
        print_table(rows, COLUMNS, "no schedules; they are written under `schedules` in the configuration")


@app.command()
def pause(name: Name, data: Data = None, json: Json = False) -> None:
    """Let a schedule do nothing until it is resumed, also over restarts."""
    _ask(name, "pause", data, json)


@app.command()
def resume(name: Name, data: Data = None, json: Json = False) -> None:
    """Let a schedule go on; what it would have done meanwhile is not made up."""
    _ask(name, "resume", data, json)


@app.command("run-now")
def run_now(name: Name, data: Data = None, json: Json = False) -> None:
    """Do what a schedule does, now, paused or not. Its own moments stay as they are."""
    _ask(name, "run", data, json)


def regime(
    symbol: Annotated[str | None, typer.Argument(metavar="SYMBOL", help="Only this symbol.")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Show what kind of market it is, bull, bear or lateral, with the figures that decide it."""
    from tradewire.cli.client import connect

    with connect(data) as hub:
        rows = hub.get("/regimes", {"symbol": symbol})
    if json:
        print_json(rows)
        return
    print_table(
        (_with_figures(row) for row in rows),
        REGIMES,
        "nothing is judged; name symbols and timeframes under `analysis`, or a `regime` in a route",
    )


def _with_figures(row: dict[str, Any]) -> dict[str, Any]:
    if row["figures"] is None:
        return {**row, "regime": f"unknown ({row['bars']} of {row['needed']} bars)"}
    digits = {"adx": ".1f", "efficiency": ".2f", "slope": "+.3f", "t": "+.1f", "volatility": ".2f"}
    figures = {name: format(row["figures"][name], form) for name, form in digits.items()}
    return {**row, **figures, "slope": f"{figures['slope']} %", "volatility": f"{figures['volatility']} %"}


def _ask(name: str, word: str, data: Path | None, json: bool) -> None:
    from tradewire.cli.client import connect

    with connect(data) as hub:
        row = hub.post(f"/schedules/{name}/{word}", {})
    if json:
        print_json(row)
        return
    if word == "run":
        typer.echo(f"{row['name']} did {row['do']}: {row['did']}")
    else:
        after = "" if row["ts_next"] is None else f"; next at {row['ts_next'][:19].replace('T', ' ')} UTC"
        typer.echo(f"{row['name']} is {'paused' if row['paused'] else 'not paused'}{after}")
