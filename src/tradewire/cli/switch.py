"""The kill switch: `halt`, `resume`, `flatten`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tradewire.cli.options import Account, Data, Json
from tradewire.cli.output import print_json, print_story, was_done

Wait = Annotated[
    float, typer.Option("--wait", metavar="S", min=0, max=30, help="Seconds that the venues are given to show it.")
]


def halt(account: Account = None, data: Data = None, json: Json = False) -> None:
    """Open nothing new from now on. What is open stays managed until its exits close it."""
    _switch("halt", account, data, json)


def resume(account: Account = None, data: Data = None, json: Json = False) -> None:
    """Allow new trades again."""
    _switch("resume", account, data, json)


def flatten(account: Account = None, wait: Wait = 10.0, data: Data = None, json: Json = False) -> None:
    """Halt, cancel resting orders, and close positions.

    An account is called flat only when its venue shows neither a position nor a resting order of ours; ends with 1
    where one is not. A position that was opened elsewhere is left alone and named.
    """
    from tradewire.cli.client import connect

    with connect(data) as hub:
        results = hub.post("/flatten", {"account": account, "wait": wait})
    if json:
        print_json(results)
    else:
        for result in results:
            state = (
                "flat" if result["flat"] else f"NOT flat: {', '.join(result['remaining']) or 'not shown by its venue'}"
            )
            halted = "; new entries are halted until `tradewire resume`"
            orders = "1 order" if result["cancelled"] == 1 else f"{result['cancelled']} orders"
            trades = "1 trade" if result["closed"] == 1 else f"{result['closed']} trades"
            typer.secho(
                f"{result['account']}: {state} ({orders} cancelled, {trades} closed){halted}",
                fg=None if result["flat"] else typer.colors.RED,
            )
    if not all(result["flat"] for result in results):
        raise typer.Exit(1)


def _switch(word: str, account: str | None, data: Path | None, json: bool) -> None:
    from tradewire.cli.client import connect

    with connect(data) as hub:
        result = hub.post(f"/{word}", {"account": account})
    done = was_done(result["story"]) and all(switch["halted"] is (word == "halt") for switch in result["accounts"])
    if json:
        print_json(result)
    else:
        for switch in result["accounts"]:
            typer.echo(f"{switch['account']}: {'halted' if switch['halted'] else 'open for new trades'}")
        if not done:
            print_story(result["story"])
    if not done:
        raise typer.Exit(1)
