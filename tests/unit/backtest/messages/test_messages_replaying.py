"""Stored messages on a history: heard at the next open, judged by the configuration, reported by channel."""

from __future__ import annotations

import json
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tradewire.backtest.made import made_bars
from tradewire.backtest.messages.replaying import BadReplay, Replayed, replay
from tradewire.domain.bars import Bars
from tradewire.engine.contract import Incoming
from tradewire.engine.verify import verify
from tradewire.settings.model import Settings

MINUTE = 60_000_000_000
Row = tuple[float, float, float, float]
QUIET: Row = (100.0, 100.5, 99.5, 100.0)


def bars(symbol: str, *rows: Row) -> Bars:
    columns = np.array(rows, float).reshape(-1, 4).T
    return Bars.checked(symbol, 60, np.arange(1, len(rows) + 1) * MINUTE, *columns)


def said(at: float, text: str, channel: str = "vip", **fields: Any) -> Incoming:
    """Return a message of the given minute."""
    return Incoming(
        source="telegram",
        channel=channel,
        text=text,
        external_id=f"{channel} {at} {text}",
        ts_event=round(at * MINUTE),
        **fields,
    )


def settings(**given: Any) -> Settings:
    plain = {
        "accounts": {"main": {"config": {"balance": "10000", "taker_fee": "0", "maker_fee": "0"}}},
        "routes": [{"name": "all"}],
        "risk": {"default": {"max_signal_age": "5m", "max_quote_age": "2m"}},
    }
    return Settings.model_validate(plain | given)


def replayed(messages: list[Incoming], *histories: Bars, **given: Any) -> Replayed:
    journal = given.pop("journal", None)
    return replay(messages, histories, settings(**given), spread=0.0, journal=journal)


def test_a_message_is_heard_at_the_next_open_and_its_stop_is_met_at_its_price() -> None:
    rows = [QUIET, QUIET, (101.0, 102.0, 100.0, 101.5), (101.0, 101.0, 97.0, 98.0), QUIET]
    done = replayed([said(2.5, "buy sol 2u -sl 99"), said(2.6, "hello")], bars("SOLUSDT", *rows))
    (part,) = done.parts
    assert (part.entry_row, part.entry_price, part.exit_row, part.exit_price) == (2, 101.0, 3, 99.0)
    assert (part.reason, part.pnl, part.account) == ("stop", -4.0, "main")
    (channel,) = done.channels
    assert (channel.messages, channel.signals, channel.trades, channel.won, channel.pnl) == (2, 1, 1, 0, -4.0)
    assert (channel.hit_rate, channel.worst, dict(channel.unread)) == (0.0, -4.0, {"none: no command": 1})
    assert done.balances == {"main": D(9996)}


def test_what_is_open_at_the_end_is_closed_at_the_last_price() -> None:
    done = replayed([said(1, "sell sol 1u")], bars("SOLUSDT", QUIET, QUIET, (100.0, 100.0, 90.0, 95.0)))
    (part,) = done.parts
    assert (part.entry_row, part.exit_row, part.exit_price, part.reason, part.pnl) == (0, 2, 95.0, "end", 5.0)
    assert done.channels[0].hit_rate == 1.0
    assert [channel.channel for channel in done.channels] == ["vip"]


def test_channels_are_told_apart_with_refusals_and_what_lies_outside() -> None:
    rows = [QUIET] * 20
    done = replayed(
        [
            said(0.5, "buy sol 1u", "early"),
            said(2, "buy sol 1u", "good"),
            said(3, "buy eth 1u", "wrong"),
            said(3.5, "byu sol 1u", "wrong"),
            said(15, "buy sol 900000u", "large"),
            said(30, "buy sol 1u", "late"),
        ],
        bars("SOLUSDT", *rows),
    )
    told = {channel.channel: channel for channel in done.channels}
    assert {name: channel.unheard for name, channel in told.items()} == {
        "early": 1,
        "good": 0,
        "wrong": 0,
        "large": 0,
        "late": 1,
    }
    assert told["good"].trades == 1
    assert dict(told["wrong"].refused) == {"unknown_symbol": 1}
    assert sum(told["wrong"].unread.values()) == 1
    assert sum(told["large"].refused.values()) == 1
    assert told["large"].trades == told["early"].trades == told["late"].trades == 0
    assert all(code in done.sentences for channel in told.values() for code in channel.refused)


def test_a_closed_market_makes_a_message_old() -> None:
    times = np.array([1, 2, 3, 500, 501]) * MINUTE
    history = Bars.checked("SOLUSDT", 60, times, *np.array([QUIET] * 5).T)
    done = replayed([said(10, "buy sol 1u")], history)
    assert dict(done.channels[0].refused) == {"stale_signal": 1}


