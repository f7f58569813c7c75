"""A program on a history, from what was asked to what it came to: `perform_program(request)`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from pydantic import ValidationError

from tradewire.backtest.choices import Lane
from tradewire.backtest.performing import Journaled, Performed, Stands, costs_of, market_of
from tradewire.backtest.reported import reported
from tradewire.backtest.request import OF_A_STRATEGY, BadRequest, Request
from tradewire.programs.base import Params, Program
from tradewire.programs.shipped import SHIPPED, described, kind


def is_program(name: str) -> bool:
    """Tell whether a backtest of this name is of a kind of program."""
    return name in SHIPPED


def perform_program(request: Request, journal: Path | None = None) -> Performed:
    """Run a program in the exact lane; `journal` is a new file in which its own is kept.

    Raises:
        BadRequest: something asked cannot be.
        BadHistory: the data cannot be read, or must not be used.
    """
    from tradewire.backtest.data.loading import load
    from tradewire.backtest.exact.asked import check_account, outcome_of
    from tradewire.backtest.exact.lane import Money
    from tradewire.backtest.exact.programs import CannotPlay, run_program, symbol_of
    from tradewire.store.errors import StoreError

    program = kind(request.strategy)
    if "lane" in request.model_fields_set and request.lane is not Lane.EXACT:
        raise BadRequest("lane", f"{program.name} is a program, and only the exact lane runs programs: say exact")
    if said := request.not_for_programs:
        raise BadRequest(
            said,
            f"{program.name} is a program, and has its own parameters instead: "
            f"`tradewire programs kinds {program.name}` lists them",
        )
    costs = costs_of(request)
    check_account(request, costs, journal)
    bars = load(request.data, request.symbol, request.start, request.end)
    params = read_program(program, nest(request.params), symbol_of(bars))
    began = perf_counter()
    try:
        played = run_program(
            bars,
            program,
            params,
            costs=costs,
            money=Money(request.cash, costs.fee_percent, request.leverage, request.latency),
            pip=request.pip,
            market=market_of(request, bars),
            journal=journal,
        )
    except CannotPlay as error:
        raise BadRequest("params", str(error)) from None
    except StoreError as error:
        raise BadRequest("journal", str(error)) from None
    elapsed = perf_counter() - began
    exact, stood = played.exact, played.program
    outcome = outcome_of(exact)
    asked = request.model_dump(mode="json", exclude_none=True, exclude={"strategy", "params", *OF_A_STRATEGY})
    made = reported(
        bars,
        outcome,
        program.name,
        at_close=False,
        params=params.model_dump(mode="json"),
        settings=asked | {"lane": Lane.EXACT.value},
        trade=np.unique([part.trade for part in exact.parts], return_inverse=True)[1].astype(np.int64),
    )
    return Performed(
        outcome,
        made,
        elapsed,
        Journaled(exact.journal_hash, exact.journal_rows, dict(exact.refusals)),
        Stands(stood.status, stood.reason, stood.told),
    )


def read_program(program: Program[Any, Any], given: Mapping[str, Any], symbol: str) -> Params:
    """Return a program's parameters, its symbol that of the history.

    Raises:
        BadRequest: one that cannot be, with the nearest name where it is misspelt; another symbol.
    """
    from tradewire.strategies.finding import mistakes

    own = {"symbol": symbol} if "symbol" in program.Params.model_fields else {}
    try:
        params: Params = program.Params.model_validate({**own, **given})
    except ValidationError as error:
        known = [row["parameter"] for row in described(program)]
        raise BadRequest("params", mistakes(program.name, error, known)) from None
    if (named := getattr(params, "symbol", symbol)) != symbol:
        raise BadRequest("params", f"symbol = {named}: the history is one of {symbol}; --symbol says of what it is one")
    return params


def nest(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters with parts (`schedule.every`) put together, and lists and tables written as in YAML read.

    Raises:
        BadRequest: a list or a table that cannot be read.
    """
    nested: dict[str, Any] = {}
    for path, value in given.items():
        *parents, name = path.split(".")
        place = nested
        for parent in parents:
            place = place.setdefault(parent, {})
            if not isinstance(place, dict):
                raise BadRequest("params", f"{path}: {parent} has a value already")
        place[name] = _plain(path, value)
    return nested


def _plain(path: str, value: Any) -> Any:
    """Return what `[mon, thu]` or `{btc: 50}` means; everything else as it is."""
    if not (isinstance(value, str) and value.lstrip().startswith(("[", "{"))):
        return value
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe").load(value)
    except YAMLError:
        raise BadRequest("params", f"{path} = {value}: write a list as [a, b], a table as {{a: 1, b: 2}}") from None
