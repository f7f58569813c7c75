"""`config`: check, show and describe the configuration."""

from __future__ import annotations

import sys

import typer

from tradewire.cli.options import ConfigFile, Data, Json, directory
from tradewire.cli.output import print_json

app = typer.Typer(help="Check, show and describe the configuration.", no_args_is_help=True)


@app.command()
def check(config: ConfigFile = None, data: Data = None, json: Json = False) -> None:
    """Say everything that is wrong with the configuration, each with its line. Ends with 1 where anything is.

    With --json: {"errors": […], "warnings": […]}.
    """
    from tradewire.cli.configured import configuration, tell
    from tradewire.settings.load import load
    from tradewire.settings.problems import SettingsError

    try:
        result = load(configuration(config, directory(data)))
    except SettingsError as error:
        tell(error.problems, error.warnings, json=json)
        raise typer.Exit(1) from None
    tell((), result.warnings, json=json)
    if not json:
        typer.echo(f"{result.document.name}: in order, {len(result.settings.accounts)} account(s)")


@app.command()
def show(config: ConfigFile = None, data: Data = None, json: Json = False) -> None:
    """Print the configuration as it holds, defaults included. Secrets are never shown."""
    from tradewire.cli.configured import loaded
    from tradewire.settings.show import shown

    values = shown(loaded(config, directory(data)))
    if json:
        print_json(values)
    else:
        from ruamel.yaml import YAML

        YAML(typ="safe", pure=True).dump(values, sys.stdout)


@app.command()
def schema(json: Json = True) -> None:
    """Print the JSON schema of the configuration, for editors."""
    from tradewire.settings.schema import schema as json_schema

    print_json(json_schema())
