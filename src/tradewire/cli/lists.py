"""`status`, `messages`, `signals`, `orders`, `trades`, `positions`: what the hub knows, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from tradewire.cli.options import Account, Data, Json
from tradewire.cli.output import print_foreign, print_json, print_table

Limit = Annotated[int, typer.Option("--limit", metavar="N", min=1, max=1000, help="Rows at most.")]
Symbol = Annotated[str | None, typer.Option("--symbol", metavar="S", help="Only this symbol.")]
Status = Annotated[str | None, typer.Option("--status", metavar="S", help="Only those with this status.")]
Source = Annotated[str | None, typer.Option("--source", metavar="S", help="Only from this source (hook, api, …).")]
Channel = Annotated[str | None, typer.Option("--channel", metavar="C", help="Only from this channel, or webhook.")]
Open = Annotated[bool, typer.Option("--open", help="Only open trades, with the stop and the price as they are now.")]

ACCOUNTS = ["id", "venue", "mode", "ready", "halted", "balance", "equity", "currency", "open_trades", "open_orders"]
MESSAGES = ["ts_init", "id", "source", "channel", "status", "text", "reason"]
SIGNALS = ["ts", "id", "kind", "side", "symbol", "status", "reason"]
ORDERS = [
    "ts_created",
    "client_order_id",
    "account",
    "leg",
    "side",
    "quantity",
    "symbol",
    "type",
    "limit_price",
    "stop_price",
    "filled",
    "average_price",
    "status",
    "reason",
]
TRADES = [
    "ts_opened",
    "id",
    "account",
    "side",
    "quantity",
    "symbol",
    "entry_price",
    "initial_stop",
    "exit_price",
    "status",
    "exit_reason",
    "pnl",
]
OPEN_TRADES = [
    "ts_opened",
    "id",
    "account",
    "side",
    "open_quantity",
    "symbol",
    "entry_price",
    "stop",
    "price",
    "unrealised",
]
POSITIONS = ["account", "mode", "symbol", "quantity", "average_price", "realised", "ts_updated"]


def status(data: Data = None, json: Json = False) -> None:
    """Show how the hub and its accounts stand. Ends with 1 while the hub is not ready."""
    from tradewire.cli.client import connect

    with connect(data) as hub:
        accounts, health = hub.get("/accounts"), hub.get("/health")
    if json:
        print_json(accounts)
    else:
        state = "ready" if health["ready"] else "not ready"
        typer.echo(f"{hub.url} is {state}; {health['backlog']} waiting")
        for sentence in (health["failure"], *health["warnings"]):
            if sentence:
                typer.secho(sentence, fg=typer.colors.RED)
        print_table(accounts, ACCOUNTS, "no accounts")
        print_foreign(accounts)
        for account in accounts:
            if account["not_ready_reason"]:
                typer.secho(f"{account['id']}: {account['not_ready_reason']}", fg=typer.colors.RED)
        for name in health["accounts"].keys() - {account["id"] for account in accounts}:
            typer.secho(f"{name}: {health['accounts'][name]}", fg=typer.colors.RED)
    if not health["ready"]:
        raise typer.Exit(1)


def messages(
    source: Source = None,
    channel: Channel = None,
    status: Status = None,
    limit: Limit = 20,
    data: Data = None,
    json: Json = False,
) -> None:
    """List messages: what came in, and why nothing was done where it could not be read (--status unclear)."""
    query = {"source": source, "channel": channel, "status": status, "limit": limit}
    _show("/messages", query, MESSAGES, data, json)


def signals(
    symbol: Symbol = None, status: Status = None, limit: Limit = 20, data: Data = None, json: Json = False
) -> None:
    """List signals: what the messages were read as."""
    _show("/signals", {"symbol": symbol, "status": status, "limit": limit}, SIGNALS, data, json)


def orders(
    account: Account = None,
    symbol: Symbol = None,
    status: Status = None,
    limit: Limit = 20,
    data: Data = None,
    json: Json = False,
) -> None:
    """List orders, with all that their venues have proven about them."""
    query = {"account": account, "symbol": symbol, "status": status, "limit": limit}
    _show("/orders", query, ORDERS, data, json)


def trades(
    account: Account = None,
    symbol: Symbol = None,
    status: Status = None,
    open: Open = False,
    limit: Limit = 20,
    data: Data = None,
    json: Json = False,
) -> None:
    """List trades: one round trip each."""
    if open:
        if status is not None:
            raise typer.BadParameter("it does not go with --open", param_hint="--status")
        _show("/trades/open", {"account": account, "symbol": symbol}, OPEN_TRADES, data, json, newest=limit)
        return
    query = {"account": account, "symbol": symbol, "status": status, "limit": limit}
    _show("/trades", query, TRADES, data, json)


def positions(account: Account = None, symbol: Symbol = None, data: Data = None, json: Json = False) -> None:
    """List positions: what the fills add up to, net a symbol; below them what the venues hold besides."""
    from tradewire.cli.client import connect

    with connect(data) as hub:
        rows, accounts = hub.get("/positions", {"account": account, "symbol": symbol}), hub.get("/accounts")
    if json:
        print_json(rows)
    else:
        print_table(rows, POSITIONS, "no position of the hub's own")
        print_foreign([each for each in accounts if account in (None, each["id"])], symbol)


def _show(
    path: str, query: dict[str, Any], columns: Sequence[str], data: Path | None, json: bool, newest: int | None = None
) -> None:
    """Print a list; `newest` takes so many of one that comes oldest first."""
    from tradewire.cli.client import connect

    with connect(data) as hub:
        rows = hub.get(path, query)
    if newest is not None:
        rows = rows[::-1][:newest]
    if json:
        print_json(rows)
    else:
        print_table(rows, columns, "nothing yet")
