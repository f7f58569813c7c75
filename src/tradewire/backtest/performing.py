"""From what was asked to what it came to: `perform(prepare(request))`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from tradewire.backtest.choices import FillAt, Lane, Sides, StopsActive
from tradewire.backtest.costs import BadCosts, Costs
from tradewire.backtest.market import Market
from tradewire.backtest.outcome import Outcome
from tradewire.backtest.plan import BadPlan
from tradewire.backtest.policy import POLICIES, FillPolicy
from tradewire.backtest.request import BadRequest, Request
from tradewire.domain.bars import Bars, Integers
from tradewire.domain.signal import ExitSpec, Open, Size
from tradewire.report.run import Run
from tradewire.strategies.base import Signals, Strategy

ATR_PERIOD = 14
SECOND = 1_000_000_000


class StrategyFailed(RuntimeError):
    """A strategy that raised, said something of the wrong shape, or has too few bars; the message says where."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A request of which everything but the strategy's own work is checked."""

    request: Request
    strategy: Strategy[Any]
    params: Any
    bars: Bars
    exits: ExitSpec
    size: Size
    policy: FillPolicy
    costs: Costs
    market: Market
    others: tuple[tuple[Bars, Market], ...] = ()

    @property
    def histories(self) -> tuple[Bars, ...]:
        """The bars of all symbols."""
        return (self.bars, *(bars for bars, _ in self.others))


@dataclass(frozen=True, slots=True)
class Journaled:
    """The exact lane's journal: a hash over its last rows, how many they are, and what was refused, by code."""

    hash: str
    rows: int
    refusals: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Stands:
    """How a program stood at the end of a history: `reason` why it was done or paused."""

    status: str
    reason: str | None
    told: str


@dataclass(frozen=True, slots=True, eq=False)
class Performed:
    """What a request came to; `elapsed_s` is what the strategy and the trading took."""

    outcome: Outcome
    run: Run
    elapsed_s: float
    journal: Journaled | None = None
    program: Stands | None = None


def prepare(request: Request) -> Prepared:
    """Return a request ready to be run.

    Raises:
        BadRequest: something asked cannot be.
        BadHistory: the data cannot be read, or must not be used.
    """
    from tradewire.backtest.data.loading import load
    from tradewire.strategies.finding import BadParams, NoStrategy, make, read_params

    try:
        strategy = make(request.strategy)
    except NoStrategy as error:
        raise BadRequest("strategy", str(error)) from None
    try:
        params = read_params(type(strategy), request.params)
    except BadParams as error:
        raise BadRequest("params", str(error)) from None
    if request.also and (request.symbol or request.inside):
        field = "symbol" if request.symbol else "inside"
        raise BadRequest(field, "it belongs to one history, and there are several")
    exits, size = plan_of(request)
    bars = load(request.data, request.symbol, request.start, request.end)
    others = [load(data, None, request.start, request.end) for data in request.also]
    return Prepared(
        request=request,
        strategy=strategy,
        params=params,
        bars=bars,
        exits=exits,
        size=size,
        policy=policy_of(request),
        costs=costs_of(request),
        market=market_of(request, bars),
        others=tuple((bars, market_of(request, bars)) for bars in others),
    )


def perform(prepared: Prepared, journal: Path | None = None) -> Performed:
    """Run it; `journal` is a new file in which the exact lane keeps its own.

    Raises:
        BadRequest: exits, size or cash that a backtest cannot use.
        StrategyFailed: the strategy cannot be run on these bars.
    """
    from tradewire.backtest.hearing import BadSignals
    from tradewire.backtest.reported import reported

    request = prepared.request
    if request.lane is Lane.FAST and (request.latency or journal):
        raise BadRequest("latency" if request.latency else "journal", "only the exact lane has it: ask for lane exact")
    began = perf_counter()
    signals = signals_of(prepared)
    kept = None
    try:
        if request.lane is Lane.EXACT:
            from tradewire.backtest.exact.asked import traded

            outcome, kept = traded(prepared, signals, journal)
        elif request.of_several:
            outcome = _together(prepared, signals)
        else:
            outcome = _fast(prepared, signals)
    except BadPlan as error:
        raise BadRequest("", str(error)) from None
    except BadSignals as error:
        raise StrategyFailed(f"{prepared.strategy.name}: {error}") from None
    elapsed = perf_counter() - began
    asked = request.model_dump(mode="json", exclude_none=True, exclude={"strategy", "params", "qty"})
    settings = asked | {"size": request.size_text}
    made = reported(
        prepared.histories,
        outcome,
        prepared.strategy.name,
        at_close=prepared.policy.at_close,
        params=prepared.params.model_dump(),
        settings=settings,
    )
    return Performed(outcome, made, elapsed, kept)


def _fast(prepared: Prepared, signals: Signals) -> Outcome:
    from tradewire.backtest.fast import run

    request, bars = prepared.request, prepared.bars
    return run(
        bars,
        signals,
        exits=prepared.exits,
        policy=prepared.policy,
        costs=prepared.costs,
        size=prepared.size,
        cash=request.cash,
        leverage=request.leverage,
        pip=request.pip,
        atr=atr_of(bars) if measures_atr(request) else None,
        market=prepared.market,
    )


def _together(prepared: Prepared, signals: Signals) -> Outcome:
    from tradewire.backtest.portfolio import Traded, run_together

    request = prepared.request
    markets = (prepared.market, *(market for _, market in prepared.others))
    said = [signals, *(signals_of(prepared, bars) for bars, _ in prepared.others)]
    traded = [
        Traded(
            bars,
            heard,
            exits=prepared.exits,
            size=prepared.size,
            pip=request.pip,
            atr=atr_of(bars) if measures_atr(request) else None,
            market=market,
        )
        for bars, heard, market in zip(prepared.histories, said, markets, strict=True)
    ]
    return run_together(
        traded,
        policy=prepared.policy,
        costs=prepared.costs,
        cash=request.cash,
        leverage=request.leverage,
        max_open=request.max_open,
    )


