"""`backtest`: what a strategy would have come to on a history."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer

from tradewire.backtest.choices import FillAt, Fills, Lane, Sides, StopsActive
from tradewire.cli.options import Json, fail
from tradewire.cli.output import print_json, print_table
from tradewire.cli.strategies import Given, Name, read_pairs

LEFT_OUT = ("unaffordable", "unmeasured", "untradable", "crowded")

FLAGS = {"start": "--from", "end": "--to", "hold": "--for"}
"""Options that are named otherwise than the fields of a request."""


def backtest(
    name: Name,
    data: Annotated[list[str], typer.Option("--data", metavar="F", help="A file of bars, or SYMBOL/1m; one or more.")],
    param: Given = None,
    side: Annotated[Sides | None, typer.Option("--side", help="Take these entries only: long if unsaid.")] = None,
    sl: Annotated[str | None, typer.Option("--sl", metavar="D", help="Stop: 2%, 30p, 2atr.")] = None,
    tp: Annotated[str | None, typer.Option("--tp", metavar="D", help="Target, or several: 2%@50%,4%.")] = None,
    tsl: Annotated[str | None, typer.Option("--tsl", metavar="D", help="Trailing stop: 2%, 30p, 2atr.")] = None,
    be: Annotated[str | None, typer.Option("--be", metavar="D", help="Stop to the entry once so much is won.")] = None,
    hold: Annotated[str | None, typer.Option("--for", metavar="T", help="Close a trade after this time: 4h.")] = None,
    eod: Annotated[bool, typer.Option("--eod", help="Close at the end of the session.")] = False,
    session: Annotated[str | None, typer.Option("--session", metavar="S", help="fx, us, or such as XNYS.")] = None,
    fills: Annotated[Fills | None, typer.Option("--fills", help="What is assumed inside a bar.")] = None,
    stops_active: Annotated[StopsActive | None, typer.Option("--stops-active", help="Stops act from here on.")] = None,
    fill: Annotated[FillAt | None, typer.Option("--fill", help="Where orders are filled.")] = None,
    inside: Annotated[str | None, typer.Option("--inside", metavar="F", help="Bars that tell what came first.")] = None,
    fee: Annotated[str, typer.Option("--fee", metavar="P", help="Fee at each side, in percent: 0.1%.")] = "0%",
    spread: Annotated[float, typer.Option("--spread", metavar="N", help="Bid to ask, in price.", min=0)] = 0.0,
    slippage: Annotated[str, typer.Option("--slippage", metavar="P", help="Lost at each fill, in percent.")] = "0%",
    funding: Annotated[str | None, typer.Option("--funding", metavar="R", help="0.01%/8h, or a file.")] = None,
    qty: Annotated[str | None, typer.Option("--qty", metavar="N", help="Units of each trade.")] = None,
    size: Annotated[str | None, typer.Option("--size", metavar="S", help="As in commands: 80, 2%, risk 1%.")] = None,
    cash: Annotated[float, typer.Option("--cash", metavar="N", help="Money to begin with.")] = 10_000.0,
    leverage: Annotated[float, typer.Option("--leverage", metavar="N", help="How often cash may be used.")] = 1.0,
    max_open: Annotated[int | None, typer.Option("--max-open", metavar="N", help="Trades open at a time.")] = None,
    pip: Annotated[float | None, typer.Option("--pip", metavar="N", help="The size of a pip, for 30p.")] = None,
    qty_step: Annotated[float | None, typer.Option("--qty-step", metavar="N", help="Quantities go in steps.")] = None,
    min_qty: Annotated[float | None, typer.Option("--min-qty", metavar="N", help="The smallest entry.")] = None,
    max_qty: Annotated[float | None, typer.Option("--max-qty", metavar="N", help="The largest entry.")] = None,
    min_notional: Annotated[float | None, typer.Option("--min-notional", metavar="N", help="The least value.")] = None,
    tick: Annotated[float | None, typer.Option("--tick", metavar="N", help="Stops and targets go in ticks.")] = None,
    start: Annotated[str | None, typer.Option("--from", metavar="T", help="First moment (UTC if unsaid).")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="T", help="Moment after the last one.")] = None,
    symbol: Annotated[str | None, typer.Option("--symbol", metavar="S", help="What the file is a history of.")] = None,
    lane: Annotated[Lane | None, typer.Option("--lane", help="A loop over the bars, or the whole engine.")] = None,
    latency: Annotated[int, typer.Option("--latency", metavar="MS", help="Until an order arrives (exact lane).")] = 0,
    journal: Annotated[Path | None, typer.Option("--journal", metavar="FILE", help="Keep the exact lane's.")] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a report there.")] = None,
    json: Json = False,
) -> None:
    """Trade a strategy or a program on a history, with the exits that the hub trades with."""
    began = perf_counter()
    asked: dict[str, Any] = {
        "strategy": name,
        "params": read_pairs(param),
        "data": data[0],
        "also": data[1:] or None,
        "max_open": max_open,
        "symbol": symbol,
        "start": start,
        "end": end,
        "side": side,
        "sl": sl,
        "tp": tp,
        "tsl": tsl,
        "be": be,
        "hold": hold,
        "eod": eod or None,
        "session": session,
        "inside": inside,
        "funding": funding,
        "fills": fills,
        "stops_active": stops_active,
        "fill": fill,
        "fee": fee,
        "spread": spread,
        "slippage": slippage,
        "qty": qty,
        "size": size,
        "cash": cash,
        "leverage": leverage,
        "pip": pip,
        "lane": lane,
        "latency": latency,
        "qty_step": qty_step,
        "min_qty": min_qty,
        "max_qty": max_qty,
        "min_notional": min_notional,
        "tick": tick,
    }
    done = performed({key: value for key, value in asked.items() if value is not None}, journal)
    from tradewire.report.result import as_json
    from tradewire.report.statistics import statistics

    outcome, made = done.outcome, done.run
    found = statistics(made)
    if html is not None:
        from tradewire.report.html import page

        try:
            html.write_text(page(made, found), encoding="utf-8")
        except OSError as error:
            fail(f"{html} cannot be written: {error.strerror}")
    elapsed = perf_counter() - began
    if json:
        left_out = {name: getattr(outcome, name) for name in LEFT_OUT if hasattr(outcome, name)}
        told = as_json(made, found, str(made.settings["lane"]), round(elapsed, 3)) | {"left_out": left_out}
        kept = {name: asdict(part) for name in ("journal", "program") if (part := getattr(done, name)) is not None}
        print_json(told | kept)
        return
    _tell(made.name, len(made.ts), outcome, found, elapsed)
    if done.program is not None:
        reason = f" ({done.program.reason})" if done.program.reason else ""
        typer.echo(f"the program was {done.program.status}{reason} at the end: {done.program.told}")
    if done.journal is not None:
        _tell_journal(done.journal, journal)
    if html is not None:
        typer.echo(f"report: {html}")


def _tell_journal(kept: Any, path: Path | None) -> None:
    typer.echo(f"journal: {kept.rows:,} rows, {kept.hash}{'' if path is None else f', kept in {path}'}")
    for code, count in sorted(kept.refusals.items()):
        typer.echo(f"refused: {count:,} as {code}")


def performed(asked: dict[str, Any], journal: Path | None) -> Any:
    """Return what a backtest came to, or end the command: 2 where it is asked wrongly, 1 where it cannot be run."""
    from tradewire.backtest.data.problems import BadHistory
    from tradewire.backtest.performing import StrategyFailed, perform, prepare
    from tradewire.backtest.programmed import is_program, perform_program
    from tradewire.backtest.request import BadRequest, Request

    try:
        request = Request.read(asked)
        return perform_program(request, journal) if is_program(request.strategy) else perform(prepare(request), journal)
    except BadRequest as error:
        flag = {"start": "--from", "end": "--to", "hold": "--for"}.get(
            error.field, f"--{error.field.replace('_', '-')}"
        )
        named = error.field not in ("", "strategy", "params")
        fail(f"{flag}: {error.reason}" if named else error.reason, 2)
    except (BadHistory, StrategyFailed) as error:
        fail(str(error))


def _tell(name: str, bars: int, outcome: Any, found: Any, elapsed: float) -> None:
    from tradewire.report.words import money, percent, plain

    rows = [
        ("equity at the end", money(outcome.equity_final)),
        ("return", percent(found.total_return)),
        ("buy and hold", percent(found.buy_and_hold)),
        ("deepest drawdown", percent(found.max_drawdown)),
        ("Sharpe", plain(found.sharpe)),
        ("trades", str(found.all.trades)),
        ("won", percent(found.all.win_rate)),
        ("profit factor", plain(found.all.profit_factor)),
        ("fees", money(found.all.fees)),
        *([("funding", money(found.all.funding))] if found.all.funding else []),
    ]
    typer.secho(f"{name} on {bars:,} bars, {elapsed:.2f} s", bold=True)
    print_table([{"what": what, "value": value} for what, value in rows], ("what", "value"), "nothing")
    if outcome.unaffordable:
        typer.echo(f"{outcome.unaffordable:,} entries were left out: cash and leverage did not pay for them")
    if outcome.unmeasured:
        typer.echo(f"{outcome.unmeasured:,} entries were left out: a distance was not known there")
    if crowded := getattr(outcome, "crowded", 0):
        typer.echo(f"{crowded:,} entries were left out: enough trades were open")
    if outcome.untradable:
        typer.echo(f"{outcome.untradable:,} entries were left out: smaller or larger than the venue takes")
