"""A wrong value of each kind is told in the words of the file: where it is, what is wanted, what was found."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, Field, ValidationError

from tradewire.settings.document import parse
from tradewire.settings.findings import findings
from tradewire.settings.interpolate import Interpolator
from tradewire.settings.load import loads
from tradewire.settings.problems import SettingsError


def told(text: str, **environment: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        loads(text, "hub.yaml", Path("."), environment)
    return [str(problem) for problem in caught.value.problems]


KINDS = {
    "enum": ("risk:\n  default:\n    opposite: revers", "must be allow, ignore, close or reverse, not 'revers'"),
    "literal": ("risk:\n  default:\n    direction: 5", "must be both, long or short, not 5"),
    "list of literals": ("routes:\n- name: a\n  match: {kinds: [all]}", "not 'all'"),
    "decimal": ("symbols:\n  instruments:\n    BTCUSDT: {tick_size: 1 cent}", "must be a number, not '1 cent'"),
    "lower bound": ("symbols:\n  instruments:\n    BTCUSDT: {tick_size: 0}", "must be more than 0, not 0"),
    "upper bound": ("accounts:\n  a:\n    config: {max_leverage: 1001}", "must be 1000 or less, not 1001"),
    "upper end": ("accounts:\n  a:\n    config: {stop_out: 1}", "must be less than 1, not 1"),
    "least": ("exits:\n  e:\n    breakeven_after_target: 0", "must be 1 or more, not 0"),
    "whole number": ("risk:\n  default:\n    max_open_trades: many", "must be a whole number, not 'many'"),
    "yes or no": ("accounts:\n  a:\n    enabled: maybe", "must be true or false, not 'maybe'"),
    "duration": ("risk:\n  default:\n    cool_down: [15m]", "must be written such as 90s, 15m or 2h, not a list"),
    "duration, empty": ("risk:\n  default:\n    cool_down:", "must be written such as 90s, 15m or 2h, not empty"),
    "duration, unit": (
        "risk:\n  default:\n    cool_down: 3w",
        "'3w' has no unit that is known: write a duration such as",
    ),
    "distance": (
        "exits:\n  e:\n    trailing: {x: 1}",
        "must be written such as 2.8%, 30p or 2atr, not keys and values",
    ),
    "size": ("risk:\n  default:\n    sizing: {size: true}", "0.01u, 2%, risk 1% or risk 1% per 2atr, not true"),
    "hours": ("risk:\n  default:\n    hours: [weekdays]", "'weekdays' is no day of the week: write it such as"),
    "hours, in part": ("risk:\n  default:\n    hours: [mon 8-17]", "'8-17' in 'mon 8-17' cannot be read: write it"),
    "moment": (
        "risk:\n  default:\n    news: [{at: 2026-01-05}]",
        "must be a date and a time such as 2026-01-05T08:30:00Z",
    ),
    "pattern": (
        "accounts:\n  a:\n    currency: usdt",
        "must be a currency in capital letters such as USDT, not 'usdt'",
    ),
    "text": ("routes:\n-\n  name: 5", "must be text: put it in quotes, not 5"),
    "text, a list": ("routes:\n-\n  name: [a]", "must be text, not a list"),
    "text, empty": ("routes:\n-\n  name: ''", "routes.0.name: must not be empty"),
    "path": (
        "feeds:\n  f: {type: replay, config: {recordings: [{symbol: BTCUSDT,\n    path: 5}]}}",
        "the path of a file",
    ),
    "list": ("risk:\n  default:\n    symbols: BTC*, ETH*", 'must be a list: write ["BTC*", "ETH*"]'),
    "list, nothing": ("risk:\n  default:\n    symbols:", "must be a list: write [ … ]"),
    "list, empty": ("routes:\n- name: a\n  accounts: []", "routes.0.accounts: must not be empty"),
    "mapping": ("accounts:\n  a:\n    config: 5", "must be keys and values: write { key: value }, not 5"),
    "mapping, a list": ("accounts:\n  a:\n    [5]", "must be keys and values: write { key: value }, not a list"),
    "key": (
        "symbols:\n  aliases: {}\n  instruments: {gold: {}}",
        "'gold' is no name that can be used here: use capital",
    ),
    "address": ("server:\n  port: 1\n  host: hub", "server.host: 'hub' is no address: write 127.0.0.1"),
}


@pytest.mark.parametrize(("text", "sentence"), KINDS.values(), ids=KINDS)
def test_a_wrong_value_is_told_with_its_line_what_is_wanted_and_what_was_found(text: str, sentence: str) -> None:
    (problem,) = told(text)
    assert sentence in problem
    line = 2 if text.startswith("accounts:\n  a:\n    [") else 3
    assert problem.startswith(f"hub.yaml:{line}: ")
    assert not any(word in problem for word in ("should", "input", "class", "tuple", "string", "None", "True"))


@pytest.mark.parametrize(
    ("speed", "sentence"), [("fast", "must be a number or max, not 'fast'"), ("0", "must be more than 0 or max, not 0")]
)
def test_where_one_of_several_kinds_is_wanted_one_sentence_names_them_all(speed: str, sentence: str) -> None:
    text = f"feeds: {{f: {{type: replay, config: {{recordings: [{{symbol: BTCUSDT, path: x}}], speed: {speed}}}}}}}"
    assert told(text) == [f"hub.yaml:1: feeds.f.config.speed: {sentence}"]


def test_a_wrong_name_and_its_wrong_value_are_two_mistakes() -> None:
    assert len(told("symbols: {instruments: {gold: 5}}")) == 2


@pytest.mark.parametrize("written", ["5550123", "12.5"])
def test_a_secret_is_never_shown(written: str) -> None:
    text = f"notifiers: {{n: {{type: webhook, config: {{url: 'http://x.test', headers: {{Key: {written}}}}}}}}}"
    assert told(text) == ["hub.yaml:1: notifiers.n.config.headers.Key: must be text: put it in quotes"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('server: {port: "${KEY}"}', "server.port: must be a whole number, not what ${KEY} stands for"),
        ('server: {host: "${KEY}"}', "server.host: ${KEY} is no address: write 127.0.0.1, 0.0.0.0 or the like"),
        ('server: {allowed_hosts: "${KEY}"}', 'server.allowed_hosts: must be a list: write ["${KEY}"]'),
        ('engine: {dedupe_window: "${KEY}"}', "engine.dedupe_window: ${KEY} cannot be read: write a duration such as"),
    ],
)
def test_what_a_reference_stands_for_is_not_shown(text: str, sentence: str) -> None:
    (problem,) = told(text, KEY="hunter2")
    assert problem.startswith(f"hub.yaml:1: {sentence}")
    assert "hunter2" not in problem


class Theirs(BaseModel):
    """Settings of somebody's plug-in, with kinds of limit that the hub itself has none of."""

    tag: str = Field(default="x", pattern="^x")
    steps: int = Field(default=5, multiple_of=5)


def test_limits_of_a_plugin_that_the_hub_does_not_know_are_told_too() -> None:
    document = parse("tag: y\nsteps: 3", "hub.yaml", Interpolator({}, Path(".")))
    with pytest.raises(ValidationError) as caught:
        Theirs.model_validate(document.data)
    assert [str(problem) for problem in findings(document, (), Theirs, caught.value)] == [
        "hub.yaml:1: tag: must match pattern '^x', not 'y'",
        "hub.yaml:2: steps: must be a multiple of 5, not 3",
    ]
