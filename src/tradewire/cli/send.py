"""`send` and `preview`: a line as a person types it."""

from __future__ import annotations

from typing import Annotated

import typer

from tradewire.cli.options import Account, Data, Json, Url
from tradewire.cli.output import print_json, print_preview, print_story, was_done, would_be_done

Text = Annotated[list[str], typer.Argument(metavar="TEXT", help='Such as "buy btc 80 -tsl 2.8 -e paper".')]
Id = Annotated[str | None, typer.Option("--message-id", metavar="ID", help="A second one with this ID does nothing.")]
Wait = Annotated[
    float, typer.Option("--wait", metavar="S", min=0, max=30, help="Seconds to wait until all is settled.")
]

AS_TYPED = {"ignore_unknown_options": True, "help_option_names": ["--help"]}
"""Flags of the text (-tsl, -e) are no options of these commands, quoted or not."""


def send(
    text: Text,
    account: Account = None,
    url: Url = None,
    data: Data = None,
    message_id: Id = None,
    wait: Wait = 5.0,
    json: Json = False,
) -> None:
    """Send a command and print its trace, refusals included.

    Ends with 1 when the command could not be read, or when no account took it.
    """
    from tradewire.cli.client import connect

    body = {"text": " ".join(text), "account": account, "id": message_id, "wait": wait}
    with connect(data, url) as hub:
        story = hub.post("/commands", body)
    if json:
        print_json(story)
    else:
        print_story(story)
    if not was_done(story):
        raise typer.Exit(1)


def preview(text: Text, account: Account = None, url: Url = None, data: Data = None, json: Json = False) -> None:
    """Show the exact orders that a command would place now, and why, or why not. Nothing is done.

    Ends with 1 when the command could not be read, or when no account would take it.
    """
    from tradewire.cli.client import connect

    with connect(data, url) as hub:
        answer = hub.post("/preview", {"text": " ".join(text), "account": account})
    if json:
        print_json(answer)
    else:
        print_preview(answer)
    if not would_be_done(answer):
        raise typer.Exit(1)
