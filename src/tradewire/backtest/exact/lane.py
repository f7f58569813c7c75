"""The exact lane for a strategy: what the whole engine makes of its words on a history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import floor, isfinite, log10
from pathlib import Path
from typing import Any

import numpy as np

from tradewire.backtest.exact.conductor import Conductor
from tradewire.backtest.exact.dealing import Dealing, exact
from tradewire.backtest.exact.hub import PastHub
from tradewire.backtest.exact.player import Player, Track
from tradewire.backtest.exact.recording import Part
from tradewire.backtest.exact.words import Entry, Spoken
from tradewire.backtest.hearing import words_of
from tradewire.backtest.market import PLAIN, Market
from tradewire.domain.bars import Bars, Floats
from tradewire.domain.instrument import AssetClass, Instrument
from tradewire.domain.symbols import canonical
from tradewire.engine.contract import Incoming
from tradewire.settings.model import Settings
from tradewire.strategies.base import Signals

CURRENCY = "USDT"
DIGITS = 14
"""Digits of a price that count: levels are as fine as those of the fast lane."""
UNNAMED = "HISTORY"


@dataclass(frozen=True, slots=True, eq=False)
class Exact:
    """What a run came to: each close, the equity at each bar's close, refusals by code, and the journal's hash."""

    parts: Sequence[Part]
    equity: Floats
    cash: float
    refusals: Counter[str]
    journal_hash: str
    journal_rows: int


@dataclass(frozen=True, slots=True)
class Money:
    """What the account has and pays: fee in percent of the value at each side, latency in ms of every order."""

    cash: float = 10_000.0
    fee_percent: float = 0.0
    leverage: float = 1.0
    latency_ms: int = 0


def run(
    bars: Bars,
    signals: Signals,
    *,
    size: str = "1u",
    flags: str = "",
    at_close: bool = False,
    dealing: Dealing = Dealing(),  # noqa: B008
    money: Money = Money(),
    pip: float | None = None,
    atr: Floats | None = None,
    name: str = "strategy",
    journal: Path | None = None,
    market: Market = PLAIN,
) -> Exact:
    """Return what a strategy's signals come to when they are spoken as commands to a hub on a paper account.

    `size` and `flags` (`-sl 2% -tp 4%`) are those of a command; of `market` the steps and minimums count. Everything
    goes the way of every message: stored, read, routed, sized, checked by risk, sent, filled, journaled. The same
    arguments give the same journal, to the byte.

    Raises:
        BadSignals: columns that do not fit the bars.
    """
    symbol = canonical(bars.symbol) or UNNAMED
    instrument = instrument_of(symbol, bars, pip, market)
    hub = PastHub(settings_of(money), [instrument], int(bars.ts[0]), journal=journal)
    said = words_of(bars, signals, atr, at_close=at_close)
    words = Spoken(said, Entry(symbol, size, flags, float(instrument.pip_size)))
    track = Track(bars, symbol, words, at_close, bid=float(bars.open[0]), ask=float(bars.open[0]))
    with hub.running():
        player = Player(hub, track, dealing, name)
        end = Incoming(source="strategy", channel=name, text=f"close {symbol}", external_id=f"{name}:{symbol}:end")
        Conductor(hub, [player]).play(end)
    return exact_of(hub, track, player, money)


def exact_of(hub: PastHub, track: Track, player: Player, money: Money) -> Exact:
    """Return what a hub came to whose only player has played its track."""
    return Exact(
        hub.recorder.parts,
        equity_of(track, player.balances),
        money.cash,
        hub.recorder.refusals,
        hub.journal_hash,
        hub.recorder.committed,
    )


def equity_of(track: Track, balances: Sequence[tuple[int, float]]) -> Floats:
    """Return the account's worth at each bar's close."""
    rows = np.arange(len(track.bars))
    noted = np.array([row for row, _ in balances])
    at = np.searchsorted(noted, rows, "right") - 1
    balance = np.array([balance for _, balance in balances])[at]
    quantity = np.array([quantity for _, quantity, _ in track.steps])[at]
    cost = np.array([cost for _, _, cost in track.steps])[at]
    worth: Floats = balance + quantity * track.bars.close - cost
    return worth


def instrument_of(symbol: str, bars: Bars, pip: float | None = None, market: Market = PLAIN) -> Instrument:
    """Return an instrument with the steps of its market; where there are none, finer than anything that is reckoned."""
    fine = Decimal(1).scaleb(floor(log10(float(bars.low.min()))) - DIGITS)
    return Instrument(
        symbol=symbol,
        asset_class=AssetClass.CRYPTO,
        base=symbol,
        quote=CURRENCY,
        tick_size=exact(market.tick) if market.tick else fine,
        qty_step=exact(market.qty_step),
        min_qty=exact(market.min_qty),
        max_qty=exact(market.max_qty) if isfinite(market.max_qty) else None,
        min_notional=exact(market.min_notional),
        pip_size=Decimal(1) if pip is None else exact(pip),
    )


def settings_of(money: Money) -> Settings:
    """Return the configuration of a hub that does what it is told: one account, one trade at a time, no limits."""
    account: dict[str, Any] = {
        "balance": exact(money.cash),
        "taker_fee": exact(money.fee_percent),
        "maker_fee": exact(money.fee_percent),
        "latency_ms": money.latency_ms,
        "leverage": exact(money.leverage),
        "max_leverage": exact(money.leverage),
        "stop_out": 0,
    }
    unlimited: dict[str, Any] = dict.fromkeys(
        (
            "max_signal_age",
            "max_clock_skew",
            "max_entry_distance",
            "max_stop_distance",
            "max_target_distance",
            "max_spread",
            "max_leverage",
        )
    )
    return Settings.model_validate(
        {
            "accounts": {"exact": {"currency": CURRENCY, "config": account}},
            "feeds": {},
            "sources": {},
            "notifiers": {},
            "routes": [{"name": "strategy"}],
            "risk": {"default": unlimited | {"max_quote_age": "1s", "decimal_slip": False, "max_per_symbol": 1}},
            "engine": {"snapshot_every": 10**12},
        }
    )
