"""The exact lane on a history of any length: bars come in pieces, and only what is left of them is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from tradewire.backtest.exact.conductor import Conductor
from tradewire.backtest.exact.dealing import Dealing
from tradewire.backtest.exact.hub import PastHub
from tradewire.backtest.exact.lane import UNNAMED, Money, equity_of, instrument_of, settings_of
from tradewire.backtest.exact.player import Player, Track
from tradewire.backtest.exact.recording import Part
from tradewire.backtest.exact.words import Entry, Spoken
from tradewire.backtest.hearing import words_of
from tradewire.domain.bars import Bars
from tradewire.domain.symbols import canonical
from tradewire.engine.contract import Incoming
from tradewire.strategies.base import Signals


class NothingToPlay(ValueError):
    """There are no bars."""


@dataclass(frozen=True, slots=True)
class Streamed:
    """What a run came to: its closes (rows count all bars), the equity at the end and its deepest fall, as a part."""

    bars: int
    parts: Sequence[Part]
    equity_final: float
    max_drawdown: float
    refusals: Counter[str]
    journal_hash: str
    journal_rows: int


def run_streamed(
    pieces: Iterable[Bars],
    signals: Callable[[Bars], Signals],
    warmup: int,
    *,
    size: str = "1u",
    flags: str = "",
    at_close: bool = False,
    dealing: Dealing = Dealing(),  # noqa: B008
    money: Money = Money(),  # noqa: B008
    pip: float | None = None,
    name: str = "strategy",
    journal: Path | None = None,
) -> Streamed:
    """Return what a strategy comes to on pieces of one history, as `lane.run` does on the whole.

    `signals` is asked of each piece with the `warmup` bars before it, which must be enough for its right answers.
    Distances in ATR are for `lane.run`. The price scale is told by the first piece.

    Raises:
        NothingToPlay: there are no bars.
        BadSignals: columns that do not fit the bars.
    """
    coming = iter(pieces)
    window = next(coming, None)
    if window is None or not len(window):
        raise NothingToPlay("there are no bars to play")
    symbol = canonical(window.symbol) or UNNAMED
    instrument = instrument_of(symbol, window, pip)
    entry = Entry(symbol, size, flags, float(instrument.pip_size))
    hub = PastHub(settings_of(money), [instrument], int(window.ts[0]), journal=journal)
    end = Incoming(source="strategy", channel=name, text=f"close {symbol}", external_id=f"{name}:{symbol}:end")
    peak = equity = money.cash
    drawdown = 0.0
    first = played = 0
    with hub.running():
        last: Track | None = None
        while window is not None:
            piece = next(coming, None)
            stop = len(window) if piece is None else len(window) - 1  # the last bar's word needs the next bar
            track = Track(
                window,
                symbol,
                Spoken(words_of(window, signals(window), at_close=at_close), entry),
                at_close,
                first=first,
                stop=stop,
                row=played - 1,
                bid=float(window.open[0]) if last is None else last.bid,
                ask=float(window.open[0]) if last is None else last.ask,
                ts=0 if last is None else last.ts,
            )
            player = Player(hub, track, dealing, name)
            Conductor(hub, [player]).play(end if piece is None else None)
            worth = equity_of(track, player.balances)[played:stop]
            if len(worth):
                peaks = np.maximum.accumulate(np.maximum(worth, peak))
                drawdown = max(drawdown, float((1.0 - worth / peaks).max()))
                peak, equity = float(peaks[-1]), float(worth[-1])
            last = track
            kept = max(0, stop - warmup)
            first, played = first + kept, stop - kept
            window = None if piece is None else joined(window.part(kept, len(window)), piece)
    recorder = hub.recorder
    return Streamed(
        first + played,
        recorder.parts,
        equity,
        drawdown,
        recorder.refusals,
        hub.journal_hash,
        recorder.committed,
    )


def joined(one: Bars, other: Bars) -> Bars:
    """Return bars and those that follow them as one history."""
    columns: dict[str, Any] = {
        each.name: np.concatenate([getattr(one, each.name), getattr(other, each.name)])
        for each in fields(Bars)
        if each.name not in ("symbol", "timeframe_s")
    }
    return Bars(one.symbol, one.timeframe_s, **columns)
