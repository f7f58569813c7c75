"""What no single field can know: names that must exist elsewhere in the configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tradewire.domain.account import Mode
from tradewire.settings.automation import StrategySettings
from tradewire.settings.document import Document
from tradewire.settings.model import Settings
from tradewire.settings.problems import Path, Problem, did_you_mean


def cross_checks(document: Document, settings: Settings) -> Iterator[Problem]:
    """Yield a problem for each name that leads to nothing."""
    for name, account in settings.accounts.items():
        yield from _known(document, ("accounts", name, "risk"), "risk profile", account.risk, settings.risk)
        if account.venue == "paper" and account.mode is Mode.LIVE:
            yield document.problem(("accounts", name, "mode"), "the paper venue moves no real money: write paper")
    yield from _routes(document, settings)
    yield from _sources(document, settings)
    yield from _strategies(document, settings)
    yield from _schedules(document, settings)


def _known(document: Document, path: Path, noun: str, name: str, known: Mapping[str, object]) -> Iterator[Problem]:
    if name not in known:
        yield document.problem(path, f"there is no {noun} {name!r}{did_you_mean(name, known)}")


def _reachable(settings: Settings) -> Mapping[str, object]:
    return {**settings.accounts, **{account.venue: account for account in settings.accounts.values()}}


def _strategies(document: Document, settings: Settings) -> Iterator[Problem]:
    for name, strategy in settings.strategies.items():
        at: Path = ("strategies", name)
        for place, account in enumerate(strategy.accounts):
            known = _reachable(settings)
            yield from _known(document, (*at, "accounts", place), "account or venue", account, known)
        if not set(".:") & set(strategy.strategy):
            yield from _shipped(document, at, strategy)


def _schedules(document: Document, settings: Settings) -> Iterator[Problem]:
    for name, schedule in settings.schedules.items():
        at: Path = ("schedules", name)
        if schedule.account is not None:
            yield from _known(document, (*at, "account"), "account", schedule.account, settings.accounts)
        word, _, about = schedule.do.strip().partition(" ")
        if word == "strategy":
            yield from _known(document, (*at, "do"), "strategy in `strategies`", about.strip(), settings.strategies)
        elif schedule.do.strip() != "analyze":
            yield from _commands(document, (*at, "do"), schedule.do, _reachable(settings))


def _commands(document: Document, at: Path, text: str, reachable: Mapping[str, object]) -> Iterator[Problem]:
    """Yield what is wrong with commands that the configuration speaks."""
    from tradewire.parsing.command import parse_command

    reading = parse_command(text)
    if isinstance(reading, tuple):
        for signal in reading:
            for account in signal.destinations:
                yield from _known(document, at, "account or venue", account, reachable)
        return
    hint = getattr(reading, "suggestion", None)
    yield document.problem(at, f"{reading.reason}{f'; did you mean {hint!r}?' if hint else ''} (or write `analyze`)")


def _shipped(document: Document, at: Path, settings: StrategySettings) -> Iterator[Problem]:
    """Yield what is wrong with a shipped strategy and its parameters; code of others is not run here."""
    from tradewire.strategies.finding import BadParams, NoStrategy, find, read_params

    try:
        read_params(find(settings.strategy), settings.params)
    except NoStrategy as error:
        yield document.problem((*at, "strategy"), str(error))
    except BadParams as error:
        yield document.problem((*at, "params"), str(error))


def _routes(document: Document, settings: Settings) -> Iterator[Problem]:
    reachable = _reachable(settings)
    seen: set[str] = set()
    for index, route in enumerate(settings.routes):
        at: Path = ("routes", index)
        if route.risk_profile is not None:
            yield from _known(document, (*at, "risk_profile"), "risk profile", route.risk_profile, settings.risk)
        for place, account in enumerate(route.accounts):
            if not any(sign in account for sign in "*?["):
                yield from _known(document, (*at, "accounts", place), "account or venue", account, reachable)
        if route.name in seen:
            yield document.problem((*at, "name"), f"a second route is named {route.name!r}")
        seen.add(route.name)


def _sources(document: Document, settings: Settings) -> Iterator[Problem]:
    for name, source in settings.sources.items():
        if source.account is not None:
            yield from _known(document, ("sources", name, "account"), "account", source.account, settings.accounts)
        if source.type == "demo":
            bound = settings.accounts.get(source.account or "")
            if bound is None or bound.mode is not Mode.PAPER:
                message = "made-up signals go to one paper account: name it with `account`"
                yield document.problem(("sources", name), message)
