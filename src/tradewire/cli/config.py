"""`config`: check, show and describe the configuration."""

from __future__ import annotations

import sys
import time
from typing import Annotated

import typer

from tradewire.cli.options import ConfigFile, Data, Json, directory
from tradewire.cli.output import print_json, print_table

app = typer.Typer(help="Check, show and describe the configuration.", no_args_is_help=True)

Offline = Annotated[bool, typer.Option("--offline", help="Check the file alone: no plug-in tries its settings.")]

CHECKED = ("path", "type", "what", "ok", "detail")


class WallClock:
    """The machine's clock, for checks outside of a hub."""

    def now(self) -> int:
        return time.time_ns()


@app.command()
def check(config: ConfigFile = None, data: Data = None, offline: Offline = False, json: Json = False) -> None:
    """Say everything that is wrong with the configuration, each with its line, and let the plug-ins try their settings.

    They only read: nothing is ordered or sent. Ends with 1 where anything is wrong, or would not work.
    With --json: {"errors": […], "warnings": […], "checks": […]}.
    """
    from tradewire.cli.configured import configuration, tell
    from tradewire.settings.load import load
    from tradewire.settings.problems import SettingsError
    from tradewire.settings.trial import tried

    try:
        result = load(configuration(config, directory(data)))
    except SettingsError as error:
        tell(error.problems, error.warnings, json=json)
        raise typer.Exit(1) from None
    trials = [] if offline else tried(result, WallClock())
    checks = [trial.values() for trial in trials]
    if json:
        tell((), result.warnings, json=True, checks=checks)
    else:
        rows = [{**check, **finding} for check in checks for finding in check["findings"]]
        if rows:
            print_table(rows, CHECKED, "")
        tell([problem for trial in trials for problem in trial.problems(result.document)], result.warnings)
    failed = sum(not trial.ok for trial in trials)
    if failed:
        if not json:
            typer.echo(f"{result.document.name}: {failed} of {len(trials)} plug-ins would not work")
        raise typer.Exit(1)
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
