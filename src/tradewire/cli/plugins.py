"""`plugins`: what a configuration can name."""

from __future__ import annotations

import typer

from tradewire.cli.options import ConfigFile, Data, Json, directory
from tradewire.cli.output import print_json, print_table

app = typer.Typer(help="Venues, feeds, sources and notifiers.", no_args_is_help=True)

COLUMNS = ("kind", "id", "title", "origin", "needs", "about")


@app.command("list")
def list_plugins(config: ConfigFile = None, data: Data = None, json: Json = False) -> None:
    """List the plug-ins: built-in, installed, and yours that the configuration names. A broken one says why."""
    from tradewire.cli.configured import loaded
    from tradewire.settings.plugins import listed

    result = loaded(config, directory(data))
    rows = list(listed(result.settings, result.registry))
    if json:
        print_json(rows)
    else:
        print_table(({**row, "about": row["broken"] or row["summary"]} for row in rows), COLUMNS, "no plug-ins")
