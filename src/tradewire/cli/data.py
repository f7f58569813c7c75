"""`verify`, `backup`, `restore`: the data directory itself, with or without a running hub."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tradewire.cli.options import Data, Json, directory, fail
from tradewire.cli.output import print_json

Target = Annotated[Path, typer.Argument(metavar="FILE", help="A file that is not there yet.")]
Backup = Annotated[Path, typer.Argument(metavar="FILE", help="What `tradewire backup` made.")]


def verify(data: Data = None, json: Json = False) -> None:
    """Fold the journal again, check its hash chain, and compare the result with what the screens show.

    Only reads; the hub may run meanwhile. Ends with 1 where anything differs.
    """
    from tradewire.engine.verify import verify as check
    from tradewire.store import StoreError
    from tradewire.store.journal import TO_MEND

    place = directory(data)
    try:
        result = check(place.database)
    except StoreError as error:
        fail(str(error))
    if json:
        print_json({"rows": result.rows, "streams": result.streams, "differences": list(result.differences)})
    else:
        for difference in result.differences:
            typer.secho(difference, fg=typer.colors.RED)
        found = len(result.differences)
        verdict = "in order" if not found else "1 difference" if found == 1 else f"{found} differences"
        typer.echo(f"{place.database}: {result.rows} journal rows in {result.streams} streams, {verdict}")
        if not result.sound:
            typer.echo(f"The journal is not what was written. {TO_MEND}.")
        elif found:
            typer.echo(f"The journal is what was written; what is shown does not follow from it. {TO_MEND}.")
    if result.differences:
        raise typer.Exit(1)


def backup(target: Target, data: Data = None, json: Json = False) -> None:
    """Copy the database to one file, while the hub runs or not, and prove that the copy is sound."""
    from tradewire.store import StoreError
    from tradewire.store import backup as copy

    place = directory(data)
    try:
        rows = copy(place.database, target)
    except StoreError as error:
        fail(str(error))
    if json:
        print_json({"file": str(target), "rows": rows, "bytes": target.stat().st_size})
    else:
        typer.echo(f"{target}: {rows} journal rows, {target.stat().st_size} bytes, checked")


def restore(source: Backup, data: Data = None, json: Json = False) -> None:
    """Put a backup in the place of the database. The hub must be stopped; the replaced file is kept beside it."""
    from tradewire.datadir import DataDirUnusable
    from tradewire.store import StoreError
    from tradewire.store import restore as put

    place = directory(data)
    try:
        place.ensure_free()
    except DataDirUnusable as error:
        fail(f"{error}: stop it first")
    try:
        with place.held():
            result = put(place.database, source)
    except (StoreError, DataDirUnusable) as error:
        fail(str(error))
    if json:
        print_json({"file": str(result.path), "rows": result.rows, "kept": result.kept and str(result.kept)})
    else:
        kept = f"; what was there is kept as {result.kept}" if result.kept else ""
        typer.echo(f"{result.path}: restored from {source}, {result.rows} journal rows, checked{kept}")
