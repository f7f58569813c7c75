"""Reads the configuration for a command, and prints what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer
from msgspec import to_builtins

from tradewire.cli.output import print_json
from tradewire.datadir import DataDir
from tradewire.settings.load import Loaded, load
from tradewire.settings.problems import Problem, SettingsError

FILE_NAME = "tradewire.yaml"


def configuration(given: Path | None, place: DataDir) -> Path | None:
    """Return the file to read: the given one, else `tradewire.yaml` in the data directory if it is there."""
    if given is not None:
        return given
    default = place.root / FILE_NAME
    return default if default.is_file() else None


def loaded(given: Path | None, place: DataDir) -> Loaded:
    """Read the configuration; print every warning. Ends the command with 1 after printing every error."""
    try:
        result = load(configuration(given, place))
    except SettingsError as error:
        tell(error.problems, error.warnings)
        raise typer.Exit(1) from None
    tell((), result.warnings)
    return result


def tell(
    errors: Sequence[Problem],
    warnings: Sequence[Problem],
    *,
    json: bool = False,
    checks: Sequence[dict[str, Any]] = (),
) -> None:
    """Print what was found: as one JSON object with what the plug-ins say, or line by line on standard error."""
    if json:
        print_json({"errors": to_builtins(errors), "warnings": to_builtins(warnings), "checks": checks})
        return
    for problem in errors:
        typer.secho(str(problem), fg=typer.colors.RED, err=True)
    for problem in warnings:
        typer.secho(f"warning: {problem}", fg=typer.colors.YELLOW, err=True)
