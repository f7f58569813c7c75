"""How answers are printed: JSON for programs, tables and sentences for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import typer

from tradewire.domain.numbers import Rounding, plain, to_step
from tradewire.domain.symbols import canonical

WIDEST = 400
"""Columns a table may take: a narrow terminal wraps its lines, so that an id can still be copied whole."""
LONGEST_TEXT = 80
"""Characters of a message that a table shows."""
FIGURES = frozenset(
    {"average_price", "balance", "entry_price", "equity", "exit_price", "pnl", "realised", "stop", "unrealised"}
)
"""Columns that the hub works out: averages, stops that follow a price, sums of money."""
MOMENTS = {"ts": "time", "ts_init": "received"}
"""What the moments are called whose name in the API says nothing to a person."""
PLANNED = ("leg", "side", "quantity", "symbol", "type", "price")
TAB = "\t"
VERBS = "buy, sell, close, cancel, sl, tp, be, trail, adopt, halt, resume, flatten"
BAD_STAGES = frozenset({"refused", "rejected", "not_replaced"})
GOOD_STAGES = frozenset({"accepted", "filled", "opened", "replaced"})


def print_json(value: Any) -> None:
    """Print one JSON document."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def print_table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], empty: str) -> None:
    """Print `columns` of the rows under their names, or a sentence where there is no row."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(_heading(column), no_wrap=True)
    for row in rows:
        table.add_row(*(_cell(column, row.get(column)) for column in columns))
    if table.row_count:
        Console(highlight=False, markup=False, width=WIDEST).print(table, crop=False, no_wrap=True)
    else:
        typer.echo(empty)


def _heading(column: str) -> str:
    if not column.startswith("ts"):
        return column.replace("_", " ")
    return f"{MOMENTS.get(column) or column.removeprefix('ts_')} (UTC)"


def _cell(column: str, value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str() if column.startswith("ts"):
            return value[:19].replace("T", " ")
        case str() if column == "text":
            words = " ".join(value.split())
            return words if len(words) <= LONGEST_TEXT else words[: LONGEST_TEXT - 2] + " …"
        case str() if column in FIGURES:
            return _readable(Decimal(value))
        case list():
            return ", ".join(str(item) for item in value)
    return str(value)


def _readable(figure: Decimal) -> str:
    """Write a figure to eight digits, or to the cent where it has more before its point."""
    return plain(to_step(figure, Decimal(1).scaleb(-max(2, 7 - figure.adjusted())), Rounding.NEAREST))


def print_foreign(accounts: Iterable[Mapping[str, Any]], only: str | None = None) -> None:
    """Print a line for each position that the hub did not open; `only`: a symbol as somebody typed it."""
    for account in accounts:
        for symbol, quantity in account["foreign"].items():
            if only is None or symbol in (only.upper(), canonical(only)):
                held = f"{account['id']} holds {quantity} {symbol} that the hub did not open"
                typer.secho(f"{held}: `adopt {symbol.lower()}` makes it a trade", fg=typer.colors.YELLOW)


def print_mistake(text: str, reason: str, position: int | None, suggestion: str | None) -> None:
    """Print why a text could not be read: the line, a caret below the place, the reason, the nearest right word."""
    if position is not None:
        start = text.rfind("\n", 0, position) + 1
        before, line = text[start:position], text[start:].partition("\n")[0]
        typer.echo(f"  {line}\n  {''.join(letter if letter == TAB else ' ' for letter in before)}^")
    typer.secho(f"{reason} [unclear]", fg=typer.colors.RED)
    if suggestion:
        typer.echo(f"did you mean {suggestion!r}?")


def print_story(story: Mapping[str, Any]) -> None:
    """Print what came of a message: each signal with its steps, their milliseconds and every refusal in words."""
    if story.get("duplicate"):
        typer.echo("this was known already; nothing was done again")
    if mistake := story.get("mistake"):
        print_mistake(mistake["text"], mistake["reason"], mistake["position"], mistake["suggestion"])
    elif story["reason"]:
        typer.secho(f"nothing was done: {story['reason']} [{story['status']}]", fg=typer.colors.RED)
        if story["status"] == "none":
            typer.echo(f"a command begins with a verb: {VERBS}")
    for signal in story["signals"]:
        what = " ".join(part for part in (signal["kind"], signal["side"], signal["symbol"]) if part)
        typer.secho(f"{signal['signal_id']}  {what}  {signal['status']}", bold=True)
        for step in signal["steps"]:
            code = f" [{step['code']}]" if step["code"] else ""
            line = f"  {step['ms']:9.3f} ms  {step['account'] or '':<10} {step['stage']:<10} {step['text']}{code}"
            typer.secho(line.rstrip(), fg=typer.colors.RED if step["stage"] in BAD_STAGES else None)
    if not story["settled"]:
        typer.echo(f"  … still under way: message {story['message_id']}")


def was_done(story: Mapping[str, Any]) -> bool:
    """Tell whether each signal of a message was taken by at least one account."""
    return bool(story["signals"]) and all(_was_taken(signal) for signal in story["signals"])


def _was_taken(signal: Mapping[str, Any]) -> bool:
    if signal["status"] == "refused":
        return False
    stages: dict[str | None, set[str]] = {}
    for step in signal["steps"]:
        stages.setdefault(step["account"], set()).add(step["stage"])
    accounts = [reached for account, reached in stages.items() if account is not None] or [set()]
    return any(not reached & BAD_STAGES or reached & GOOD_STAGES for reached in accounts)


def print_preview(answer: Mapping[str, Any]) -> None:
    """Print what a command would do: account by account the exact orders, or the refusal."""
    refusal = answer["refusal"]
    if refusal and refusal["code"] == "unclear":
        print_mistake(answer["text"], refusal["sentence"], answer["position"], answer["suggestion"])
        return
    typer.echo(answer["reading"])
    if refusal:
        _print_refusal(refusal)
    for planned in answer["accounts"]:
        typer.secho(f"{planned['account']} ({planned['mode']})", bold=True)
        if planned["refusal"]:
            _print_refusal(planned["refusal"])
        else:
            _print_orders(planned)


def _print_orders(planned: Mapping[str, Any]) -> None:
    """Print the orders as a table, and below it what follows besides; what is cancelled is a sentence, not an order."""
    placed = [order for order in planned["orders"] if order["price"] or order["quantity"]]
    symbol = next((order["symbol"] for order in placed if order["symbol"]), None)
    if placed:
        print_table([{**order, **_of_all(order), "symbol": order["symbol"] or symbol} for order in placed], PLANNED, "")
    told = {order["text"] for order in placed}
    besides = [part for part in planned["summary"].split("; ") if part not in told]
    if besides:
        typer.echo(f"  {'; '.join(besides)}")


def _of_all(order: Mapping[str, Any]) -> Mapping[str, Any]:
    """A stop of a preview has no quantity of its own: it closes what is open when it is touched."""
    return {"quantity": "all"} if order["quantity"] is None else {}


def _print_refusal(refusal: Mapping[str, Any]) -> None:
    typer.secho(f"  {refusal['sentence']} [{refusal['code']}]", fg=typer.colors.RED)


def would_be_done(answer: Mapping[str, Any]) -> bool:
    """Tell whether at least one account would take a command."""
    return answer["refusal"] is None and any(planned["refusal"] is None for planned in answer["accounts"])