def signals_of(prepared: Prepared, bars: Bars | None = None) -> Signals:
    """Return what the strategy says of the sides that are wanted, on the (first) symbol's bars or on others.

    Raises:
        StrategyFailed: it raises (its line is told), or needs more bars than there are.
    """
    from tradewire.strategies.finding import told

    strategy, bars = prepared.strategy, prepared.bars if bars is None else bars
    try:
        needed = strategy.warmup(prepared.params) + 1
        signals = strategy.signals(bars, prepared.params) if len(bars) >= needed else None
    except Exception as error:  # whatever somebody's strategy raises is told, with its line
        raise StrategyFailed(f"{strategy.name} failed: {told(error)}") from error
    if signals is None:
        raise StrategyFailed(f"{strategy.name} needs {needed} bars before its first word, and there are {len(bars)}")
    return sided(signals, prepared.request.side, len(bars))


def sided(signals: Signals, side: Sides, bars: int) -> Signals:
    """Return the words of the wanted side only."""
    never = np.zeros(bars, bool)
    if side is Sides.LONG:
        return replace(signals, short_entry=never, short_exit=never)
    if side is Sides.SHORT:
        return replace(signals, long_entry=never, long_exit=never)
    return signals


def plan_of(request: Request) -> tuple[ExitSpec, Size]:
    """Return the exits and the size of every entry, read by the grammar of commands.

    Raises:
        BadRequest: one of them cannot be read.
    """
    from tradewire.parsing.reader import read_text

    if request.qty is not None and request.size is not None:
        raise BadRequest("qty", "qty and size both say how large a trade is; give one")
    flags = request.exit_flags
    for name, said in {"size": request.size_text, **{name: f"1u {flag}" for name, flag in flags.items()}}.items():
        if not isinstance(reading := read_text(f"buy btc {said}"), tuple):
            value = request.size_text if name == "size" else getattr(request, name)
            raise BadRequest("qty" if name == "size" and request.qty else name, f"{value}: {reading.reason}")
    given = " ".join(flags.values())
    reading = read_text(f"buy btc {request.size_text} {given} {'-eod' if request.eod else ''}".strip())
    if not isinstance(reading, tuple):
        raise BadRequest("", reading.reason)
    (signal,) = reading
    if not isinstance(signal, Open) or signal.size is None:
        raise BadRequest("size", f"{request.size} is no size")
    return signal.exits, signal.size


def policy_of(request: Request) -> FillPolicy:
    """Return what is assumed of fills."""
    policy = POLICIES[request.fills]
    if request.stops_active is not None:
        policy = replace(policy, entry_bar=request.stops_active is StopsActive.ENTRY_BAR)
    if request.fill is not None:
        policy = replace(policy, at_close=request.fill is FillAt.CLOSE)
    return policy


def market_of(request: Request, bars: Bars) -> Market:
    """Return what is known of the market of these bars.

    Raises:
        BadRequest: something of it cannot be.
        BadHistory: the bars inside cannot be read.
    """
    from tradewire.backtest.data.loading import load
    from tradewire.backtest.funding import read_funding

    first, last = int(bars.ts[0]), int(bars.ts[-1])
    steps = {name: getattr(request, name) for name in ("qty_step", "min_qty", "max_qty", "min_notional", "tick")}
    try:
        return Market(
            session_ends=_session_ends(request, bars.symbol, first, last + bars.timeframe_s * SECOND),
            funding=None if request.funding is None else read_funding(request.funding, first, last),
            inside=None if request.inside is None else load(request.inside, bars.symbol),
            **{name: value for name, value in steps.items() if value is not None},
        )
    except BadPlan as error:
        raise BadRequest("funding" if request.funding is not None else "", str(error)) from None


def _session_ends(request: Request, symbol: str, first: int, last: int) -> Integers | None:
    from tradewire.backtest.data.calendars import ends
    from tradewire.backtest.data.problems import BadHistory
    from tradewire.sim.instruments import INSTRUMENTS

    if not request.eod:
        if request.session is not None:
            raise BadRequest("session", "trades are closed at the end of the session where eod is asked for, too")
        return None
    known = {instrument.symbol: instrument.session for instrument in INSTRUMENTS}
    name = request.session or known.get(symbol)
    if name is None:
        around = f"{symbol} trades around the clock" if symbol in known else f"the sessions of {symbol} are not known"
        raise BadRequest("session", f"{around}: name fx, us, or an exchange such as XNYS")
    try:
        return ends(name, first, last)
    except BadHistory as error:
        raise BadRequest("session", str(error)) from None


def costs_of(request: Request) -> Costs:
    """Return what trading costs.

    Raises:
        BadRequest: a cost that cannot be.
    """
    try:
        return Costs(_percent("fee", request.fee), request.spread / 2, _percent("slippage", request.slippage))
    except BadCosts as error:
        raise BadRequest("", str(error)) from None


def _percent(name: str, text: str) -> float:
    try:
        return float(Decimal(text.removesuffix("%")))
    except ArithmeticError:
        raise BadRequest(name, f"{text}: a percentage is meant, such as 0.1%") from None


def measures_atr(request: Request) -> bool:
    """Tell whether a distance of the exits is measured in ATR."""
    return any("atr" in (value or "") for value in (request.sl, request.tp, request.tsl, request.be))


def atr_of(bars: Bars) -> Any:
    """Return the average true range at each close, as distances in ATR mean it."""
    from tradewire.analysis.volatility import atr

    return atr(bars.high, bars.low, bars.close, ATR_PERIOD)
