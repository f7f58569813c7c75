"""What is said live, bar by bar, is what is said on history, once over everything: for every shipped strategy."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.story import START, Story
from scenarios.story_strategies import MINUTE, happen
from tradewire.domain.bars import Bars
from tradewire.domain.instrument import Bar
from tradewire.domain.moments import moment_name
from tradewire.domain.signal import Open, Side
from tradewire.engine.timed.asking import Live, Said, ask
from tradewire.engine.timed.strategist import SPARE
from tradewire.engine.timed.windows import Window
from tradewire.strategies.finding import find, make, read_params
from tradewire.strategies.meaning import ENTER_LONG, ENTER_SHORT, LEAVE_LONG, LEAVE_SHORT
from tradewire.strategies.shipped import SHIPPED
from unit.strategies.walks import walk

QUICK: dict[str, dict[str, Any]] = {
    "sma-cross": {"fast": 2, "slow": 5},
    "ema-cross": {"fast": 2, "slow": 5},
    "rsi-momentum": {"length": 3},
    "donchian-breakout": {"entry": 8, "exit": 4},
    "bollinger-reversion": {"length": 8, "width": 1.5},
    "macd": {"fast": 3, "slow": 6, "signal": 3},
    "supertrend": {"length": 3, "multiple": 1, "memory": 60},
    "session-range": {"trade_start": 0, "trade_end": 24},
}
OWN_STOP = {"session-range"}
"""Its stop may have ended a trade before it says so itself."""
BEFORE, LIVE = 1_800, 150


def traded(name: str) -> Live:
    """Return a shipped strategy with quick parameters, as it is traded live."""
    strategy, params = make(name), read_params(find(name), QUICK[name])
    return Live(
        name=name,
        strategy=strategy,
        params=params,
        warmup=strategy.warmup(params),
        symbols=("BTCUSDT",),
        timeframe_s=60,
        accounts=(),
        side="both",
        entry=Open(symbol="BTCUSDT", side=Side.BUY),
        at_close=True,
        catch_up=0,
    )


def bars_of(seed: int, amount: int, first: int) -> list[Bar]:
    """Return bars of a random walk with prices in tenths, the first of them at a moment (epoch ns)."""
    made = walk(seed, amount, tick=0.1, start=first // 10**9)
    columns = (made.open, made.high, made.low, made.close)
    prices = zip(*([Decimal(f"{price:.1f}") * 100 for price in column] for column in columns), strict=True)
    return [Bar("BTCUSDT", first + n * MINUTE, *each) for n, each in enumerate(prices)]


def whole(bars: list[Bar]) -> Bars:
    """Return bars as a history."""
    columns = ([float(getattr(bar, name)) for bar in bars] for name in ("open", "high", "low", "close", "volume"))
    return Bars.checked("BTCUSDT", 60, [bar.ts for bar in bars], *columns)


@pytest.mark.parametrize("name", sorted(SHIPPED))
@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_bar_by_bar_is_all_at_once(name: str, seed: int) -> None:
    live, bars = traded(name), bars_of(seed, BEFORE + 300, START - BEFORE * MINUTE)
    window, said = Window("BTCUSDT", 60, live.warmup + 1 + SPARE), []
    window.add(bars[:BEFORE], bars[BEFORE].ts)
    for bar in bars[BEFORE:]:
        window.add([bar], bar.ts + MINUTE)
        said += ask(live, window.bars(), bar.ts)
    assert said == ask(live, whole(bars), START)


def expected(words: list[Said]) -> list[tuple[str, list[str]]]:
    """Return what is to be spoken of a history's words when nothing but the strategy ends its trades."""
    held, spoken = "", []
    for said in words:
        verbs = []
        for code, side in ((LEAVE_LONG, "long"), (LEAVE_SHORT, "short")):
            if said.code & code and held == side:
                verbs.append(f"close {side}")
                held = ""
        for code, side in ((ENTER_LONG, "long"), (ENTER_SHORT, "short")):
            if said.code & code and held != side:
                verbs.append(side)
                held = side
        if verbs:
            spoken.append((moment_name(said.bar), verbs))
    return spoken


def eventful(name: str) -> tuple[list[Bar], list[tuple[str, list[str]]]]:
    """Return the first made bars on which a strategy speaks twice or more after the start, and what is to be spoken."""
    for seed in count(7):
        bars = bars_of(seed, BEFORE + LIVE, START - BEFORE * MINUTE)
        if len(spoken := expected(ask(traded(name), whole(bars), START))) > 1:
            return bars, spoken
    raise AssertionError


def heard(hub: Story) -> list[tuple[str, list[str]]]:
    """Return what the hub has stored of its strategy, in the same words."""
    rows = reversed(hub.app.store.queries.messages(source="strategy", limit=None))
    verbs = {"buy": "long", "sell": "short"}
    told = []
    for row in rows:
        words = [text.split() for text in row["text"].split("; ")]
        said = [f"close {each[2]}" if each[0] == "close" else verbs[each[0]] for each in words]
        told.append((row["external_id"].split(":", 2)[2], said))
    return told


def entries(spoken: list[tuple[str, list[str]]]) -> list[tuple[str, str]]:
    return [(bar, verb) for bar, verbs in spoken for verb in verbs if not verb.startswith("close")]


@pytest.mark.parametrize("name", sorted(SHIPPED))
async def test_the_hub_speaks_what_history_says(tmp_path: Path, name: str) -> None:
    bars, spoken = eventful(name)
    given = {"strategy": name, "params": QUICK[name], "symbols": ["BTCUSDT"], "timeframe": "1m", "side": "both"}
    hub = Story(tmp_path, strategies={"shipped": given | {"size": "100"}})
    hub.history, hub.prices["BTCUSDT"] = bars[:BEFORE], bars[BEFORE].close
    async with hub:
        await hub.app.clockwork.due.idle()
        for number, bar in enumerate(bars[BEFORE:]):
            await hub.price("BTCUSDT", str(bar.close))
            hub.history.append(bar)
            hub.clock.time = bar.ts + MINUTE
            await happen(hub)
            if number == LIVE // 2:
                await hub.restart()
                await happen(hub)
        if name in OWN_STOP:
            assert entries(heard(hub)) == entries(spoken)
        else:
            assert heard(hub) == spoken
