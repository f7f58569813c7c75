"""A configuration is taken whole or not at all, and every mistake in it is named at its line."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tradewire.domain.account import Mode
from tradewire.settings.load import Loaded, load, loads
from tradewire.settings.problems import SettingsError


def read(text: str, folder: Path = Path("."), **environment: str) -> Loaded:
    return loads(text, "hub.yaml", folder, environment)


def problems(text: str, **environment: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read(text, **environment)
    return [str(problem) for problem in caught.value.problems]


def test_without_a_file_the_hub_is_a_paper_hub_that_shows_itself() -> None:
    result = load(None, {})
    settings = result.settings
    assert {name: account.mode for name, account in settings.accounts.items()} == {"paper": Mode.PAPER}
    assert [source.type for source in settings.sources.values()] == ["demo"]
    assert [feed.type for feed in settings.feeds.values()] == ["simulated"]
    assert settings.server.host == "127.0.0.1"
    assert result.warnings == ()


@pytest.mark.parametrize("text", ["", "# nothing\n", "accounts:\n", "---\n", "~"])
def test_an_empty_file_is_no_file(text: str) -> None:
    assert read(text).settings == load(None, {}).settings


def test_without_the_demo_nothing_trades_by_itself() -> None:
    assert read("").settings.without_demo().sources == {}


def test_a_file_with_accounts_has_no_made_up_signals() -> None:
    assert read("accounts: {mine: {}}").settings.sources == {}


def test_numbers_are_exact_to_the_last_digit() -> None:
    text = "symbols: {instruments: {XAUUSD: {tick_size: 0.1000000000000000000000001}}}"
    assert read(text).settings.symbols.instruments["XAUUSD"].tick_size == Decimal("0.1000000000000000000000001")


def test_what_people_write_is_read_as_they_mean_it() -> None:
    profile = read("risk: {default: {max_order_value: 5%, cool_down: 15m, sizing: {size: risk 1%}}}").settings.risk
    assert profile["default"].max_order_value is not None
    assert profile["default"].max_order_value.percent
    assert profile["default"].cool_down == 900


def test_a_profile_bears_the_name_of_its_key() -> None:
    assert read("risk: {careful: {}}").settings.risk["careful"].name == "careful"


def test_named_exits_stand_for_themselves() -> None:
    text = """
exits:
  scalp: {stop: 1%, targets: ["2%@50%", 4%]}
routes:
  - {name: all, exits: scalp}
risk:
  default: {exits: scalp}
"""
    settings = read(text).settings
    assert settings.routes[0].exits == settings.exits["scalp"] == settings.risk["default"].exits


UNKNOWN_KEYS = [
    ("server:\n  prt: 1", 'hub.yaml:2: server.prt: unknown key; did you mean "port"?'),
    ("acounts: {}", 'hub.yaml:1: acounts: unknown key; did you mean "accounts"?'),
    (
        "accounts:\n  a:\n    venue: paper\n    curency: USD",
        'hub.yaml:4: accounts.a.curency: unknown key; did you mean "currency"?',
    ),
    (
        "routes:\n- name: a\n  match:\n    symbls: [BTC*]",
        'hub.yaml:4: routes.0.match.symbls: unknown key; did you mean "symbols"?',
    ),
    (
        "accounts:\n  a:\n    config:\n      balanse: 5",
        'hub.yaml:4: accounts.a.config.balanse: unknown key; did you mean "balance"?',
    ),
    (
        "risk: {default: {max_open: 3}}",
        'hub.yaml:1: risk.default.max_open: unknown key; did you mean "max_open_trades"?',
    ),
]


@pytest.mark.parametrize(("text", "message"), UNKNOWN_KEYS)
def test_an_unknown_key_is_named_with_file_line_and_nearest_key(text: str, message: str) -> None:
    assert problems(text) == [message]


MISTAKES = [
    ("accounts: {a: {mode: lve}}", "must be paper or live, not 'lve'; did you mean \"live\"?"),
    ("accounts: {A B: {}}", "'A B' is no name that can be used here"),
    ("accounts: {a: {risk: nix}}", "there is no risk profile 'nix'"),
    ("accounts: {a: {venue: papr}}", "there is no venue plug-in 'papr'; did you mean \"paper\"?"),
    ("accounts: {a: {mode: live}}", "the paper venue moves no real money"),
    ("routes: [{name: a, accounts: [papr]}]", "there is no account or venue 'papr'; did you mean \"paper\"?"),
    ("routes: [{name: a}, {name: a}]", "a second route is named 'a'"),
    ("routes: [{name: a, risk_profile: x}]", "there is no risk profile 'x'"),
    ("routes: [{name: a, exits: x}]", "there are no exits named 'x'"),
    ("routes: [{}]", "routes.0.name: is missing"),
    ("sources: {x: {type: demo, account: nobody}}", "there is no account 'nobody'"),
    ("sources: {x: {type: demo}}", "made-up signals go to one paper account"),
    ("notifiers: {n: {type: webhook, config: {url: x}}}", "an address begins with http:// or https://"),
    ("server: {port: 65536}", "server.port: must be 65535 or less, not 65536"),
    ("server: {host: example}", "server.host: 'example' is no address"),
    ("engine: {dedupe_window: soon}", "engine.dedupe_window"),
    ("a: 1\na: 2", "this key stands here twice"),
    ("a: [", "broken YAML"),
    ("a: !thing 3", "the tag !thing is not known here"),
    ("a: &x {b: *x}", "an anchor that contains itself"),
    ("a: .inf", "is not a finite number"),
    ("accounts: {A B: {}}", "use small letters, digits, - and _, 40 at most"),
    ("accounts: {a: {currency: usdt}}", "must be a currency in capital letters such as USDT, not 'usdt'"),
    ("accounts: {a: 5}", "accounts.a: must be keys and values: write { key: value }, not 5"),
    ("server: {port: 1.5}", "server.port: must be a whole number, not 1.5"),
    ("server: {host: 5}", "server.host: must be text: put it in quotes, not 5"),
    ("server: {allowed_hosts: x}", 'server.allowed_hosts: must be a list: write ["x"]'),
    ("routes: [{name: a, accounts: paper}]", 'routes.0.accounts: must be a list: write ["paper"]'),
    (
        'routes: [{name: a, hours: "mon-fri 08:00-17:00 Europe/London"}]',
        'routes.0.hours: must be a list: write ["mon-fri 08:00-17:00 Europe/London"]',
    ),
    ('exits: {e: {targets: "3%@50%,2%"}}', 'exits.e.targets: must be a list: write ["3%@50%", "2%"]'),
    ("exits: {e: {session_end: 5}}", "exits.e.session_end: must be true or false, not 5"),
    ("risk: {default: {news: [{at: soon}]}}", "must be a date and a time such as 2026-01-05T08:30:00Z, not 'soon'"),
    ("\n".join(["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))]), "aliases"),
    ("? [1]\n: 2", "a key must be a word"),
    ("- 1", "a configuration is a mapping of sections"),
    ("\0", "broken YAML"),
    ("[" * 600, "broken YAML"),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_a_mistake_is_explained(text: str, message: str) -> None:
    assert message in "\n".join(problems(text))


def test_everything_that_is_wrong_is_said_at_once_in_the_order_of_the_file() -> None:
    text = """
