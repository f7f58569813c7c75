"""Routes that look at the kind of market: what they refuse, with its figures, and what they know after a restart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from scenarios.story import START, Story, codes
from scenarios.story_feed import BTC
from scenarios.story_strategies import MINUTE, add_bar, digits, happen
from tradewire.domain.instrument import Bar
from tradewire.domain.numbers import ONE
from tradewire.domain.regime import Regime

COUNT = 200


def route(**regime: Any) -> dict[str, Any]:
    return {"name": "trend", "regime": {"timeframe": "1m"} | regime}


def history(step: float, count: int = COUNT) -> list[Bar]:
    """Return bars that end at 60,000 when the hub starts: each moves by `step`, now and then against it."""
    closes = [60_000 - step * (count - 1 - n) + (3 * abs(step) + 5) * (n % 2) for n in range(count)]
    return [Bar("", START - (count - n) * MINUTE, *[ONE * round(close)] * 4) for n, close in enumerate(closes)]


def hub_of(root: Path, step: float, count: int = COUNT, **regime: Any) -> Story:
    hub = Story(root, routes=[route(**regime)])
    hub.history = history(step, count)
    return hub


async def refusal(hub: Story, text: str) -> str:
    """Return why a command was refused for the market, as the trace says it."""
    story = await hub.say(text, source="test")
    assert codes(story) == ["regime"]
    return next(step.text for step in story.signals[0].steps if step.stage == "refused")


async def test_a_lateral_market_opens_nothing_and_says_so_with_its_figures(tmp_path: Path) -> None:
    async with hub_of(tmp_path, 0) as hub:
        sentence = await refusal(hub, "buy btc 600")
        assert "The route trend is closed: BTCUSDT 1m is lateral (ADX " in sentence
        assert "efficiency 0.0" in sentence
        assert sentence.endswith("it takes bull and bear.")
        assert hub.app.hub.open_trades() == []


@pytest.mark.parametrize(("step", "regime"), [(20, Regime.BULL), (-20, Regime.BEAR)])
async def test_a_trend_opens_and_with_trend_only_on_its_side(tmp_path: Path, step: float, regime: Regime) -> None:
    async with hub_of(tmp_path, step, with_trend=True) as hub:
        (market, _) = hub.app.hub.regimes()
        assert market.judged is not None
        assert market.judged.regime is regime
        way, against = ("buy", "sell") if step > 0 else ("sell", "buy")
        assert f"is {regime} (" in await refusal(hub, f"{against} btc 600")
        assert codes(await hub.say(f"{way} btc 600")) == []
        assert len(hub.app.hub.open_trades()) == 1


async def test_closing_is_never_held_back(tmp_path: Path) -> None:
    async with hub_of(tmp_path, 0) as hub:
        await hub.say("buy btc 600 -e main", source="api")
        assert len(hub.app.hub.open_trades()) == 1
        assert codes(await hub.say("close btc")) == []
        assert hub.app.hub.open_trades() == []


@pytest.mark.parametrize("unknown", ["refuse", "allow"])
async def test_an_unknown_market_is_refused_unless_the_route_says_otherwise(tmp_path: Path, unknown: str) -> None:
    async with hub_of(tmp_path, 20, 50, unknown=unknown) as hub:
        if unknown == "refuse":
            assert "has too few bars yet" in await refusal(hub, "buy btc 600")
        else:
            assert codes(await hub.say("buy btc 600")) == []
        market, _ = hub.app.hub.regimes()
        assert (market.judged, market.bars, market.needed) == (None, 50, 113)


async def test_a_judgement_grows_old(tmp_path: Path) -> None:
    async with hub_of(tmp_path, 20) as hub:
        hub.clock.time += 4 * MINUTE
        await hub.price("BTCUSDT", 60_000)
        assert "its last bar closed at 2026-01-05T08:00Z" in await refusal(hub, "buy btc 600")


async def test_the_label_follows_the_bars_and_survives_a_restart(tmp_path: Path) -> None:
    async with hub_of(tmp_path, 20) as hub:
        since = hub.app.hub.regimes()[0].judged.since  # type: ignore[union-attr]
        for n in range(120):
            add_bar(hub, 60_000 + (n % 2) * 65)
            await happen(hub)
        market = hub.app.hub.regimes()[0]
        assert market.judged is not None
        assert market.judged.regime is Regime.LATERAL
        assert market.judged.since > since
        await hub.restart()
        again = hub.app.hub.regimes()[0]
        assert again.judged == market.judged


async def test_a_preview_says_the_same(tmp_path: Path) -> None:
    async with hub_of(tmp_path, 0) as hub:
        preview = await hub.app.hub.preview("buy btc 600")
        assert preview.refusal is not None
        assert preview.refusal.code == "regime"


async def test_a_route_for_very_many_symbols_judges_those_that_are_named(tmp_path: Path) -> None:
    many = [replace(BTC, symbol=f"COIN{n}USDT") for n in range(120)]
    hub = Story(tmp_path, routes=[route()], strategies=digits(symbols=["COIN7USDT"]))
    hub.offered, hub.history = [BTC, *many], []
    hub.prices = {"BTCUSDT": hub.prices["BTCUSDT"]}
    async with hub:
        assert [market.symbol for market in hub.app.hub.regimes()] == ["COIN7USDT"]
        (warning,) = hub.app.hub.health()["warnings"]
        assert "regime of 121 symbols" in warning
