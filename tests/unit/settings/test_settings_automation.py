"""What may be written about strategies, schedules and regimes, and what is said of mistakes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tradewire.settings.load import loads
from tradewire.settings.problems import SettingsError
from tradewire.settings.triggers import BadRule, cron, every

SECOND = 1_000_000_000


def told(text: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        loads(text, "f", Path(), {})
    return [str(problem) for problem in caught.value.problems]


STRATEGY = {"strategy": "sma-cross", "symbols": "[BTCUSDT]", "timeframe": "5m"}


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("strategy", "sma-crss", "sma-cross"),
        ("params", "{fsat: 3}", "fast"),
        ("params", "{fast: 300}", "must be less than slow"),
        ("accounts", "[papr]", "paper"),
        ("exits", "-slx 2%", "-sl"),
        ("exits", "-sl 60000", "write a distance"),
        ("exits", "-tp 2%@50%,70000", "write a distance"),
        ("exits", "-tsl 2%@65000", "write a distance"),
        ("exits", "-sl 2% -e demo", "write exits only"),
        ("exits", "-lim 60000", "write exits only"),
        ("timeframe", "7m", "whole ones make a day"),
        ("timeframe", "1w", "1m to 1d"),
        ("size", "risk 1% per 2atr", "belongs to the route"),
        ("symbols", "[]", "symbols"),
        ("side", "up", "side"),
    ],
)
def test_a_mistake_in_a_strategy_is_named(key: str, value: str, sentence: str) -> None:
    given = STRATEGY | {key: f"'{value}'" if key == "exits" else value}
    body = ", ".join(f"{name}: {text}" for name, text in given.items())
    problems = told(f"strategies: {{a: {{{body}}}}}")
    assert any(sentence in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("do: halt", "either `every` or `cron`"),
        ("do: halt, every: 5m, cron: '* * * * *'", "either `every` or `cron`"),
        ("do: halt, cron: '* * * *'", "4 fields and not five"),
        ("do: halt, cron: '61 * * * *'", "61"),
        ("do: halt, cron: '* * * * 8'", "no weekdays"),
        ("do: halt, cron: '0 8 * * *', zone: Berlin", "not a time zone"),
        ("do: halt, every: 0s", "at least 1s"),
        ("do: hlat, every: 5m", "halt"),
        ("do: halt -e papr, every: 5m", "paper"),
        ("do: strategy tend, every: 5m", "tend"),
        ("do: halt, every: 5m, account: papr", "paper"),
    ],
)
def test_a_mistake_in_a_schedule_is_named(rule: str, sentence: str) -> None:
    assert any(sentence in problem for problem in told(f"schedules: {{a: {{{rule}}}}}"))


@pytest.mark.parametrize(
    ("regime", "sentence"),
    [("{}", "timeframe"), ("{timeframe: 1h, allow: [up]}", "bull"), ("{timeframe: 2w}", "1m to 1d")],
)
def test_a_mistake_in_a_filter_is_named(regime: str, sentence: str) -> None:
    assert any(sentence in problem for problem in told(f"routes: [{{name: a, regime: {regime}}}]"))


@pytest.mark.parametrize("named", ["mine.py", "mine.py:Mine"])
def test_a_strategys_file_lies_below_the_configurations_folder(tmp_path: Path, named: str) -> None:
    text = f"strategies: {{a: {{strategy: '{named}', symbols: [BTCUSDT], timeframe: 1h}}}}"
    settings = loads(text, "f", tmp_path, {}).settings
    assert settings.strategies["a"].strategy == str(tmp_path / named)
    absolute = text.replace("mine.py", "/else/mine.py")
    assert loads(absolute, "f", tmp_path, {}).settings.strategies["a"].strategy.startswith("/else/mine.py")


def moments(*texts: str) -> list[int]:
    return [int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND for text in texts]


def test_every_counts_from_midnight_whenever_it_is_asked() -> None:
    (start,) = moments("2026-01-05T08:03:00")
    assert every(6 * 3600).between(start, start + 86_400 * SECOND, 9) == moments(
        "2026-01-05T12:00", "2026-01-05T18:00", "2026-01-06T00:00", "2026-01-06T06:00"
    )
    (noon,) = moments("2026-01-05T12:00")
    assert every(3600).after(noon) == noon + 3600 * SECOND
    assert every(3600).after(noon - 1) == noon


@pytest.mark.parametrize(
    ("weekdays", "days"),
    [
        ("1-5", "05 06 07 08 09"),
        ("0", "11"),
        ("7", "11"),
        ("5-7", "09 10 11"),
        ("mon,3", "05 07"),
        ("1-5/2", "05 07 09"),
    ],
)
def test_weekdays_count_as_in_cron(weekdays: str, days: str) -> None:
    start, end = moments("2026-01-05T00:00", "2026-01-11T23:59")
    found = cron(f"30 8 * * {weekdays}", "UTC").between(start, end, 99)
    assert found == moments(*(f"2026-01-{day}T08:30" for day in days.split()))


def test_the_hour_that_summer_time_skips_and_the_one_that_comes_twice() -> None:
    start, end = moments("2026-03-28T12:00", "2026-03-30T12:00")
    skipped = cron("30 2 * * *", "Europe/Berlin").between(start, end, 9)
    assert skipped[-1:] == moments("2026-03-30T00:30")
    assert len(skipped) <= 2
    start, end = moments("2026-10-24T12:00", "2026-10-25T12:00")
    twice = cron("30 2 * * *", "Europe/Berlin").between(start, end, 9)
    assert len(set(twice)) == len(twice)
    assert twice[0] == moments("2026-10-25T00:30")[0]


def test_a_rule_that_never_comes_has_no_moment() -> None:
    (now,) = moments("2026-01-05T08:00")
    assert cron("0 0 30 2 *", "UTC").after(now) is None
    with pytest.raises(BadRule, match="at least 1s"):
        every(0)
