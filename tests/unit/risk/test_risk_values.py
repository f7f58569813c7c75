"""Values as people write them: read strictly, explained when wrong, and written back as they were read."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from tradewire.domain import values
from tradewire.domain.hours import Window, parse_window, write_window
from tradewire.domain.policy import ExitDefaults, Opposite, Sizing, Use
from tradewire.domain.signal import Distance, ExitSpec, Size, SizeUnit, Target, Unit
from tradewire.domain.values import Amount, VolatilitySize
from tradewire.risk.profile import NewsEvent, RiskProfile

D = Decimal


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (values.parse_level, "60000", D(60000)),
        (values.parse_level, "2%", Distance(D(2), Unit.PERCENT)),
        (values.parse_level, " 1.5 ATR ", Distance(D("1.5"), Unit.ATR)),
        (values.parse_level, "2r", Distance(D(2), Unit.R)),
        (values.parse_distance, "30p", Distance(D(30), Unit.PIPS)),
        (values.parse_distance, "30 pips", Distance(D(30), Unit.PIPS)),
        (values.parse_distance, "1pip", Distance(D(1), Unit.PIPS)),
        (values.parse_distance, ".5%", Distance(D("0.5"), Unit.PERCENT)),
        (values.parse_target, "65000", Target(D(65000))),
        (values.parse_target, "3% @ 50%", Target(Distance(D(3), Unit.PERCENT), D("0.5"))),
        (values.parse_target, "3%@100%", Target(Distance(D(3), Unit.PERCENT), D(1))),
        (values.parse_size, "80", Size(D(80), SizeUnit.QUOTE)),
        (values.parse_size, "0.5lot", Size(D("0.5"), SizeUnit.LOTS)),
        (values.parse_size, "2 lots", Size(D(2), SizeUnit.LOTS)),
        (values.parse_size, "0.01u", Size(D("0.01"), SizeUnit.UNITS)),
        (values.parse_size, "3 units", Size(D(3), SizeUnit.UNITS)),
        (values.parse_size, "2%", Size(D(2), SizeUnit.EQUITY_PERCENT)),
        (values.parse_size, "Risk 1%", Size(D(1), SizeUnit.RISK_PERCENT)),
        (values.parse_size_rule, "risk 1%", Size(D(1), SizeUnit.RISK_PERCENT)),
        (values.parse_size_rule, "risk 1% per 2atr", VolatilitySize(D(1), D(2))),
        (values.parse_amount, "500", Amount(D(500))),
        (values.parse_amount, "2%", Amount(D(2), percent=True)),
        (values.parse_percent, "20", D(20)),
        (values.parse_percent, "20%", D(20)),
        (values.parse_duration, "90", 90),
        (values.parse_duration, "0", 0),
        (values.parse_duration, "90s", 90),
        (values.parse_duration, "1.5m", 90),
        (values.parse_duration, "2h", 7200),
        (values.parse_duration, "1d", 86400),
    ],
)
def test_what_people_write(read: Callable[[str], Any], text: str, value: Any) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text", "words"),
    [
        (values.parse_level, "2x", "2x"),
        (values.parse_level, "", "such as 2%"),
        (values.parse_level, "-5", "such as 2%"),
        (values.parse_level, "0", "more than zero"),
        (values.parse_level, "1e5", "cannot be read"),
        (values.parse_level, "٣", "cannot be read"),
        (values.parse_level, "1,5", "cannot be read"),
        (values.parse_distance, "2.8", "with its unit"),
        (values.parse_distance, "0%", "more than zero"),
        (values.parse_target, "3%@", "after @"),
        (values.parse_target, "3%@50", "percentage over 0% and up to 100%"),
        (values.parse_target, "3%@101%", "percentage over 0% and up to 100%"),
        (values.parse_target, "3%@0%", "percentage over 0% and up to 100%"),
        (values.parse_size, "8x", "risk 1%"),
        (values.parse_size, "risk 80", "in percent of equity"),
        (values.parse_size, "risk", "risk 1%"),
        (values.parse_size, "0", "more than zero"),
        (values.parse_size, "risk 0%", "more than zero"),
        (values.parse_size_rule, "2% per 2atr", "risk 1% per 2atr"),
        (values.parse_size_rule, "risk 1% per 2%", "risk 1% per 2atr"),
        (values.parse_amount, "5p", "money such as 500"),
        (values.parse_amount, "0", "more than zero"),
        (values.parse_percent, "5p", "such as 20%"),
        (values.parse_percent, "0", "more than zero"),
        (values.parse_duration, "5y", "such as 90s"),
        (values.parse_duration, "1.5", "whole number of seconds"),
    ],
)
def test_what_cannot_be_read_is_explained(read: Callable[[str], Any], text: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        read(text)


def test_durations_are_written_in_their_largest_whole_unit() -> None:
    assert [values.write_duration(s) for s in (0, 59, 60, 90, 7200, 86400)] == ["0s", "59s", "1m", "90s", "2h", "1d"]


def test_an_amount_is_money_or_a_share() -> None:
    assert Amount(D(5)).of(D(1000)) == 5
    assert Amount(D(5), percent=True).of(D(1000)) == 50


DAY = 86_400_000_000_000
HOUR = DAY // 24
MONDAY = 4 * DAY  # 1970-01-05


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        (
            "mon-fri 08:00-17:00",
            [8 * HOUR, 17 * HOUR - 1, 4 * DAY + 9 * HOUR],
            [8 * HOUR - 1, 17 * HOUR, 5 * DAY + 9 * HOUR],
        ),
        ("sat,sun", [5 * DAY, 7 * DAY - 1], [5 * DAY - 1, 7 * DAY]),
        ("fri-mon", [0, 4 * DAY, 6 * DAY], [DAY, 3 * DAY]),
        ("22:00-06:00", [0, 22 * HOUR, 6 * HOUR - 1], [6 * HOUR, 22 * HOUR - 1]),
        (
            "fri 22:00-02:00",
            [4 * DAY + 22 * HOUR, 5 * DAY + HOUR],
            [4 * DAY + HOUR, 5 * DAY + 2 * HOUR, 5 * DAY + 22 * HOUR],
        ),
        ("sun 22:00-02:00", [HOUR, 6 * DAY + 23 * HOUR], [6 * DAY + HOUR]),
        ("Monday 08:30-09:00 UTC", [8 * HOUR + HOUR // 2], [8 * HOUR + HOUR // 2 - 1, 9 * HOUR]),
        ("08:00-09:00 America/New_York", [13 * HOUR], [8 * HOUR, 14 * HOUR]),
        ("mon Europe/London", [0], [23 * HOUR]),  # London kept summer time all through 1970
        ("UTC", [0], []),
    ],
)
def test_hours_of_the_week(text: str, inside: list[int], outside: list[int]) -> None:
    window = parse_window(text)
    assert [window.contains(MONDAY + ts) for ts in inside] == [True] * len(inside)
    assert [window.contains(MONDAY + ts) for ts in outside] == [False] * len(outside)
    assert parse_window(write_window(window)) == window


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("moon 08:00-09:00", "'moon'"),
        ("08:00", "'08:00'"),
        ("08:60-09:00", "not a stretch"),
        ("08:00-09:60", "not a stretch"),
        ("24:00-09:00", "not a stretch"),
        ("08:00-24:01", "not a stretch"),
        ("08:00-08:00", "not a stretch"),
        ("08:00-09:00 Mars/Base", "'Mars/Base' is not a time zone"),
        ("mon 08:00-09:00 UTC again", "at 'again'"),
    ],
)
def test_hours_that_cannot_be_read(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        parse_window(text)


def test_hours_are_written_as_they_are_read() -> None:
    assert write_window(Window(frozenset(range(7)), 0, 1440)) == "00:00-24:00"
    assert write_window(parse_window("tue-wed 8:05-17:00 Europe/London")) == "tue,wed 08:05-17:00 Europe/London"


def test_a_profile_reads_text_and_numbers_and_its_dump_reads_the_same() -> None:
    written = {
        "name": "careful",
        "max_signal_age": "2m",
        "max_quote_age": 15,
        "max_spread": "3p",
        "max_order_value": 500.5,
        "daily_loss": "5%",
        "drawdown": 10,
        "hours": ["mon-fri 08:00-17:00"],
        "news": [{"at": "2026-01-09T13:30:00Z", "currencies": ["USD"], "before": "5m"}],
        "sizing": {"size": "risk 1% per 2atr", "cap": "2%", "use": "always"},
        "exits": {"stop": 55000, "targets": ["3%@50%", "2r"], "trailing": "1atr"},
        "opposite": "close",
    }
    profile = RiskProfile.model_validate(written)
    assert (profile.max_signal_age, profile.max_quote_age) == (120, 15)
    assert (profile.max_order_value, profile.daily_loss) == (Amount(D("500.5")), Amount(D(5), percent=True))
    assert profile.drawdown == 10
    assert profile.max_spread == Distance(D(3), Unit.PIPS)
    assert profile.sizing == Sizing(
        size=VolatilitySize(D(1), D(2)), cap=Size(D(2), SizeUnit.EQUITY_PERCENT), use=Use.ALWAYS
    )
    assert profile.exits.stop == D(55000)
    assert profile.opposite is Opposite.CLOSE
    assert RiskProfile.model_validate_json(profile.model_dump_json()) == profile
    assert RiskProfile.model_validate(profile.model_dump()) == profile


@pytest.mark.parametrize("value", [[1], True, {"a": 1}, object()])
def test_what_is_neither_text_nor_number_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError, match="must be text or a number"):
        RiskProfile(max_order_value=value)


def test_unknown_keys_are_refused_and_profiles_are_frozen() -> None:
    with pytest.raises(ValidationError, match="max_trades"):
        RiskProfile.model_validate({"max_trades": 1})
    with pytest.raises(ValidationError, match="frozen"):
        RiskProfile().name = "other"  # type: ignore[misc]


def test_the_schema_shows_how_values_are_written() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        schema = RiskProfile.model_json_schema()
    assert schema["properties"]["max_spread"]["default"] == "2%"
    assert "risk 1%" in str(schema["$defs"]["Sizing"]["properties"]["size"])
    assert {"type": "number"} in schema["properties"]["daily_loss"]["anyOf"][0]["anyOf"]


def test_the_pause_around_news() -> None:
    event = NewsEvent.model_validate({"at": "1970-01-01T01:00:00+01:00", "before": 60, "after": "2m"})
    assert event.span == (-60 * 10**9, 120 * 10**9)
    with pytest.raises(ValidationError, match="timezone"):
        NewsEvent.model_validate({"at": "2026-01-09T13:30:00"})


def test_empty_exits_change_nothing() -> None:
    assert ExitDefaults().is_empty
    assert ExitDefaults().spec == ExitSpec()
    assert not ExitDefaults(session_end=True).is_empty
    assert not ExitDefaults(plugin="a.b:c").is_empty
    with pytest.raises(ValidationError, match="pattern"):
        ExitDefaults(plugin="a.b")
