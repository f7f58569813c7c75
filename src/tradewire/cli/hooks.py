"""`hooks`: webhooks that other programs post to."""

from __future__ import annotations

from typing import Annotated

import typer

from tradewire.cli.options import Account, Data, Json
from tradewire.cli.output import print_json, print_table

app = typer.Typer(help="Webhooks that other programs post to.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Small letters, digits, - and _.")]


@app.command()
def add(name: Name, account: Account = None, data: Data = None, json: Json = False) -> None:
    """Make a webhook and print its URL, which is shown only now.

    A name that is taken gets a new URL, and the old one ends.
    """
    from tradewire.cli.client import connect

    with connect(data) as hub:
        hook = hub.post("/hooks", {"name": name, "account": account})
    if json:
        print_json(hook)
    else:
        typer.echo(hook["url"])


@app.command("list")
def list_hooks(data: Data = None, json: Json = False) -> None:
    """List the webhooks, without their URLs."""
    from tradewire.cli.client import connect

    with connect(data) as hub:
        hooks = hub.get("/hooks")
    if json:
        print_json(hooks)
    else:
        print_table(hooks, ("name", "account", "ts_created"), "no webhooks; make one with `tradewire hooks add NAME`")
