"""A mistake of one kind hides none of another: one reading of the file names them all, each at its line."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tradewire.settings.load import loads
from tradewire.settings.problems import Problem, SettingsError

FILE = """\
accounts:
  main:
    venue: papr
    netting: foo
    config: {balanc: 5}
  spare:
    risk: nope
    config:
      balanc: 5
routes:
  - accounts: [main]
  - name: all
    accounts: [main, nobody]
    exits: nowhere
  - name: scalped
    exits: scalp
exits:
  scalp:
    plugin: "nomod:fn"
    stop: 5x
"""


def refused(text: str) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        loads(text, "hub.yaml", Path("."), {})
    return caught.value


def test_problems_of_all_kinds_are_said_at_once() -> None:
    error = refused(FILE)
    assert [(problem.line, problem.path) for problem in error.problems] == [
        (3, "accounts.main.venue"),
        (4, "accounts.main.netting"),
        (5, "accounts.main.config.balanc"),
        (7, "accounts.spare.risk"),
        (9, "accounts.spare.config.balanc"),
        (11, "routes.0.name"),
        (13, "routes.1.accounts.1"),
        (14, "routes.1.exits"),
        (20, "exits.scalp.stop"),
    ]
    assert [(problem.line, problem.path) for problem in error.warnings] == [(19, "exits.scalp.plugin")]


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("accounts: 5\nroutes: [{name: a, accounts: [main]}]", "accounts"),
        ("accounts: {main: 5}\nroutes: [{name: a, accounts: [main]}]", "accounts.main"),
        ("accounts: {main: {venue: 5, mode: live, config: {any: 1}}}", "accounts.main.venue"),
        ("accounts: {main: {risk: tight}}\nrisk: {tight: {max_open_trades: x}}", "risk.tight.max_open_trades"),
        ("accounts: {main: {risk: tight}}\nrisk: {tight: 5}", "risk.tight"),
        ("sources: {x: {type: demo, account: 5}}", "sources.x.account"),
        ("notifiers: {n: {config: {url: x}}}", "notifiers.n.type"),
        ("routes: [{name: a, accounts: [5]}]", "routes.0.accounts.0"),
        ("routes: [{name: a, exits: e}]\nexits: {e: {stop: 5x}}\nrisk: {default: {exits: e}}", "exits.e.stop"),
    ],
)
def test_what_only_follows_from_a_mistake_is_not_said(text: str, only: str) -> None:
    assert [problem.path for problem in refused(text).problems] == [only]


def test_an_item_of_a_list_keeps_its_number_when_one_before_it_is_wrong() -> None:
    error = refused("routes:\n- 5\n- {name: a}\n- 6\n- {name: b, risk_profile: x}\n- {name: a}\n")
    assert [str(problem).split(": ")[:2] for problem in error.problems] == [
        ["hub.yaml:2", "routes.0"],
        ["hub.yaml:4", "routes.2"],
        ["hub.yaml:5", "routes.3.risk_profile"],
        ["hub.yaml:6", "routes.4.name"],
    ]


def test_a_plugin_of_yours_that_cannot_be_loaded_is_named_beside_the_errors() -> None:
    error = refused('accounts: {a: {venue: "nomod:Venue"}}\nserver: {prt: 1}')
    assert [problem.path for problem in error.problems] == ["server.prt"]
    assert [problem.path for problem in error.warnings] == ["accounts.a.venue"]


WORDS = st.sampled_from(
    [
        "accounts",
        "name",
        "venue",
        "type",
        "config",
        "match",
        "exits",
        "stop",
        "targets",
        "paper",
        "demo",
        "2%",
        "5x",
        "a",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
SECTIONS = ["accounts", "routes", "risk", "exits", "sources", "notifiers", "plugins", "symbols", "server"]


@given(st.dictionaries(st.sampled_from(SECTIONS), VALUES, max_size=4))
def test_whatever_is_written_ends_in_settings_or_in_problems_with_lines(data: dict[str, object]) -> None:
    text = StringIO()
    YAML(typ="safe", pure=True).dump(data, text)
    assert all(problem.line for problem in problems(text.getvalue()))


def problems(text: str) -> tuple[Problem, ...]:
    try:
        loads(text, "hub.yaml", Path("."), {})
    except SettingsError as error:
        return error.problems
    return ()
