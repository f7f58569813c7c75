"""A request for the exact lane: what it can be asked, and its outcome in the form of the fast lane's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from tradewire.backtest import terms
from tradewire.backtest.costs import Costs
from tradewire.backtest.exact.dealing import Dealing
from tradewire.backtest.exact.lane import Exact, Money, run
from tradewire.backtest.exact.recording import Part
from tradewire.backtest.outcome import REASONS, Outcome, Trades
from tradewire.backtest.performing import Journaled, Prepared, atr_of, measures_atr
from tradewire.backtest.plan import numbers
from tradewire.backtest.policy import PESSIMISTIC
from tradewire.backtest.request import BadRequest, Request
from tradewire.domain.refusal import Code
from tradewire.store.errors import StoreError
from tradewire.strategies.base import Signals

HIGHEST_FEE = 10.0
HIGHEST_LEVERAGE = 1_000.0
UNAFFORDABLE = (Code.INSUFFICIENT_MARGIN,)
UNMEASURED = (Code.NO_ATR, Code.NO_STOP)
UNTRADABLE = (Code.BELOW_MINIMUM, Code.ABOVE_MAXIMUM)

_CODES = {word: code for code, word in REASONS.items()}


def traded(prepared: Prepared, signals: Signals, journal: Path | None) -> tuple[Outcome, Journaled]:
    """Return what a request comes to in the exact lane, and its journal.

    Raises:
        BadRequest: something that the engine cannot do.
        BadPlan, BadSignals: as in the fast lane.
    """
    request, bars, costs = prepared.request, prepared.bars, prepared.costs
    _check(prepared, journal)
    numbers(prepared.exits, prepared.size, request.pip)
    try:
        exact = run(
            bars,
            signals,
            size=request.size_text,
            flags=" ".join(request.exit_flags.values()),
            at_close=prepared.policy.at_close,
            dealing=Dealing(costs.half_spread, costs.slippage_percent / 100.0, paid_at_fills=True),
            money=Money(request.cash, costs.fee_percent, request.leverage, request.latency),
            pip=request.pip,
            atr=atr_of(bars) if measures_atr(request) else None,
            name=prepared.strategy.name,
            journal=journal,
            market=prepared.market,
        )
    except StoreError as error:
        raise BadRequest("journal", str(error)) from None
    return outcome_of(exact), Journaled(exact.journal_hash, exact.journal_rows, dict(exact.refusals))


def _check(prepared: Prepared, journal: Path | None) -> None:
    policy, request = prepared.policy, prepared.request
    if policy != replace(PESSIMISTIC, at_close=policy.at_close):
        raise BadRequest(
            "fills",
            "the exact lane lets prices come one after the other, as only `pessimistic` describes them, with stops "
            "that act from the entry on; the others are for the fast lane",
        )
    if said := request.of_several:
        raise BadRequest(said, "the exact lane trades one symbol; the fast lane trades several with one purse")
    if said := request.not_exact:
        raise BadRequest(said, "the exact lane does not know this of the market; the fast lane does")
    check_account(request, prepared.costs, journal)


def check_account(request: Request, costs: Costs, journal: Path | None) -> None:
    """Look whether a paper account can be so, and whether the journal is a new file.

    Raises:
        BadRequest: it cannot, or it is not.
    """
    if costs.fee_percent > HIGHEST_FEE:
        raise BadRequest("fee", f"a paper account takes at most {HIGHEST_FEE:g} % of the value")
    if request.leverage > HIGHEST_LEVERAGE:
        raise BadRequest("leverage", f"a paper account has at most {HIGHEST_LEVERAGE:g}")
    if journal is not None and journal.exists():
        raise BadRequest("journal", f"{journal} is there already; name a new file")


def outcome_of(exact: Exact) -> Outcome:
    """Return what a run came to as both lanes tell it."""
    refused = exact.refusals
    return Outcome(
        trades_of(exact.parts),
        exact.equity,
        exact.cash,
        sum(refused[code.value] for code in UNAFFORDABLE),
        sum(refused[code.value] for code in UNMEASURED),
        sum(refused[code.value] for code in UNTRADABLE),
    )


def trades_of(parts: Sequence[Part]) -> Trades:
    """Return closes in columns; whatever was closed by a command is so by a signal."""
    columns = list(zip(*parts, strict=True)) or [()] * len(Part._fields)
    named = dict(zip(Part._fields, columns, strict=True))
    return Trades(
        entry_row=np.array(named["entry_row"], np.int64),
        exit_row=np.array(named["exit_row"], np.int64),
        side=np.array(named["side"], np.int8),
        funding=np.zeros(len(parts)),
        reason=np.array([_CODES.get(reason, terms.SIGNAL) for reason in named["reason"]], np.int8),
        **{
            name: np.array(named[name], np.float64) for name in ("entry_price", "exit_price", "quantity", "fees", "pnl")
        },
    )