server: {prt: 1}
accounts:
  a: {mode: lve}
notifiers:
  n: {type: webhook, config: {url: "${NOWHERE}"}}
"""
    found = problems(text)
    assert [line.split(": ")[0] for line in found] == ["hub.yaml:2", "hub.yaml:4", "hub.yaml:6"]
    assert "the environment variable NOWHERE is not set" in found[2]


def test_secrets_come_from_the_environment_and_from_files(tmp_path: Path) -> None:
    (tmp_path / "port").write_text("9001\n")
    text = 'server: {port: "${file:port}", host: "${HOST}", public_url: "http://${NAME:-hub}.test/$${x}"}'
    server = read(text, tmp_path, HOST="::1").settings.server
    assert (server.host, server.port, server.public_url) == ("::1", 9001, "http://hub.test/${x}")


@pytest.mark.parametrize("reference", ["${}", "${A", "${A B}", "${A:?x}", "${file:nothing-here}", "${NOPE}"])
def test_a_reference_to_nothing_is_an_error_at_its_line(reference: str) -> None:
    assert problems(f'server:\n  host: "{reference}"')[0].startswith("hub.yaml:2: server.host: ")


def test_an_unquoted_reference_within_braces_is_explained() -> None:
    assert "needs quotes" in problems("server: {host: ${HOST}}", HOST="::1")[0]


def test_anchors_and_merges_work() -> None:
    text = """
accounts:
  one: &base {currency: USD, config: {balance: 5}}
  two: {<<: *base, currency: EUR}
  three: {<<: [{netting: netting}, *base]}
"""
    accounts = read(text).settings.accounts
    assert (accounts["two"].currency, accounts["two"].config) == ("EUR", {"balance": 5})
    assert (accounts["three"].currency, accounts["three"].netting) == ("USD", "netting")


def test_a_broken_plugin_is_named_and_the_rest_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_venue_here.py").write_text("raise RuntimeError('boom')")
    monkeypatch.syspath_prepend(tmp_path)
    result = read("accounts:\n  a: {venue: 'broken_venue_here:Venue'}\n  b: {}")
    assert [str(warning) for warning in result.warnings] == [
        "hub.yaml:2: accounts.a.venue: the venue plug-in 'broken_venue_here:Venue' is broken: RuntimeError: boom"
    ]
    assert set(result.settings.accounts) == {"a", "b"}


def test_a_disabled_plugin_is_not_even_imported() -> None:
    assert read("accounts: {a: {venue: 'no_such_module:X', enabled: false}, b: {}}").warnings == ()


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"a: \xff")
    for name, reason in (("absent.yaml", "cannot be read"), ("latin.yaml", "is not UTF-8"), (".", "cannot be read")):
        with pytest.raises(SettingsError, match=reason):
            load(tmp_path / name, {})
