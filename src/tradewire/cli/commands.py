"""All commands in the order in which the help shows them."""

from __future__ import annotations

from typing import Annotated

import typer

from tradewire import __version__
from tradewire.cli import (
    backtest,
    config,
    data,
    histories,
    hooks,
    lists,
    plugins,
    programs,
    reading,
    replaying,
    run,
    schedules,
    send,
    strategies,
    sweep,
    switch,
)
from tradewire.cli.console.command import console

app = typer.Typer(
    help="Any signal in, any venue out, every order accounted for.",
    epilog="Exit codes: 0 done, 1 refused or failed, 2 wrong usage.",
    no_args_is_help=True,
    rich_markup_mode=None,  # the plain help is there three times sooner
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command()(run.run)
app.command()(console)
app.command(context_settings=send.AS_TYPED)(send.send)
app.command(context_settings=send.AS_TYPED)(send.preview)
app.command()(reading.parse)
app.command()(lists.status)
app.command()(lists.messages)
app.command()(lists.signals)
app.command()(lists.orders)
app.command()(lists.trades)
app.command()(lists.positions)
app.command()(switch.halt)
app.command()(switch.resume)
app.command()(switch.flatten)
app.add_typer(hooks.app, name="hooks")
app.add_typer(config.app, name="config")
app.add_typer(plugins.app, name="plugins")
app.command()(backtest.backtest)
app.command()(replaying.backtest_signals)
app.add_typer(sweep.app, name="sweep")
app.add_typer(histories.app, name="data")
app.add_typer(programs.app, name="programs")
app.add_typer(schedules.app, name="schedules")
app.command()(schedules.regime)
app.add_typer(strategies.app, name="strategy")
app.add_typer(strategies.new, name="new")
app.command()(data.verify)
app.command()(data.backup)
app.command()(data.restore)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def tradewire(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Any signal in, any venue out, every order accounted for."""
