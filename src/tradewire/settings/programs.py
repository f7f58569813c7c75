"""Asks every program of the configuration whether it can work with its parameters, and what it has to warn of."""

from __future__ import annotations

from pydantic import ValidationError

from tradewire.domain.account import Netting
from tradewire.domain.policy import Opposite
from tradewire.programs.shipped import SHIPPED, kind
from tradewire.settings.document import Document
from tradewire.settings.findings import findings
from tradewire.settings.model import Settings
from tradewire.settings.problems import Path, Problem, did_you_mean, nearest

BOTH_WAYS = "it may be long and short at once"


def check_programs(document: Document, settings: Settings) -> tuple[list[Problem], list[Problem]]:
    """Return (errors, warnings). Parameters of a kind that is misspelt are checked as those of the one meant."""
    errors: list[Problem] = []
    warnings: list[Problem] = []
    for name, program in settings.programs.items():
        at: Path = ("programs", name)
        if program.account not in settings.accounts:
            hint = did_you_mean(program.account, settings.accounts)
            errors.append(document.problem((*at, "account"), f"there is no account {program.account!r}{hint}"))
        word: str | None = program.program
        if program.program not in SHIPPED:
            hint = did_you_mean(program.program, SHIPPED)
            errors.append(document.problem((*at, "program"), f"there is no kind of program {program.program!r}{hint}"))
            word = nearest(program.program, SHIPPED)
        if word is None:
            continue
        made = kind(word)
        try:
            params = made.Params.model_validate(dict(program.params))
        except ValidationError as error:
            errors.extend(findings(document, (*at, "params"), made.Params, error))
            continue
        account = settings.accounts.get(program.account)
        if account is not None and made.both_ways(params):
            profile = settings.risk.get(account.risk)
            if account.netting is Netting.NETTING:
                errors.append(document.problem((*at, "account"), f"{BOTH_WAYS}: the account must be hedging"))
            elif profile is not None and profile.opposite is not Opposite.ALLOW:
                hint = f"{BOTH_WAYS}: the account's risk profile {account.risk!r} must have `opposite: allow`"
                errors.append(document.problem((*at, "account"), hint))
        if program.enabled and (warning := made.warning(params)) is not None:
            warnings.append(document.problem(at, warning))
    return errors, warnings
