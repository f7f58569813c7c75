"""`backtest`: what a strategy would have come to on a history."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer

from tradewire.cli.options import Json, fail
from tradewire.cli.output import print_json, print_table
from tradewire.cli.strategies import Given, Name, made_strategy, read_given


class Sides(StrEnum):
    """Which entries are taken."""

    LONG = "long"
    SHORT = "short"
    BOTH = "both"


class StopsActive(StrEnum):
    """From which bar on stops and targets act."""

    ENTRY_BAR = "entry-bar"
    NEXT_BAR = "next-bar"


class FillAt(StrEnum):
    """Where what a strategy says at a bar's close is filled."""

    NEXT_OPEN = "next-open"
    CLOSE = "close"


class Fills(StrEnum):
    """What is assumed where a bar leaves the order of things open."""

    PESSIMISTIC = "pessimistic"
    OPTIMISTIC = "optimistic"
    VECTORBT = "vectorbt"
    BACKTESTING = "backtesting"


def backtest(
    name: Name,
    data: Annotated[str, typer.Option("--data", metavar="F", help="A file of bars, or SYMBOL/1m of those imported.")],
    param: Given = None,
    side: Annotated[Sides, typer.Option("--side", help="Take these entries only.")] = Sides.LONG,
    sl: Annotated[str | None, typer.Option("--sl", metavar="D", help="Stop: 2%, 30p, 2atr.")] = None,
    tp: Annotated[str | None, typer.Option("--tp", metavar="D", help="Target, or several: 2%@50%,4%.")] = None,
    tsl: Annotated[str | None, typer.Option("--tsl", metavar="D", help="Trailing stop: 2%, 30p, 2atr.")] = None,
    be: Annotated[str | None, typer.Option("--be", metavar="D", help="Stop to the entry once so much is won.")] = None,
    fills: Annotated[Fills, typer.Option("--fills", help="What is assumed inside a bar.")] = Fills.PESSIMISTIC,
    stops_active: Annotated[StopsActive | None, typer.Option("--stops-active", help="Stops act from here on.")] = None,
    fill: Annotated[FillAt | None, typer.Option("--fill", help="Where orders are filled.")] = None,
    fee: Annotated[str, typer.Option("--fee", metavar="P", help="Fee at each side, in percent: 0.1%.")] = "0%",
    spread: Annotated[float, typer.Option("--spread", metavar="N", help="Bid to ask, in price.", min=0)] = 0.0,
    slippage: Annotated[str, typer.Option("--slippage", metavar="P", help="Lost at each fill, in percent.")] = "0%",
    qty: Annotated[str | None, typer.Option("--qty", metavar="N", help="Units of each trade.")] = None,
    size: Annotated[str | None, typer.Option("--size", metavar="S", help="As in commands: 80, 2%, risk 1%.")] = None,
    cash: Annotated[float, typer.Option("--cash", metavar="N", help="Money to begin with.")] = 10_000.0,
    leverage: Annotated[float, typer.Option("--leverage", metavar="N", help="How often cash may be used.")] = 1.0,
    pip: Annotated[float | None, typer.Option("--pip", metavar="N", help="The size of a pip, for 30p.")] = None,
    start: Annotated[str | None, typer.Option("--from", metavar="T", help="First moment (UTC if unsaid).")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="T", help="Moment after the last one.")] = None,
    symbol: Annotated[str | None, typer.Option("--symbol", metavar="S", help="What the file is a history of.")] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a report there.")] = None,
    json: Json = False,
) -> None:
    """Trade a strategy on a history, with the exits that the hub trades with."""
    began = perf_counter()
    if qty is not None and size is not None:
        fail("--qty and --size both say how large a trade is; give one", 2)
    strategy = made_strategy(name)
    params = read_given(strategy, param)
    plan = _plan(sl, tp, tsl, be, f"{qty}u" if qty is not None else size or "1u")
    bars = _loaded(data, symbol, start, end)
    from tradewire.backtest.costs import BadCosts, Costs
    from tradewire.backtest.fast import BadSignals, run
    from tradewire.backtest.plan import BadPlan
    from tradewire.backtest.policy import POLICIES
    from tradewire.backtest.reported import reported
    from tradewire.report.result import as_json
    from tradewire.report.statistics import statistics

    policy = POLICIES[fills]
    if stops_active is not None:
        policy = replace(policy, entry_bar=stops_active is StopsActive.ENTRY_BAR)
    if fill is not None:
        policy = replace(policy, at_close=fill is FillAt.CLOSE)
    signals = _signals(strategy, bars, params, side)
    try:
        outcome = run(
            bars,
            signals,
            exits=plan.exits,
            policy=policy,
            costs=Costs(_percent("--fee", fee), spread / 2, _percent("--slippage", slippage)),
            size=plan.size,
            cash=cash,
            leverage=leverage,
            pip=pip,
            atr=_atr(bars) if "atr" in f"{sl}{tp}{tsl}{be}" else None,
        )
    except (BadPlan, BadCosts) as error:
        fail(str(error), 2)
    except BadSignals as error:
        fail(f"{name}: {error}")
    asked: dict[str, object] = {
        "data": data,
        "side": side.value,
        "sl": sl,
        "tp": tp,
        "tsl": tsl,
        "be": be,
        "fills": fills.value,
    }
    asked |= {"fee": fee, "spread": spread, "slippage": slippage, "size": f"{qty}u" if qty else size or "1u"}
    settings = {key: value for key, value in asked.items() if value is not None}
    at_close, chosen = policy.at_close, params.model_dump()
    made = reported(bars, outcome, strategy.name, at_close=at_close, params=chosen, settings=settings)
    found = statistics(made)
    if html is not None:
        from tradewire.report.html import page

        try:
            html.write_text(page(made, found), encoding="utf-8")
        except OSError as error:
            fail(f"{html} cannot be written: {error.strerror}")
    elapsed = perf_counter() - began
    if json:
        left_out = {"unaffordable": outcome.unaffordable, "unmeasured": outcome.unmeasured}
        print_json(as_json(made, found, "fast", round(elapsed, 3)) | {"left_out": left_out})
        return
    _tell(strategy.name, len(bars), outcome, found, elapsed)
    if html is not None:
        typer.echo(f"report: {html}")