def test_within_a_long_bar_a_message_does_not_age() -> None:
    times = np.array([0, 60, 120, 180]) * MINUTE
    history = Bars.checked("SOLUSDT", 3600, times, *np.array([QUIET] * 4).T)
    done = replayed([said(80, "buy sol 1u")], history)
    assert not done.channels[0].refused
    assert [(part.entry_row, part.reason) for part in done.parts] == [(2, "end")]


def test_two_symbols_happen_in_the_order_of_their_times() -> None:
    rows: list[Row] = [QUIET, QUIET, QUIET, (100.0, 100.0, 90.0, 95.0), QUIET, QUIET]
    done = replayed(
        [said(2, "buy sol 1u -sl 95"), said(2, "sell eth 1u -tp 95", "other"), said(5, "close eth", "other")],
        bars("SOLUSDT", *rows),
        bars("ETHUSDT", *rows),
    )
    assert [(part.symbol, part.exit_row, part.reason, part.exit_price) for part in done.parts] == [
        ("SOLUSDT", 3, "stop", 95.0),
        ("ETHUSDT", 3, "target", 95.0),
    ]
    assert dict(done.channels[0].refused) == {"nothing_to_close": 1}


def test_pending_orders_wait_for_their_price() -> None:
    rows: list[Row] = [QUIET, QUIET, (100.0, 100.0, 97.0, 99.0), (99.0, 103.0, 99.0, 102.0), QUIET]
    done = replayed([said(1, "buy sol 1u @ 98 -tp 102")], bars("SOLUSDT", *rows))
    (part,) = done.parts
    assert (part.entry_row, part.entry_price, part.exit_row, part.exit_price) == (2, 98.0, 3, 102.0)


def test_a_drawdown_is_measured_from_the_highest_equity_of_quiet_bars_too() -> None:
    rows: list[Row] = [QUIET, QUIET, (100.0, 150.0, 100.0, 150.0), (150.0, 150.0, 100.0, 100.0), QUIET, QUIET]
    messages = [said(1, "buy sol 50u"), said(5.5, "buy sol 1u", "after")]
    limit = {"default": {"max_signal_age": "5m", "max_quote_age": "2m", "drawdown": "15%"}}
    done = replayed(messages, bars("SOLUSDT", *rows), risk=limit)
    assert [dict(channel.refused) for channel in done.channels] == [{"drawdown": 1}, {}]


def test_the_journal_is_sound_and_the_same_every_time(tmp_path: Path) -> None:
    history = made_bars(400, seed=5)
    begin = int(history.ts[0])
    texts = ["buy made 1u -sl 0.5% -tp 0.5%,1%", "sell made 2u -tsl 0.4%", "close made half", "be made", "nothing"]
    messages = [
        Incoming(
            source="s", channel=f"c{n % 3}", text=texts[n % 5], external_id=str(n), ts_event=begin + n * 3 * MINUTE
        )
        for n in range(120)
    ]
    risk = {"default": {"max_signal_age": None, "max_leverage": None, "opposite": "allow"}}
    done = replayed(messages, history, risk=risk, journal=tmp_path / "kept.db")
    again = replayed(messages, history, risk=risk)
    assert len(done.parts) > 30
    assert (done.journal_hash, done.parts) == (again.journal_hash, again.parts)
    assert verify(tmp_path / "kept.db").differences == ()
    assert sum(channel.messages for channel in done.channels) == 120
    assert float(done.balances["main"]) == pytest.approx(10_000 + sum(part.pnl for part in done.parts))


def test_live_accounts_trade_on_paper_and_histories_must_fit() -> None:
    accounts = {"real": {"venue": "nowhere:Venue", "mode": "live"}}
    done = replayed([said(1, "buy sol 1u")], bars("SOLUSDT", *[QUIET] * 3), accounts=accounts)
    assert [part.account for part in done.parts] == ["real"]
    with pytest.raises(BadReplay, match="no history"):
        replayed([said(1, "buy sol 1u")])
    with pytest.raises(BadReplay, match="one history"):
        replayed([], bars("SOLUSDT", QUIET), bars("SOL", QUIET))


def test_real_messages_are_each_read_refused_or_traded(shared: Path) -> None:
    lines = (shared / "signals" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    history = made_bars(3_000, seed=2)
    begin = int(history.ts[0])
    messages = [
        Incoming(
            source=row["channel"],
            channel=row["group"],
            text=row["text"],
            external_id=row["id"],
            ts_event=begin + n * 6 * MINUTE,
        )
        for n, row in enumerate(map(json.loads, lines))
    ]
    done = replay(messages, [history], settings())
    assert sum(channel.messages for channel in done.channels) == len(messages)
    for channel in done.channels:
        answered = channel.signals + sum(channel.unread.values()) + channel.unheard
        assert answered >= channel.messages, channel
