"""`strategy`: what strategies there are, and whether one can be trusted. `new`: the beginning of one's own."""

from __future__ import annotations

import json as json_text
from pathlib import Path
from typing import Annotated, Any

import typer

from tradewire.cli.options import Json, fail
from tradewire.cli.output import print_json, print_table

app = typer.Typer(help="Strategies: what there is, and whether one can be trusted.", no_args_is_help=True)
new = typer.Typer(help="Begin something of your own.", no_args_is_help=True)

CHECKED = 4000
"""Bars that a check makes, besides the warm-up."""

Name = Annotated[str, typer.Argument(metavar="STRATEGY", help="An id, module:Class or file.py:Class.")]
Given = Annotated[
    list[str] | None, typer.Option("--param", "-p", metavar="NAME=VALUE", help="A parameter; may be given many times.")
]


@app.command("list")
def list_strategies(json: Json = False) -> None:
    """List the strategies that are shipped."""
    from tradewire.strategies.finding import find, summary
    from tradewire.strategies.shipped import SHIPPED

    rows: list[dict[str, Any]] = []
    for name in sorted(SHIPPED):
        made = find(name)
        defaults = {key: field.default for key, field in made.Params.model_fields.items()}
        rows.append({"id": name, "summary": summary(made), "defaults": defaults})
    if json:
        print_json(rows)
    else:
        shown = ({**row, "defaults": _words(row["defaults"])} for row in rows)
        print_table(shown, ("id", "summary", "defaults"), "no strategies")


@app.command()
def show(name: Name, json: Json = False) -> None:
    """Tell what a strategy does and what parameters it takes."""
    from inspect import cleandoc

    from tradewire.strategies.finding import summary

    strategy = made_strategy(name)
    defaults = read_given(strategy, None)
    properties = type(strategy).Params.model_json_schema().get("properties", {})
    rows = [
        {
            "parameter": key,
            "type": field.get("type"),
            "default": field.get("default"),
            "least": field.get("minimum", field.get("exclusiveMinimum")),
            "most": field.get("maximum", field.get("exclusiveMaximum")),
            "description": field.get("description"),
        }
        for key, field in properties.items()
    ]
    warmup = strategy.warmup(defaults)
    if json:
        print_json(
            {"id": strategy.name, "summary": summary(type(strategy)), "warmup": warmup, "parameters": rows},
        )
        return
    typer.secho(strategy.name, bold=True)
    typer.echo(cleandoc(type(strategy).__doc__ or ""))
    typer.echo(f"\nWith its defaults it needs {warmup} bars before a bar.")
    print_table(rows, ("parameter", "type", "default", "least", "most", "description"), "no parameters")


@app.command()
def check(
    name: Name,
    param: Given = None,
    data: Annotated[
        Path | None, typer.Option("--data", metavar="FILE", help="A history; else bars are made of chance.")
    ] = None,
    timeframe: Annotated[str, typer.Option("--timeframe", metavar="T", help="How long made bars last: 1m, 1h.")] = "1m",
    json: Json = False,
) -> None:
    """Look for what makes a strategy better on history than live: looking ahead, too short a warm-up.

    Ends with 1 where something grave is found. Nothing found is a good sign, not a proof.
    """
    from tradewire.strategies.check import check as findings_of

    strategy = made_strategy(name)
    params = read_given(strategy, param)
    bars = _bars(strategy, params, data, timeframe)
    findings = findings_of(strategy, params, bars)
    if json:
        print_json(
            {
                "id": strategy.name,
                "bars": len(bars),
                "findings": [
                    {"fault": found.fault, "sentence": found.sentence, "row": found.row, "grave": found.grave}
                    for found in findings
                ],
            }
        )
    for found in [] if json else findings:
        typer.secho(f"{found.sentence} [{found.fault}]", fg=typer.colors.RED if found.grave else typer.colors.YELLOW)
    if any(found.grave for found in findings):
        raise typer.Exit(1)
    if not json:
        typer.echo(f"{strategy.name}: no look-ahead, and its warm-up is long enough, on {len(bars)} bars")


@new.command("strategy")
def new_strategy(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Small letters, digits and -, such as my-idea.")],
    file: Annotated[Path | None, typer.Option("--file", metavar="FILE", help="Where to write it.")] = None,
) -> None:
    """Write a strategy with comments, to begin with. What is there already is never overwritten."""
    from tradewire.strategies.template import class_name, file_name, written

    try:
        text = written(name)
    except ValueError as error:
        fail(str(error), 2)
    path = file or Path(file_name(name))
    try:
        with path.open("x", encoding="utf-8") as handle:
            handle.write(text)
    except FileExistsError:
        fail(f"{path} is there already, and stays as it is")
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}")
    typer.echo(f"wrote {path}; try it: tradewire strategy check {path}:{class_name(name)}")


def made_strategy(name: str) -> Any:
    """Return the strategy of that name, or end the command."""
    from tradewire.strategies.finding import NoStrategy, make

    try:
        return make(name)
    except NoStrategy as error:
        fail(str(error), 2)


def read_given(strategy: Any, given: list[str] | None) -> Any:
    """Return the strategy's parameters, those given and its defaults, or end the command."""
    from tradewire.strategies.finding import BadParams, read_params

    try:
        return read_params(type(strategy), read_pairs(given))
    except BadParams as error:
        fail(str(error), 2)


def read_pairs(given: list[str] | None) -> dict[str, str]:
    """Return NAME=VALUE texts by their names, or end the command."""
    pairs = {}
    for text in given or ():
        key, sign, value = text.partition("=")
        if not sign:
            fail(f"--param {text}: write NAME=VALUE", 2)
        pairs[key.strip()] = value.strip()
    return pairs


def _bars(strategy: Any, params: Any, data: Path | None, timeframe: str) -> Any:
    if data is not None:
        from tradewire.backtest.data.loading import load
        from tradewire.backtest.data.problems import BadHistory

        try:
            return load(data)
        except BadHistory as error:
            fail(str(error))
    from tradewire.backtest.made import made_bars
    from tradewire.domain.timeframes import parse_timeframe

    try:
        needs = strategy.warmup(params)
    except Exception:  # the check tells it, with its line
        needs = 0
    try:
        return made_bars((needs if isinstance(needs, int) else 0) + CHECKED, parse_timeframe(timeframe))
    except ValueError as error:
        fail(str(error), 2)


def _words(defaults: dict[str, Any]) -> str:
    return ", ".join(f"{key} {json_text.dumps(value)}" for key, value in defaults.items())
