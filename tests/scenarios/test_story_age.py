"""How old an alert is: counted from when its sender says that it was sent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scenarios.story import LIMITS, SECOND, START, Story, codes
from tradewire.engine import facts as f

RISK = {"default": LIMITS | {"max_signal_age": "60s", "max_clock_skew": "5s"}}


def alert(seconds: float, key: str = "timestamp", action: str = "buy") -> str:
    """Return the body of an alert that says it was sent so many seconds after the start of the story."""
    return json.dumps({"action": action, "symbol": "BTCUSDT", key: START // SECOND + seconds})


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        (alert(0), []),
        (alert(-50), []),
        (alert(-70), ["stale_signal"]),
        (alert(4), []),
        (alert(10), ["clock_skew"]),
        (alert(-86_400, key="time"), []),
        ('{"action": "buy", "symbol": "BTCUSDT", "timenow": "2020-01-01T00:00:00Z"}', ["stale_signal"]),
        ('{"text": "buy btc 80", "timenow": "2020-01-01T00:00:00Z"}', ["stale_signal"]),
    ],
)
async def test_an_alert_is_as_old_as_it_says(tmp_path: Path, said: str, refused: list[str]) -> None:
    async with Story(tmp_path, risk=RISK) as hub:
        assert codes(await hub.say(said, source="hook", external_id=None)) == refused


async def test_an_old_alert_closes_all_the_same(tmp_path: Path) -> None:
    async with Story(tmp_path, risk=RISK) as hub:
        await hub.say("buy btc 80")
        assert codes(await hub.say(alert(-9_999, action="close"))) == []
        assert not hub.app.hub.open_trades()


async def test_what_is_held_keeps_its_age_over_a_restart(tmp_path: Path) -> None:
    async with Story(tmp_path, risk=RISK) as hub:
        hub.engine.post_event("main", f.LostReady("cut"))
        await hub.engine.next_commit()
        receipt = await hub.receive(alert(-50), source="hook")
        while hub.engine.backlog:
            await hub.engine.next_commit()
        hub.clock.time += 15 * SECOND
        await hub.restart()
        story = await hub.app.hub.story(receipt.message_id)
        assert story is not None
        assert codes(story) == ["stale_signal"]
