"""The exact lane for a program: what the whole engine makes of it on a history."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tradewire.backtest.costs import Costs
from tradewire.backtest.exact.bells import Bells
from tradewire.backtest.exact.conductor import Conductor
from tradewire.backtest.exact.dealing import Dealing
from tradewire.backtest.exact.hub import PastHub
from tradewire.backtest.exact.lane import UNNAMED, Exact, Money, exact_of, instrument_of, settings_of
from tradewire.backtest.exact.player import Player, Track
from tradewire.backtest.exact.recording import Recorder
from tradewire.backtest.market import PLAIN, Market
from tradewire.domain.bars import Bars
from tradewire.domain.policy import Opposite
from tradewire.domain.symbols import canonical
from tradewire.engine.contract import Incoming, LiveProgram
from tradewire.programs.base import Params, Program, State
from tradewire.settings.model import ProgramSettings, Settings

ACCOUNT = "exact"


class CannotPlay(ValueError):
    """A program that this history is not for; the message says why."""


@dataclass(frozen=True, slots=True)
class Played:
    """What a run came to, and how the program stood when the bars ended."""

    exact: Exact
    program: LiveProgram


def symbol_of(bars: Bars) -> str:
    """Return what a history is called by programs."""
    return canonical(bars.symbol) or UNNAMED


def run_program(
    bars: Bars,
    program: Program[Any, Any],
    params: Params,
    *,
    costs: Costs = Costs(),  # noqa: B008
    money: Money = Money(),  # noqa: B008
    pip: float | None = None,
    market: Market = PLAIN,
    journal: Path | None = None,
) -> Played:
    """Return what a program comes to on a paper account. The same arguments give the same journal, to the byte.

    Its orders rest, fill and end as on every paper account, prices are bid and ask around those of the bars. It is
    woken by the clock at its moments, and hears of bars that it watches when they close. When the bars end it is
    stopped, and what is open is closed at the last price.

    Raises:
        CannotPlay: it looks at symbols, or at bars, that the history does not have.
    """
    symbol, half = symbol_of(bars), costs.half_spread
    _check(program, params, symbol, int(bars.ts[0]))
    first = float(bars.open[0])
    dealing = Dealing(half)
    opening = dealing.seen(symbol, first - half, first + half, int(bars.ts[0]))
    hub = PastHub(
        _settings(money, costs, program, params),
        [instrument_of(symbol, bars, pip, market)],
        int(bars.ts[0]),
        journal=journal,
        recorder=Recorder(rows={symbol: 0}),
        opening=opening,
    )
    try:
        bells = Bells(bars, symbol, program.bars(params))
    except ValueError as error:
        raise CannotPlay(str(error)) from None
    track = Track(bars, symbol, None, at_close=False, bid=first - half, ask=first + half, ts=int(bars.ts[0]))
    with hub.running():
        programs = hub.engine.programs
        if bells.next is not None:
            hub.bells = bells
            bells.attach(hub.loop, hub.clock, programs)
        player = Player(hub, track, dealing, program.name)
        conductor = Conductor(hub, [player])
        conductor.play(None)
        (stood,) = programs.live()
        if stood.status in ("running", "paused"):
            hub.engine.ask_program(program.name, "stop")
            hub.loop.settle()
        conductor.end(Incoming(source="strategy", channel=program.name, text=f"close {symbol}", external_id="end"))
    return Played(exact_of(hub, track, player, money), stood)


def _check(program: Program[Any, Any], params: Params, symbol: str, at: int) -> None:
    """Look whether the program needs no other symbol than that of the history."""
    first = program.start(params, State(name=program.name, account=ACCOUNT), at)
    interest = program.interest(params, first.state)
    looked_at = {*interest.prices, *interest.holdings, *(watch.symbol for watch in program.bars(params))}
    if others := sorted(looked_at - {symbol}):
        raise CannotPlay(f"{program.name} looks at {', '.join(others)}, and the history is one of {symbol}")


def _settings(money: Money, costs: Costs, program: Program[Any, Any], params: Params) -> Settings:
    """Return the configuration of a hub with this program on an account without limits, on prices of any age."""
    plain = settings_of(money)
    account = plain.accounts[ACCOUNT]
    if costs.slippage_percent:
        config = {**account.config, "slippage": "percent", "slippage_value": str(costs.slippage_percent)}
        account = account.model_copy(update={"config": config})
    changes: dict[str, Any] = {"max_per_symbol": None, "max_quote_age": None}
    if program.both_ways(params):
        changes["opposite"] = Opposite.ALLOW
    setup = ProgramSettings(program=program.name, account=ACCOUNT, params=params.model_dump(mode="json"))
    return plain.model_copy(
        update={
            "accounts": {ACCOUNT: account},
            "risk": {name: profile.model_copy(update=changes) for name, profile in plain.risk.items()},
            "programs": {program.name: setup},
        }
    )
