"""Replays stored messages on history: the configuration's routing, risk and accounts, on paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from tradewire.backtest.exact.conductor import Conductor
from tradewire.backtest.exact.dealing import Dealing
from tradewire.backtest.exact.hub import PastHub
from tradewire.backtest.exact.lane import instrument_of
from tradewire.backtest.exact.player import Player, Track
from tradewire.backtest.exact.recording import Part
from tradewire.backtest.messages.channels import Channel, ChannelRecorder
from tradewire.domain.account import Mode
from tradewire.domain.bars import Bars, Integers
from tradewire.domain.instrument import Instrument
from tradewire.domain.symbols import canonical
from tradewire.engine.contract import Incoming
from tradewire.engine.wiring import PAPER
from tradewire.settings.model import AccountSettings, Settings
from tradewire.sim.instruments import LISTINGS

ATR_PERIOD = 14
SECOND = 1_000_000_000
QUIET = ("feeds", "sources", "notifiers", "programs", "strategies", "schedules")
LAST_WORD = Incoming(source="cli", channel="end of the history", text="close all", external_id="end of the history")


class BadReplay(ValueError):
    """Histories that cannot be replayed on; the sentence says why."""


@dataclass(frozen=True, slots=True, eq=False)
class Replayed:
    """What the messages came to: each channel, each close, balances at the end, and the journal's hash.

    `sentences` has an example for each code of a refusal.
    """

    channels: Sequence[Channel]
    parts: Sequence[Part]
    balances: dict[str, Decimal]
    sentences: dict[str, str]
    journal_hash: str
    journal_rows: int


def replay(
    messages: Sequence[Incoming],
    histories: Sequence[Bars],
    settings: Settings,
    *,
    spread: float | None = None,
    journal: Path | None = None,
) -> Replayed:
    """Return what messages (oldest first) come to on histories of one or several symbols.

    Every account of `settings` trades on paper, with its currency and its risk profile. `spread` is from bid to ask in
    price; without it a symbol has that of the built-in market. A message is heard at the first open at or after it; it
    has aged until then only where no bar was under way when it came.

    Raises:
        BadReplay: no history, two of one symbol, or histories that begin after the last message.
    """
    bars = {canonical(each.symbol) or each.symbol: each for each in histories}
    if not bars or len(bars) != len(histories):
        raise BadReplay("one history for each symbol is needed" if bars else "there is no history to replay on")
    opens = np.unique(np.concatenate([each.ts for each in histories]))
    times = np.array([message.ts_event or 0 for message in messages], np.int64)
    inside = (times >= opens[0]) & (times <= opens[-1])
    moments = opens[np.searchsorted(opens, times[inside])].tolist()
    begun = _under_way(times[inside], bars.values()).tolist()
    heard = [
        replace(message, ts_event=moment) if is_begun else message
        for message, moment, is_begun in zip(_chosen(messages, inside), moments, begun, strict=True)
    ]
    instruments = [_instrument(symbol, each, settings) for symbol, each in bars.items()]
    recorder = ChannelRecorder()
    hub = PastHub(on_paper(settings), instruments, int(opens[0]), journal=journal, recorder=recorder)
    with hub.running():
        players = [
            Player(hub, _track(symbol, each), Dealing(_half_spread(symbol, spread)), "")
            for symbol, each in bars.items()
        ]
        Conductor(hub, players, heard, moments).play(LAST_WORD)
        balances = {name: post.state.balance for name, post in hub.engine.posts.items()}
    return Replayed(
        recorder.settled(_chosen(messages, ~inside)),
        recorder.parts,
        balances,
        recorder.sentences,
        hub.journal_hash,
        recorder.committed,
    )


def _chosen(messages: Sequence[Incoming], chosen: NDArray[np.bool_]) -> list[Incoming]:
    return [message for message, is_chosen in zip(messages, chosen.tolist(), strict=True) if is_chosen]


def _under_way(times: Integers, histories: Iterable[Bars]) -> NDArray[np.bool_]:
    """Tell for each time whether a bar of any history had begun and was not over."""
    found = np.zeros(len(times), bool)
    for bars in histories:
        row = np.searchsorted(bars.ts, times, "right") - 1
        found |= (row >= 0) & (times < bars.ts[row] + bars.timeframe_s * SECOND)
    return found


def on_paper(settings: Settings) -> Settings:
    """Return the configuration with every account on paper, and with nothing that would speak or listen by itself."""
    accounts = {
        name: account if account.venue == PAPER else _paper(account)
        for name, account in settings.accounts.items()
        if account.enabled
    }
    quiet: dict[str, Any] = {name: {} for name in QUIET}
    return settings.model_copy(update={"accounts": accounts, **quiet})


def _paper(account: AccountSettings) -> AccountSettings:
    return account.model_copy(update={"venue": PAPER, "mode": Mode.PAPER, "config": {}})


def _instrument(symbol: str, bars: Bars, settings: Settings) -> Instrument:
    listed = {listing.instrument.symbol: listing.instrument for listing in LISTINGS}
    instrument = listed.get(symbol) or instrument_of(symbol, bars)
    known = settings.symbols.instruments.get(symbol)
    return replace(instrument, **known.model_dump(exclude_none=True)) if known is not None else instrument


def _half_spread(symbol: str, spread: float | None) -> float:
    if spread is not None:
        return spread / 2
    usual = {listing.instrument.symbol: listing.spread * listing.instrument.tick_size for listing in LISTINGS}
    return float(usual.get(symbol, 0)) / 2


def _track(symbol: str, bars: Bars) -> Track:
    from tradewire.analysis.volatility import atr

    first = float(bars.open[0])
    return Track(bars, symbol, None, False, atr(bars.high, bars.low, bars.close, ATR_PERIOD), bid=first, ask=first)
