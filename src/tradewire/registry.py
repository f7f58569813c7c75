"""From a plug-in's id to its class, imported only when it is used.

An id is looked for among the built-in ones, then among those that the configuration names, then among the entry
points of installed packages (group `tradewire.plugins`, name `<kind>.<id>`, such as `venue.acme`); `module:Class` needs
no entry. The module that a plug-in is named in also carries its `Config`, a frozen pydantic model, its `MANIFEST` and
its `check`; a plug-in of a user works without the last two, but has less to say for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from importlib import import_module
from importlib.metadata import entry_points
from types import MappingProxyType, ModuleType
from typing import Any

from msgspec import Struct
from pydantic import BaseModel

from tradewire.ports import Check, Kind, Manifest

__all__ = ["BUILT_IN", "Kind", "Listed", "Origin", "Plugin", "PluginBroken", "Registry", "UnknownPlugin"]

ENTRY_POINTS = "tradewire.plugins"


BUILT_IN: Mapping[Kind, Mapping[str, str]] = MappingProxyType(
    {
        Kind.VENUE: {"paper": "tradewire.venues.paper:PaperVenue"},
        Kind.FEED: {
            "simulated": "tradewire.feeds.simulated:SimulatedQuotes",
            "ccxt": "tradewire.feeds.ccxt:CcxtQuotes",
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
    """A loaded plug-in: `make` builds it, `config` reads its settings, `check` tries them."""

    kind: Kind
    id: str
    make: type[Any]
    config: type[BaseModel]
    manifest: Manifest | None = None
    check: Check | None = None


class Origin(StrEnum):
    """Where a plug-in comes from."""

    BUILT_IN = "built-in"
    OWN = "yours"
    """The configuration names its class."""
    INSTALLED = "installed"
    """An installed package announces it."""


class Listed(Struct, frozen=True, kw_only=True):
    """A plug-in as a list shows it; `about` is the reason where it is broken, and None where it tells nothing."""

    kind: Kind
    id: str
    origin: Origin
    target: str
    about: Manifest | PluginBroken | None


class Registry:
    """All plug-ins that a hub can use."""

    def __init__(self, own: Mapping[Kind, Mapping[str, str]] = MappingProxyType({})) -> None:
        self._own = own

    def names(self, kind: Kind) -> tuple[str, ...]:
        """Return the ids that can be written in a configuration, sorted."""
        return tuple(sorted(self._targets(kind)))

    def listed(self, in_use: Iterable[tuple[Kind, str]] = ()) -> Iterator[Listed]:
        """Yield every plug-in, by kind and id, and those of `in_use` that are named `module:Class`.

        Of a built-in one only the manifest is read; others are loaded, to tell whether they can be.
        """
        named = set(in_use)
        for kind in Kind:
            targets = self._targets(kind)
            targets |= {name: (Origin.OWN, name) for of, name in named if of is kind and ":" in name}
            for name, (origin, target) in sorted(targets.items()):
                yield Listed(
                    kind=kind, id=name, origin=origin, target=target, about=self._about(kind, name, origin, target)
                )

    def _about(self, kind: Kind, name: str, origin: Origin, target: str) -> Manifest | PluginBroken | None:
        try:
            if origin is Origin.BUILT_IN:
                return _manifest(import_module(target.partition(":")[0]), kind)
            return self.load(kind, name).manifest
        except PluginBroken as broken:
            return broken

    def load(self, kind: Kind, name: str) -> Plugin:
        """Import a plug-in.

        Raises:
            UnknownPlugin: no such id.
            PluginBroken: its module fails at import, or is not a plug-in of this kind.
        """
        targets = {name: (Origin.OWN, name)} if ":" in name else self._targets(kind)
        if name not in targets:
            raise UnknownPlugin(kind, name, self.names(kind))
        _, target = targets[name]
        module_name, _, class_name = target.partition(":")
        try:
            module = import_module(module_name)
            make, config = getattr(module, class_name), module.Config
            manifest, check = _manifest(module, kind), getattr(module, "check", None)
        except Exception as error:  # whatever a stranger's module raises must not end the hub
            raise PluginBroken(kind, name, f"{type(error).__name__}: {error}") from error
        if not (isinstance(make, type) and isinstance(config, type) and issubclass(config, BaseModel)):
            raise PluginBroken(kind, name, f"{target} is not a class beside a pydantic Config")
        if check is not None and not callable(check):
            raise PluginBroken(kind, name, f"the check beside {target} is not a function")
        return Plugin(kind=kind, id=name, make=make, config=config, manifest=manifest, check=check)

    def _targets(self, kind: Kind) -> dict[str, tuple[Origin, str]]:
        """Return `module:Class` by id; of one id a built-in goes before yours, and yours before an installed one."""
        prefix = f"{kind}."
        installed = {
            point.name.removeprefix(prefix): (Origin.INSTALLED, point.value)
            for point in entry_points(group=ENTRY_POINTS)
            if point.name.startswith(prefix)
        }
        own = {name: (Origin.OWN, target) for name, target in self._own.get(kind, {}).items()}
        return installed | own | {name: (Origin.BUILT_IN, target) for name, target in BUILT_IN[kind].items()}


def _manifest(module: ModuleType, kind: Kind) -> Manifest | None:
    """Return what the module of a plug-in tells of it; None where it tells nothing.

    Raises:
        TypeError: this is no manifest, or that of a plug-in of another kind.
    """
    manifest = getattr(module, "MANIFEST", None)
    if manifest is None:
        return None
    if not isinstance(manifest, Manifest):
        raise TypeError("its MANIFEST is no tradewire.ports.Manifest")
    if manifest.kind is not kind:
        raise TypeError(f"by its manifest it is a {manifest.kind}, not a {kind}")
    return manifest
