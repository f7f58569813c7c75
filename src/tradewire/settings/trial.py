"""Asks every plug-in in use to try its settings: the only part of reading a configuration that may touch a network."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct, to_builtins

from tradewire.ports import AuthFailed, Check, Clock, Finding, Misconfigured, NotReady, Topic
from tradewire.registry import PluginBroken, Registry
from tradewire.settings.document import Document
from tradewire.settings.load import Loaded
from tradewire.settings.plugins import Use, uses
from tradewire.settings.problems import Problem, dotted

PATIENCE_S: Final = 90.0
"""Longer than any patience that a built-in plug-in can be given."""

_NO_CHECK: Final = Finding(True, Topic.SETTINGS, "they fit; this plug-in brings no check that would try them")


class Trial(Struct, frozen=True):
    """What one plug-in found out about its settings."""

    use: Use
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Nothing was found that keeps the plug-in from working."""
        return all(finding.ok for finding in self.findings)

    def problems(self, document: Document) -> list[Problem]:
        """Return what keeps it from working, with what to do, at its place in the file."""
        return [
            document.problem(self.use.at, ": ".join(filter(None, (finding.what, finding.detail, finding.remedy))))
            for finding in self.findings
            if not finding.ok
        ]

    def values(self) -> dict[str, Any]:
        """Return it as plain values; `path` is the place in the configuration."""
        return {
            "path": dotted(self.use.at),
            "kind": self.use.kind,
            "type": self.use.type,
            "ok": self.ok,
            "findings": [to_builtins(finding) for finding in self.findings],
        }


def tried(loaded: Loaded, clock: Clock) -> list[Trial]:
    """Return what `trials` does, where no loop runs."""
    return asyncio.run(trials(loaded, clock))


async def trials(loaded: Loaded, clock: Clock, patience_s: float = PATIENCE_S) -> list[Trial]:
    """Return what each enabled plug-in says, in the order of the configuration; all are asked at once.

    A plug-in that cannot be loaded is not among them: the warnings of `loaded` name it.
    """
    asked = [_trial(use, loaded.registry, clock, patience_s) for use in uses(loaded.settings)]
    return [trial for trial in await asyncio.gather(*asked) if trial is not None]


async def _trial(use: Use, registry: Registry, clock: Clock, patience_s: float) -> Trial | None:
    try:
        plugin = registry.load(use.kind, use.type)
    except PluginBroken:
        return None
    if plugin.check is None:
        return Trial(use, (_NO_CHECK,))
    return Trial(use, await findings_of(plugin.check, plugin.config.model_validate(use.config), clock, patience_s))


async def findings_of(check: Check, config: Any, clock: Clock, patience_s: float = PATIENCE_S) -> tuple[Finding, ...]:
    """Return what a check says; what it raises, or that it does not end, is a finding too."""
    try:
        async with asyncio.timeout(patience_s):
            return _sound(await check(config, clock))
    except TimeoutError:
        detail, remedy = "no answer in time", "see that the other side runs and can be reached from here"
        return (Finding(False, Topic.REACHABLE, detail, remedy),)
    except NotReady as error:
        return (Finding(False, Topic.REACHABLE, str(error) or "not ready", "see that the other side runs"),)
    except AuthFailed as error:
        return (Finding(False, Topic.CREDENTIALS, str(error) or "they are not accepted", "renew them"),)
    except Misconfigured as error:
        return (Finding(False, Topic.SETTINGS, str(error), f"correct {error.field}"),)
    except Exception as error:  # a stranger's plug-in may raise anything
        detail = f"its check failed: {type(error).__name__}: {error}"
        return (Finding(False, Topic.PLUGIN, detail, "tell the author of the plug-in"),)


def _sound(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    found = tuple(findings)
    if not found or not all(isinstance(finding, Finding) for finding in found):
        raise TypeError("a check returns one Finding or more")
    return found
