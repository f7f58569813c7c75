"""From a plug-in's id to its class, imported only when it is used.

An id is looked for among the built-in ones, then among those that the configuration names, then among the entry
points of installed packages (group `tradewire.plugins`, name `<kind>.<id>`, such as `venue.acme`); `module:Class` needs
no entry. The module that a plug-in is named in also carries its `Config`, a frozen pydantic model.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from importlib import import_module
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from pydantic import BaseModel

ENTRY_POINTS = "tradewire.plugins"


class Kind(StrEnum):
    """What a plug-in is for."""

    VENUE = "venue"
    FEED = "feed"
    SOURCE = "source"
    NOTIFIER = "notifier"


BUILT_IN: Mapping[Kind, Mapping[str, str]] = MappingProxyType(
    {
        Kind.VENUE: {"paper": "tradewire.venues.paper:PaperVenue"},
        Kind.FEED: {
            "simulated": "tradewire.feeds.simulated:SimulatedQuotes",
            "replay": "tradewire.feeds.replay:ReplayQuotes",
        },
        Kind.SOURCE: {"demo": "tradewire.sources.demo:DemoSource"},
        Kind.NOTIFIER: {
            "log": "tradewire.notifiers.log:LogNotifier",
            "webhook": "tradewire.notifiers.webhook:WebhookNotifier",
        },
    }
)


class UnknownPlugin(LookupError):
    """No plug-in of this kind has this id; `known` lists those that there are."""

    def __init__(self, kind: Kind, name: str, known: tuple[str, ...]) -> None:
        super().__init__(f"there is no {kind} plug-in {name!r}")
        self.known = known


class PluginBroken(Exception):
    """The plug-in cannot be loaded. It is left out and named; the hub runs on without it."""

    def __init__(self, kind: Kind, name: str, reason: str) -> None:
        super().__init__(f"the {kind} plug-in {name!r} is broken: {reason}")
        self.reason = reason


class Plugin(Struct, frozen=True, kw_only=True):
    """A loaded plug-in: `make` builds it, `config` checks its settings."""

    kind: Kind
    id: str
    make: type[Any]
    config: type[BaseModel]


class Registry:
    """All plug-ins that a hub can use."""

    def __init__(self, own: Mapping[Kind, Mapping[str, str]] = MappingProxyType({})) -> None:
        self._own = own

    def names(self, kind: Kind) -> tuple[str, ...]:
        """Return the ids that can be written in a configuration, sorted."""
        installed = {
            point.name.removeprefix(f"{kind}.")
            for point in entry_points(group=ENTRY_POINTS)
            if point.name.startswith(f"{kind}.")
        }
        return tuple(sorted({*BUILT_IN[kind], *self._own.get(kind, {}), *installed}))

    def load(self, kind: Kind, name: str) -> Plugin:
        """Import a plug-in.

        Raises:
            UnknownPlugin: no such id.
            PluginBroken: its module fails at import, or is not a plug-in.
        """
        target = self._target(kind, name)
        module_name, _, class_name = target.partition(":")
        try:
            module = import_module(module_name)
            make, config = getattr(module, class_name), module.Config
        except Exception as error:  # whatever a stranger's module raises must not end the hub
            raise PluginBroken(kind, name, f"{type(error).__name__}: {error}") from error
        if not (isinstance(make, type) and isinstance(config, type) and issubclass(config, BaseModel)):
            raise PluginBroken(kind, name, f"{target} is not a class beside a pydantic Config")
        return Plugin(kind=kind, id=name, make=make, config=config)

    def _target(self, kind: Kind, name: str) -> str:
        if ":" in name:
            return name
        for table in (BUILT_IN[kind], self._own.get(kind, {})):
            if name in table:
                return table[name]
        for point in entry_points(group=ENTRY_POINTS, name=f"{kind}.{name}"):
            return point.value
        raise UnknownPlugin(kind, name, self.names(kind))
