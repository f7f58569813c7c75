"""What every plug-in must tell of itself, whatever its kind: its manifest, the form of its settings, its check.

The suites of the kinds include it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pytest
from pydantic import ValidationError

from tradewire.ports import Clock, Finding, Kind, Topic
from tradewire.registry import Plugin, Registry
from tradewire.settings.schema import schema_of
from tradewire.settings.trial import findings_of

CHOSEN_NOW = 1_800_000_000 * 1_000_000_000


class ManualClock:
    """A clock that moves only when a test, or a sleep through `asyncio`, moves it."""

    def __init__(self, now: int) -> None:
        self.time = now

    def now(self) -> int:
        return self.time


class PluginSuite:
    """`target` names the plug-in as a configuration would: by its id, or as `module:Class`.

    The fixture `settings` has what works, as it stands in a configuration; `unworkable` lists settings that can be read
    but cannot work. A check is asked as the hub asks it, at the time of `check_clock`.
    """

    kind: ClassVar[Kind]
    target: ClassVar[str]

    @pytest.fixture
    def check_clock(self) -> Clock:
        return ManualClock(CHOSEN_NOW)

    @pytest.fixture
    def settings(self) -> Mapping[str, Any]:
        return {}

    @pytest.fixture
    def unworkable(self) -> Sequence[Mapping[str, Any]]:
        return ()

    @pytest.fixture
    def plugin(self) -> Plugin:
        return Registry().load(self.kind, self.target)

    def test_its_manifest_says_what_it_is(self, plugin: Plugin) -> None:
        manifest = plugin.manifest
        assert manifest is not None
        assert manifest.kind is self.kind
        assert re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", manifest.id)
        assert manifest.title
        assert re.fullmatch(r"[^\n]{10,120}\.", manifest.summary), "one sentence"
        assert manifest.docs
        assert ":" in self.target or manifest.id == self.target

    def test_its_settings_draw_a_form(self, plugin: Plugin) -> None:
        form = schema_of(plugin.config)
        assert form["type"] == "object"
        for name, field in form.get("properties", {}).items():
            assert {"type", "anyOf", "allOf", "$ref", "enum"} & field.keys(), f"{name} draws nothing"
        assert plugin.config.model_config.get("frozen")
        with pytest.raises(ValidationError):
            plugin.config.model_validate({"no_such_setting": 1})

    def test_its_manifest_admits_to_secrets(self, plugin: Plugin) -> None:
        assert plugin.manifest is not None
        assert plugin.manifest.secrets is ("'format': 'password'" in str(schema_of(plugin.config)))

    async def test_its_check_finds_that_all_is_well(
        self, plugin: Plugin, settings: Mapping[str, Any], check_clock: Clock
    ) -> None:
        findings = await found(plugin, settings, check_clock)
        assert [finding for finding in findings if not finding.ok] == []
        assert all(finding.detail for finding in findings)

    async def test_its_check_changes_nothing_and_may_be_asked_again(
        self, plugin: Plugin, settings: Mapping[str, Any], check_clock: Clock
    ) -> None:
        first, again = [await found(plugin, settings, check_clock) for _ in range(2)]
        assert [(finding.ok, finding.what) for finding in first] == [(finding.ok, finding.what) for finding in again]

    async def test_its_check_says_what_cannot_work_and_what_to_do(
        self, plugin: Plugin, unworkable: Sequence[Mapping[str, Any]], check_clock: Clock
    ) -> None:
        for settings in unworkable:
            faults = [finding for finding in await found(plugin, settings, check_clock) if not finding.ok]
            assert faults, settings
            assert all(fault.detail and fault.remedy for fault in faults)
            assert all(fault.what is not Topic.PLUGIN for fault in faults), "a check that fails finds nothing out"


async def found(plugin: Plugin, settings: Mapping[str, Any], clock: Clock) -> Sequence[Finding]:
    """Return what a plug-in's check says of `settings`."""
    assert plugin.check is not None
    return await findings_of(plugin.check, plugin.config.model_validate(settings), clock)