def _plan(sl: str | None, tp: str | None, tsl: str | None, be: str | None, size: str) -> Any:
    """Return an entry with the exits and the size, read by the grammar of commands."""
    from tradewire.domain.signal import Open
    from tradewire.parsing.reader import read_text

    flags = {"--sl": sl, "--tp": tp, "--tsl": tsl, "--be": be}
    for flag, value in [("--size", size), *flags.items()]:
        said = f"buy btc {size}" if flag == "--size" else f"buy btc 1u {flag[1:]} {value}"
        if value is not None and not isinstance(reading := read_text(said), tuple):
            fail(f"{flag} {value}: {reading.reason}", 2)
    given = " ".join(f"{flag[1:]} {value}" for flag, value in flags.items() if value is not None)
    reading = read_text(f"buy btc {size} {given}".strip())
    if not isinstance(reading, tuple):
        fail(reading.reason, 2)
    (signal,) = reading
    if not isinstance(signal, Open) or signal.size is None:
        fail(f"--size {size} is no size", 2)
    return signal


def _percent(flag: str, text: str) -> float:
    try:
        value = Decimal(text.removesuffix("%"))
    except ArithmeticError:
        fail(f"{flag} {text}: a percentage is meant, such as 0.1%", 2)
    return float(value)


def _loaded(data: str, symbol: str | None, start: str | None, end: str | None) -> Any:
    from tradewire.backtest.data.loading import load
    from tradewire.backtest.data.problems import BadHistory

    try:
        return load(data, symbol, start, end)
    except BadHistory as error:
        fail(str(error))


def _signals(strategy: Any, bars: Any, params: Any, side: Sides) -> Any:
    import numpy as np

    from tradewire.strategies.finding import told

    needed = strategy.warmup(params) + 1
    if len(bars) < needed:
        fail(f"{strategy.name} needs {needed} bars before its first word, and there are {len(bars)}")
    try:
        signals = strategy.signals(bars, params)
    except Exception as error:  # whatever somebody's strategy raises is told, with its line
        fail(f"{strategy.name} failed: {told(error)}")
    never = np.zeros(len(bars), bool)
    if side is Sides.LONG:
        return replace(signals, short_entry=never, short_exit=never)
    if side is Sides.SHORT:
        return replace(signals, long_entry=never, long_exit=never)
    return signals


def _atr(bars: Any) -> Any:
    from tradewire.analysis.volatility import atr

    return atr(bars.high, bars.low, bars.close, 14)


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
    ]
    typer.secho(f"{name} on {bars:,} bars, {elapsed:.2f} s", bold=True)
    print_table([{"what": what, "value": value} for what, value in rows], ("what", "value"), "nothing")
    if outcome.unaffordable:
        typer.echo(f"{outcome.unaffordable:,} entries were left out: cash and leverage did not pay for them")
    if outcome.unmeasured:
        typer.echo(f"{outcome.unmeasured:,} entries were left out: a distance was not known there")
