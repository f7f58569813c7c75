"""Options that several commands share, and the ways in which a command ends."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from tradewire.datadir import DataDir, data_dir

Data = Annotated[
    Path | None,
    typer.Option(
        "--data", metavar="DIR", envvar="TRADEWIRE_DATA", help="The hub's data directory.", show_default="~/.tradewire"
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Account = Annotated[str | None, typer.Option("--account", metavar="A", help="Only this account.")]
Url = Annotated[
    str | None,
    typer.Option(
        "--url",
        metavar="URL",
        envvar="TRADEWIRE_URL",
        help="Address of a hub elsewhere; its access key comes from TRADEWIRE_TOKEN.",
    ),
]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", envvar="TRADEWIRE_CONFIG", help="The configuration, a YAML file."),
]


def directory(data: Path | None) -> DataDir:
    """Return the data directory that the options and the environment name."""
    return data_dir(data, os.environ)


def fail(sentence: str, code: int = 1) -> NoReturn:
    """End the command and say why: with 1 where something was refused or failed, with 2 where it was asked wrongly."""
    typer.echo(f"tradewire: {sentence}", err=True)
    raise typer.Exit(code)
