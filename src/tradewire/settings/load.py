"""From a file to `Settings`, or to the list of everything that is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path as File
from typing import Any

from msgspec import Struct
from pydantic import ValidationError

from tradewire.registry import Registry
from tradewire.settings.checks import cross_checks
from tradewire.settings.complete import completed, naming_exits
from tradewire.settings.document import Document, parse
from tradewire.settings.findings import findings
from tradewire.settings.interpolate import Interpolator
from tradewire.settings.model import Settings
from tradewire.settings.partial import holding_part, sections_hold
from tradewire.settings.plugins import check_plugins, registry_of
from tradewire.settings.problems import Problem, SettingsError
from tradewire.settings.programs import check_programs


class Loaded(Struct, frozen=True, kw_only=True):
    """Settings as they hold. `warnings` name what is left out (a broken plug-in); the hub runs on without it."""

    settings: Settings
    registry: Registry
    document: Document
    warnings: tuple[Problem, ...] = ()


def load(file: File | None, environment: Mapping[str, str] = os.environ) -> Loaded:
    """Read a configuration; without a file the defaults hold.

    Raises:
        SettingsError: with every problem that was found.
    """
    if file is None:
        return loads("", "defaults", File.cwd(), environment)
    try:
        text = file.read_text("utf-8")
    except OSError as error:
        raise SettingsError([Problem(file=str(file), message=f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        raise SettingsError([Problem(file=str(file), message=f"is not UTF-8 text (byte {error.start})")]) from None
    return loads(text, str(file), file.resolve().parent, environment)


def loads(text: str, name: str, folder: File, environment: Mapping[str, str]) -> Loaded:
    """Read a configuration from its text; `${file:…}` is looked for below `folder`. Same errors as `load`."""
    document = parse(text, name, Interpolator(environment, folder))
    data, unnamed = completed(document)
    problems = [*document.problems, *unnamed]
    find_files(data, folder)
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        found = findings(document, (), Settings, error)
        problems += _news(problems, (problem for problem in found if not _is_named_elsewhere(document, problem)))
        settings, document = holding_part(document, data, error)
    registry = registry_of(settings)
    errors, warnings = check_plugins(document, settings, registry)
    wrong, dangers = check_programs(document, settings)
    errors, warnings = errors + wrong, warnings + dangers
    if sections_hold(document, data):
        problems += _news(problems, cross_checks(document, settings))
    problems += _news(problems, errors)
    if problems:
        raise SettingsError(_in_order(problems), _in_order(warnings))
    return Loaded(settings=settings, registry=registry, document=document, warnings=tuple(warnings))


def find_files(data: dict[str, Any], folder: File) -> None:
    """Write the files of strategies as they lie below the configuration's folder."""
    strategies = data.get("strategies")
    for settings in strategies.values() if isinstance(strategies, dict) else ():
        given = settings.get("strategy") if isinstance(settings, dict) else None
        if isinstance(given, str) and given.partition(":")[0].endswith(".py"):
            settings["strategy"] = str(folder / given)


def _news(told: Sequence[Problem], found: Iterable[Problem]) -> list[Problem]:
    """Return what is no mere consequence: nothing is said at a place, or above one, that is known to be wrong."""
    places = [problem.path for problem in told]
    return [
        problem
        for problem in found
        if not any(place == problem.path or place.startswith(f"{problem.path}.") for place in places)
    ]


def _is_named_elsewhere(document: Document, problem: Problem) -> bool:
    """Tell whether a problem lies in exits that are only named here; it is told where they stand."""
    return any(
        problem.path == place or problem.path.startswith(f"{place}.")
        for place in (f"{holder}.exits" for holder in naming_exits(document.data))
    )


def _in_order(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0))
