"""A search over parameters as the Lab runs it: the sweep first, then its best combination as a backtest of its own.

The sweep's rows lie in a database of its own, gone with the run: the hub's belongs to the hub while it trades.
"""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
from pydantic import ValidationError

from tradewire.backtest.request import BadRequest, Request
from tradewire.backtest.sweeps.spec import Sweep

TOLD: Final = ("search", "objective", "combinations", "trials", "profitable", "axes", "best", "verdict")

FIXED: Final = frozenset({"strategy", "data", "symbol", "start", "end", "inside", "funding", "lane"})
"""What stays as it was asked: a search varies how is traded, not what."""


def spec_of(asked: Mapping[str, Any], sweep: Mapping[str, Any]) -> Sweep:
    """Return the sweep that was asked; its `axes` are names and what is written of their values, such as `5:50:5`.

    Raises:
        BadRequest: something of it cannot be.
    """
    from tradewire.backtest.sweeps.space import read_axes

    words = dict(sweep)
    given = words.pop("axes", None)
    if not isinstance(given, Mapping) or not given:
        raise BadRequest("sweep", "name at least one parameter and its values, such as fast and 5:50:5")
    if kept := FIXED.intersection(given):
        raise BadRequest("sweep", f"{', '.join(sorted(kept))} cannot be searched here")
    pairs = [(str(name), str(values)) for name, values in given.items()]
    fixed, exits, axes = read_axes(asked["strategy"], pairs)
    request = Request.read({**asked, "params": {**asked.get("params", {}), **fixed}, **exits})
    try:
        return Sweep.model_validate({"request": request, "axes": tuple(axes), **words})
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(str(part) for part in problem["loc"])
        reason = problem["msg"].removeprefix("Value error, ")
        raise BadRequest("sweep", f"{place}: {reason}" if place else reason) from None


def searched(spec: Sweep, progress: Callable[[int, int], None]) -> tuple[Request, Iterator[tuple[str, bytes]]]:
    """Run a sweep; return the request of its best combination, and the parts that tell of the search.

    Raises:
        BadRequest, BadHistory, StrategyFailed: as for `service.run`; no combination that counts.
    """
    from tradewire.backtest.sweeps import service
    from tradewire.store.sweeps import SweepStore

    with (
        tempfile.TemporaryDirectory(prefix="tradewire-sweep-") as folder,
        SweepStore.open(Path(folder) / "db") as store,
    ):
        found = service.run(spec, store, progress)
    if found is None or not found["best"]:
        raise BadRequest("sweep", "no combination traded often enough")
    return best_of(spec.request, found["best"][0]["set"]), _parts(found)


def best_of(request: Request, chosen: Mapping[str, Any]) -> Request:
    """Return a request with the values of a combination in their places."""
    words = {name: value for name, value in chosen.items() if name in Request.model_fields}
    params = {**request.params, **{name: value for name, value in chosen.items() if name not in words}}
    return Request.read({**request.model_dump(mode="json", exclude_none=True), **words, "params": params})


def _parts(found: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    from tradewire.backtest.sweeps.page import page

    told = {name: found[name] for name in TOLD} | {"heat_map": found["honesty"]["heat_map"]}
    yield "sweep-report", gzip.compress(page(found).encode(), 6, mtime=0)
    yield "sweep", gzip.compress(msgspec.json.encode(told), 6, mtime=0)
