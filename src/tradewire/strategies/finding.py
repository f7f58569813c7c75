"""From what somebody calls a strategy to its class: an id, `module:Class` or `path/to/file.py:Class`."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import ValidationError

from tradewire.domain.symbols import nearest
from tradewire.strategies.base import Params, Strategy
from tradewire.strategies.shipped import SHIPPED


class NoStrategy(LookupError):
    """There is no such strategy, or it cannot be used; the message says why, and names the nearest one."""


class BadParams(ValueError):
    """Parameters that the strategy does not take; the message is a sentence for each, with the nearest name."""


def find(name: str) -> type[Strategy[Any]]:
    """Return the class of a strategy.

    Raises:
        NoStrategy: no such id, module, file or class; a module that fails; a class that is no strategy.
    """
    where, _, what = SHIPPED.get(name, name).rpartition(":")
    if not where:
        if name.endswith(".py"):
            return _checked(_only(_module(name)), name)
        raise NoStrategy(f"there is no strategy {name!r}{_hint(name, SHIPPED)}; there are {', '.join(sorted(SHIPPED))}")
    module = _module(where)
    found = getattr(module, what, None)
    if found is None:
        there = {made.__name__ for made in _strategies(module)}
        raise NoStrategy(f"{where} has no class {what!r}{_hint(what, there)}")
    return _checked(found, name)


def make(name: str) -> Strategy[Any]:
    """Return a strategy, ready to be asked.

    Raises:
        NoStrategy: it cannot be found or made.
    """
    made = find(name)
    try:
        return made()
    except Exception as error:  # whatever somebody's class raises is told, with its place
        raise NoStrategy(f"{name} cannot be made: {told(error)}") from error


def summary(strategy: type[Strategy[Any]]) -> str:
    """Return the first paragraph of what a strategy says of itself, in one line."""
    return " ".join((strategy.__doc__ or "").strip().partition("\n\n")[0].split())


def read_params(strategy: type[Strategy[Any]], given: Mapping[str, object]) -> Params:
    """Return the parameters of a strategy, defaults where nothing is given; text is read as what it should be.

    Raises:
        BadParams: an unknown name, a value of the wrong kind or out of its bounds.
    """
    try:
        params: Params = strategy.Params.model_validate(dict(given))
    except ValidationError as error:
        raise BadParams(mistakes(strategy.name, error, strategy.Params.model_fields)) from None
    return params


def mistakes(name: str, error: ValidationError, known: Iterable[str]) -> str:
    """Return what is wrong with parameters, a sentence for each; `known` are the names of those that there are."""
    names = list(known)
    return "; ".join(_mistake(name, problem, names) for problem in error.errors())


def _mistake(name: str, problem: Any, known: Sequence[str]) -> str:
    where = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"{name} has no parameter {where!r}{_hint(where, known)}; it has {', '.join(known) or 'none'}"
    reason = problem["msg"].removeprefix("Value error, ")
    return f"{where} = {problem['input']}: {reason}" if where else reason


def _hint(name: str, known: Any) -> str:
    near = nearest(name, known)
    return f" (nearest: {near})" if near else ""


def _module(where: str) -> ModuleType:
    try:
        return _file(Path(where)) if where.endswith(".py") else import_module(where)
    except NoStrategy:
        raise
    except (Exception, SystemExit) as error:  # whatever somebody's file raises is told, with its place
        raise NoStrategy(f"{where} cannot be loaded: {told(error)}") from error


def _file(path: Path) -> ModuleType:
    if not path.is_file():
        raise NoStrategy(f"there is no file {path}")
    name = f"tradewire_strategy_{path.stem}"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise NoStrategy(f"{path} is no Python file")
    module = module_from_spec(spec)
    sys.modules[name] = module  # pydantic looks up annotations by the module's name
    spec.loader.exec_module(module)
    return module


def _strategies(module: ModuleType) -> list[type[Strategy[Any]]]:
    """Return the strategies that a module itself defines."""
    classes = [made for made in vars(module).values() if isinstance(made, type) and issubclass(made, Strategy)]
    return [made for made in classes if made.__module__ == module.__name__]


def _only(module: ModuleType) -> type[Strategy[Any]]:
    classes = _strategies(module)
    if len(classes) == 1:
        return classes[0]
    names = ", ".join(made.__name__ for made in classes)
    there = f"several strategies: {names}" if classes else "no strategy"
    raise NoStrategy(f"{module.__file__} has {there}; name one as file.py:Class")


def _checked(found: object, name: str) -> type[Strategy[Any]]:
    if not (isinstance(found, type) and issubclass(found, Strategy)):
        raise NoStrategy(f"{name} is not a Strategy (a class that inherits from tradewire.strategies.base.Strategy)")
    if inspect.isabstract(found):
        raise NoStrategy(f"{name} does not define {', '.join(sorted(found.__abstractmethods__))}")
    for attribute in ("name", "Params"):
        if not hasattr(found, attribute):
            raise NoStrategy(f"{name} has no `{attribute}`")
    return found


def told(error: BaseException) -> str:
    """Return an error in one line, with the last place in its file where it happened."""
    place = ""
    step = error.__traceback__
    while step is not None:
        file = step.tb_frame.f_code.co_filename
        if not file.startswith("<") and Path(file).is_file():
            lines = Path(file).read_text("utf-8", "replace").splitlines()
            code = lines[step.tb_lineno - 1].strip() if step.tb_lineno <= len(lines) else ""
            if "site-packages" not in file:
                place = f" (line {step.tb_lineno} of {Path(file).name}: {code})"
        step = step.tb_next
    return f"{type(error).__name__}: {error}{place}"
