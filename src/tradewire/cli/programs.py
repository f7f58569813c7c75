"""`programs`: what trades by itself, how it stands, and the words to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tradewire.cli.options import Data, Json
from tradewire.cli.output import print_json, print_table

app = typer.Typer(help="Programs: what trades by itself, by rules with a memory.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="A program of the configuration.")]
COLUMNS = ("name", "kind", "account", "status", "told", "ts_next", "reason")


@app.command("list")
def list_programs(data: Data = None, json: Json = False) -> None:
    """List the programs and how they stand."""
    from tradewire.cli.client import connect

    with connect(data) as hub:
        rows = hub.get("/programs")
    if json:
        print_json(rows)
        return
    print_table(
        ({**row, "status": "asleep" if row["asleep"] else row["status"]} for row in rows),
        COLUMNS,
        "no programs; they are written under `programs` in the configuration",
    )
    for row in rows:
        if row["warning"]:
            typer.secho(f"{row['name']}: {row['warning']}", fg=typer.colors.YELLOW)


@app.command()
def show(name: Name, data: Data = None, json: Json = False) -> None:
    """Tell how one program stands: its parameters, and what it remembers."""
    from tradewire.cli.client import connect

    with connect(data) as hub:
        program = hub.get(f"/programs/{name}")
    if json:
        print_json(program)
        return
    _print(program)
    for title in ("params", "state"):
        typer.secho(f"\n{title}", bold=True)
        for key, value in program[title].items():
            typer.echo(f"  {key}: {value}")


@app.command()
def pause(name: Name, data: Data = None, json: Json = False) -> None:
    """Let a program say nothing until it is resumed; its orders rest, and it hears later what became of them."""
    _ask(name, "pause", data, json)


@app.command()
def resume(name: Name, data: Data = None, json: Json = False) -> None:
    """Let a paused program go on; one that has ended begins anew with the parameters of the configuration."""
    _ask(name, "resume", data, json)


@app.command()
def stop(name: Name, data: Data = None, json: Json = False) -> None:
    """End a program. Its resting orders are cancelled; its trades keep their exits."""
    _ask(name, "stop", data, json)


@app.command()
def kinds(
    kind: Annotated[str | None, typer.Argument(metavar="KIND", help="One kind, with its parameters.")] = None,
    json: Json = False,
) -> None:
    """List the kinds of programs with their parameters. No hub is needed."""
    from tradewire.cli.options import fail
    from tradewire.programs.shipped import SHIPPED, described, summary
    from tradewire.programs.shipped import kind as made
    from tradewire.settings.problems import did_you_mean

    if kind is not None and kind not in SHIPPED:
        fail(f"there is no kind of program {kind!r}{did_you_mean(kind, SHIPPED)}", 2)
    names = sorted(SHIPPED) if kind is None else [kind]
    if json:
        print_json(
            [
                {"kind": name, "summary": summary(made(name)), "parameters": list(described(made(name)))}
                for name in names
            ]
        )
        return
    for name in names:
        typer.secho(name, bold=True)
        typer.echo(summary(made(name)))
        rows = (
            {**row, "default": "(needed)" if row["required"] else _word(row["default"])}
            for row in described(made(name))
        )
        print_table(rows, ("parameter", "default", "least", "most", "description"), "no parameters")


def _word(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else "" if value is None else str(value)


def _ask(name: str, action: str, data: Path | None, json: bool) -> None:
    from tradewire.cli.client import connect

    with connect(data) as hub:
        program = hub.post(f"/programs/{name}/{action}", {})
    if json:
        print_json(program)
    else:
        _print(program)


def _print(program: dict[str, Any]) -> None:
    reason = f" ({program['reason']})" if program["reason"] else ""
    asleep = ", asleep: its account is halted" if program["asleep"] else ""
    told = f": {program['told']}" if program["told"] else ""
    typer.echo(f"{program['name']} is {program['status']}{reason}{asleep}{told}")
    if program["warning"]:
        typer.secho(program["warning"], fg=typer.colors.YELLOW)
