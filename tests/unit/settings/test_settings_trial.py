"""Every plug-in in use is asked, all at once, and whatever one of them does, the others are heard."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from contract.plugin_suite import CHOSEN_NOW, ManualClock
from tradewire.ports import AuthFailed, Finding, Misconfigured, NotReady, Topic
from tradewire.settings.load import Loaded, loads
from tradewire.settings.trial import Trial, findings_of, trials

GOOD = Finding(True, Topic.REACHABLE, "there")

PLUGIN = """
from pydantic import BaseModel
class Config(BaseModel):
    word: str = ""
class Teller:
    pass
"""


def loaded(text: str) -> Loaded:
    return loads(text, "hub.yaml", Path("."), {})


async def asked(text: str) -> list[Trial]:
    return await trials(loaded(text), ManualClock(CHOSEN_NOW))


def raising(error: BaseException):
    async def check(config: object, clock: object) -> list[Finding]:
        raise error

    return check


def returning(answer: object):
    async def check(config: object, clock: object) -> object:
        return answer

    return check


async def test_the_defaults_can_work() -> None:
    found = await asked("")
    assert [".".join(map(str, trial.use.at)) for trial in found] == [
        "accounts.paper",
        "feeds.simulated",
        "sources.demo",
        "notifiers.log",
    ]
    assert all(trial.ok for trial in found)


async def test_what_is_switched_off_is_not_asked() -> None:
    found = await asked("accounts: {a: {enabled: false, config: {balance: 0}}, b: {}}\nnotifiers: {}")
    assert [trial.use.at for trial in found] == [("accounts", "b"), ("feeds", "simulated")]


async def test_a_fault_is_told_at_its_line_with_what_to_do() -> None:
    text = "accounts:\n  good: {}\n  bad:\n    config: {balance: 0}\n"
    (trial,) = [trial for trial in await asked(text) if not trial.ok]
    (problem,) = trial.problems(loaded(text).document)
    assert str(problem) == (
        "hub.yaml:3: accounts.bad: settings: the account starts without money: every entry is refused: set a balance"
    )
    assert trial.values() == {
        "path": "accounts.bad",
        "kind": "venue",
        "type": "paper",
        "ok": False,
        "findings": [
            {
                "ok": False,
                "what": "settings",
                "detail": "the account starts without money: every entry is refused",
                "remedy": "set a balance",
            }
        ],
    }


@pytest.mark.parametrize(
    ("error", "what", "words"),
    [
        (NotReady("starting"), Topic.REACHABLE, "starting"),
        (NotReady(), Topic.REACHABLE, "not ready"),
        (AuthFailed("key expired"), Topic.CREDENTIALS, "key expired"),
        (AuthFailed(), Topic.CREDENTIALS, "not accepted"),
        (Misconfigured("server", "no such server"), Topic.SETTINGS, "server: no such server"),
        (TimeoutError(), Topic.REACHABLE, "no answer in time"),
        (ZeroDivisionError("oh"), Topic.PLUGIN, "ZeroDivisionError: oh"),
    ],
)
async def test_what_a_check_raises_is_a_finding(error: Exception, what: Topic, words: str) -> None:
    (finding,) = await findings_of(raising(error), None, ManualClock(0))
    assert (finding.ok, finding.what) == (False, what)
    assert words in finding.detail
    assert finding.remedy


@pytest.mark.parametrize("answer", [None, [], [GOOD, "fine"], 5], ids=str)
async def test_a_check_that_says_nothing_of_use_is_told_as_the_plugins_fault(answer: object) -> None:
    (finding,) = await findings_of(returning(answer), None, ManualClock(0))
    assert (finding.ok, finding.what) == (False, Topic.PLUGIN)


async def test_a_check_that_is_no_coroutine_is_told_as_the_plugins_fault() -> None:
    (finding,) = await findings_of(lambda config, clock: [GOOD], None, ManualClock(0))
    assert finding.what is Topic.PLUGIN


async def test_a_check_that_never_ends_is_ended() -> None:
    async def check(config: object, clock: object) -> list[Finding]:
        await asyncio.Event().wait()
        return [GOOD]

    (finding,) = await findings_of(check, None, ManualClock(0), patience_s=0.02)
    assert (finding.ok, finding.what) == (False, Topic.REACHABLE)


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    name = f"trial_{abs(hash(request.node.name))}"
    (tmp_path / f"{name}.py").write_text(PLUGIN + request.param)
    monkeypatch.syspath_prepend(tmp_path)
    return f"{name}:Teller"


@pytest.mark.parametrize("plugin", [""], indirect=True)
async def test_a_plugin_without_a_check_has_only_its_settings_read(plugin: str) -> None:
    (trial,) = [t for t in await asked(f'notifiers: {{n: {{type: "{plugin}"}}}}') if t.use.type == plugin]
    assert trial.ok
    assert "no check" in trial.findings[0].detail


@pytest.mark.parametrize("plugin", ["async def check(config, clock):\n    1 / 0"], indirect=True)
async def test_a_broken_check_hides_none_of_the_others(plugin: str) -> None:
    found = await asked(f'notifiers: {{n: {{type: "{plugin}"}}, log: {{type: log}}}}')
    assert {trial.use.at[-1]: trial.ok for trial in found if trial.use.at[0] == "notifiers"} == {
        "n": False,
        "log": True,
    }


async def test_a_plugin_that_cannot_be_loaded_is_left_to_the_warnings() -> None:
    text = 'notifiers: {n: {type: "nomod:N"}, log: {type: log}}'
    assert [problem.path for problem in loaded(text).warnings] == ["notifiers.n.type"]
    assert ("notifiers", "n") not in [trial.use.at for trial in await asked(text)]
