"""Asks every plug-in in use whether it can work with its settings. Nothing is connected to here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from pydantic import ValidationError

from tradewire.domain.policy import ExitDefaults
from tradewire.ports import Manifest
from tradewire.registry import Kind, PluginBroken, Registry, UnknownPlugin
from tradewire.risk.plugin import load as load_exits
from tradewire.settings.document import Document
from tradewire.settings.findings import findings
from tradewire.settings.model import Settings
from tradewire.settings.problems import Path, Problem, did_you_mean, nearest


class Use(Struct, frozen=True):
    """One place in the configuration where a plug-in is used; `key` is the field that names it."""

    kind: Kind
    at: Path
    key: str
    type: str
    config: Mapping[str, Any]


def registry_of(settings: Settings) -> Registry:
    """Return the registry with the plug-ins that the configuration itself names."""
    own = settings.plugins
    return Registry(
        {Kind.VENUE: own.venues, Kind.FEED: own.feeds, Kind.SOURCE: own.sources, Kind.NOTIFIER: own.notifiers}
    )


def uses(settings: Settings) -> Iterator[Use]:
    """Yield every enabled plug-in of the configuration."""
    for name, account in settings.accounts.items():
        if account.enabled:
            yield Use(Kind.VENUE, ("accounts", name), "venue", account.venue, account.config)
    for kind, section, plugins in (
        (Kind.FEED, "feeds", settings.feeds),
        (Kind.SOURCE, "sources", settings.sources),
        (Kind.NOTIFIER, "notifiers", settings.notifiers),
    ):
        for name, plugin in plugins.items():
            if plugin.enabled:
                yield Use(kind, (section, name), "type", plugin.type, plugin.config)


def listed(settings: Settings, registry: Registry) -> Iterator[dict[str, Any]]:
    """Yield every plug-in that the configuration can name, and those that it names by their class, as plain values."""
    for plugin in registry.listed((use.kind, use.type) for use in uses(settings)):
        about = plugin.about
        told = about if isinstance(about, Manifest) else None
        yield {
            "kind": plugin.kind,
            "id": plugin.id,
            "title": told.title if told else plugin.target.rpartition(":")[2],
            "origin": plugin.origin,
            "summary": told.summary if told else "",
            "needs": [need for need in ("network", "secrets") if told and getattr(told, need)],
            "docs": told.docs if told else "",
            "broken": str(about) if isinstance(about, PluginBroken) else None,
        }


def check_plugins(document: Document, settings: Settings, registry: Registry) -> tuple[list[Problem], list[Problem]]:
    """Return (errors, warnings). A plug-in that cannot be imported is a warning: it is left out, the rest runs.

    The settings of a plug-in whose id is misspelt are checked as those of the one that was probably meant.
    """
    errors: list[Problem] = []
    warnings = list(_exits(document, settings))
    for use in uses(settings):
        try:
            try:
                plugin = registry.load(use.kind, use.type)
            except UnknownPlugin as unknown:
                errors.append(document.problem((*use.at, use.key), f"{unknown}{did_you_mean(use.type, unknown.known)}"))
                meant = nearest(use.type, unknown.known)
                if meant is None:
                    continue
                plugin = registry.load(use.kind, meant)
        except PluginBroken as broken:
            warnings.append(document.problem((*use.at, use.key), str(broken)))
            continue
        try:
            plugin.config.model_validate(use.config)
        except ValidationError as error:
            errors.extend(findings(document, (*use.at, "config"), plugin.config, error))
    return errors, warnings


def _exits(document: Document, settings: Settings) -> Iterator[Problem]:
    """Yield a problem for each function for exits that cannot be loaded, where it is first named."""
    holders: list[tuple[Path, ExitDefaults | None]] = [(("exits", name), own) for name, own in settings.exits.items()]
    holders += [(("routes", index, "exits"), route.exits) for index, route in enumerate(settings.routes)]
    holders += [(("risk", name, "exits"), profile.exits) for name, profile in settings.risk.items()]
    told = set()
    for at, defaults in holders:
        if defaults is None or defaults.plugin is None or defaults.plugin in told:
            continue
        told.add(defaults.plugin)
        try:
            load_exits(defaults.plugin)
        except ValueError as error:
            yield document.problem((*at, "plugin"), f"{error}; every entry that needs it is refused")
