"""The jobs that worker processes do: what is heavy (numba, polars, users' code) is loaded here, never in the hub."""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from tradewire.lab.frames import Frame

Say = Callable[[Frame], None]


def strategies(say: Say, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Describe strategies: id → what to look up. One that cannot be used has an `error`, and no parameters."""
    from tradewire.strategies.finding import NoStrategy, make, read_params, summary

    told: list[dict[str, Any]] = []
    for name, reference in names.items():
        row: dict[str, Any] = {"id": name, "summary": "", "about": "", "warmup": None, "parameters": {}, "error": None}
        told.append(row)
        try:
            strategy = make(reference)
            kind = type(strategy)
            row |= {"summary": summary(kind), "about": inspect.cleandoc(kind.__doc__ or "")}
            row |= {"parameters": kind.Params.model_json_schema(), "warmup": strategy.warmup(read_params(kind, {}))}
        except NoStrategy as error:
            row["error"] = str(error)
        except Exception as error:  # whatever somebody's class raises is told
            row["error"] = f"{type(error).__name__}: {error}"
    return told


def histories(say: Say) -> list[dict[str, Any]]:
    """Describe what was imported; a history that cannot be read has an `error`."""
    from tradewire.backtest.data.problems import BadHistory

    catalogue = _catalogue()
    rows = []
    for symbol, length in catalogue.names():
        try:
            rows.append(_told(catalogue.kept(symbol, length)))
        except BadHistory as error:
            rows.append(_named(symbol, length) | {"error": str(error)})
    return rows


def bring(
    say: Say, file: str, symbol: str | None, timeframe: str | None, zone: str | None, mend: str | None
) -> dict[str, Any]:
    """Import a file; return its history, and what the import did in a sentence."""
    from tradewire.backtest.data.importing import take
    from tradewire.backtest.data.mending import Rule
    from tradewire.backtest.data.problems import BadHistory
    from tradewire.backtest.request import BadRequest
    from tradewire.domain.timeframes import parse_timeframe

    if mend and mend not in set(Rule):
        raise BadRequest("mend", f"{mend!r} is no rule; there are {', '.join(Rule)}")
    try:
        length = parse_timeframe(timeframe) if timeframe else None
    except ValueError as error:
        raise BadRequest("timeframe", str(error)) from None
    path, catalogue = Path(file), _catalogue()
    say(Frame("progress", "reading", 0.1))
    try:
        taken = take(path, catalogue, symbol or None, length, zone or None, Rule(mend) if mend else None)
    except BadHistory as error:
        raise BadRequest("file", str(error).replace(file, path.name)) from None
    return _told(catalogue.kept(taken.symbol, taken.timeframe_s)) | {"told": taken.told().replace(file, path.name)}


RATE: Final = re.compile(r"[-+]?[\d.]+%/\d*[a-z]+")
SAMPLE_BARS: Final = 20_000
SAMPLE_S: Final = 900


def sample(say: Say) -> dict[str, Any]:
    """Make a history of chance, the same on every machine."""
    from dataclasses import replace

    from tradewire.backtest.made import made_bars

    catalogue = _catalogue()
    bars = replace(made_bars(SAMPLE_BARS + 1, SAMPLE_S).part(1, SAMPLE_BARS + 1), symbol="SAMPLE")
    catalogue.merge(bars)
    return _told(catalogue.kept(bars.symbol, bars.timeframe_s))


def check(say: Say, request: dict[str, Any], sweep: dict[str, Any] | None = None) -> dict[str, Any]:
    """Check everything that can be checked before a backtest or a search runs."""
    if sweep is None:
        return _prepared(request)[1]
    from tradewire.backtest.sweeps.laying import lay_out
    from tradewire.lab.searching import spec_of

    laid = lay_out(spec_of(_of_the_catalogue(request), sweep))
    return _named(laid.bars.symbol, laid.bars.timeframe_s) | {"bars": len(laid.bars), "combinations": laid.total}


def run(say: Say, request: dict[str, Any], sweep: dict[str, Any] | None = None) -> dict[str, Any]:
    """Run a backtest, or a search and its best combination: parts first, then the figures that lists show."""
    from tradewire.backtest.performing import perform
    from tradewire.lab.results import figures_of, parts_of
    from tradewire.report.statistics import statistics

    say(Frame("progress", "loading the bars", 0.1))
    if sweep is not None:
        request = _searched(say, request, sweep)
    prepared, _ = _prepared(request)
    say(Frame("progress", "trading; the first time on a machine compiles, for some seconds", 0.3 if not sweep else 0.9))
    done = perform(prepared)
    say(Frame("progress", "adding up", 0.7 if not sweep else 0.92))
    found = statistics(done.run)
    say(Frame("progress", "drawing", 0.85 if not sweep else 0.95))
    for name, data in parts_of(done, found, prepared.request.lane.value):
        say(Frame("part", name, data=data))
    return figures_of(done, found)


def _searched(say: Say, request: dict[str, Any], sweep: dict[str, Any]) -> dict[str, Any]:
    from tradewire.lab.searching import searched, spec_of

    def progress(done: int, total: int) -> None:
        say(Frame("progress", f"{done:,} of {total:,} combinations", 0.1 + 0.75 * done / max(total, 1)))

    best, parts = searched(spec_of(_of_the_catalogue(request), sweep), progress)
    for name, data in parts:
        say(Frame("part", name, data=data))
    return best.model_dump(mode="json", exclude_none=True)


def candles(say: Say, data: str, start: int, end: int) -> dict[str, Any]:
    """Gather the bars of a history that begin in [start, end] (epoch s) into candles; more room where there are few."""
    from tradewire.backtest.data.loading import load
    from tradewire.lab.results import SECOND, around
    from tradewire.lab.results import candles as gathered

    return gathered(around(load(data), start * SECOND, end * SECOND))


def _prepared(asked: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    from tradewire.backtest.performing import prepare
    from tradewire.backtest.request import BadRequest, Request

    prepared = prepare(Request.read(_of_the_catalogue(asked)))
    bars = prepared.bars
    needed = prepared.strategy.warmup(prepared.params) + 1
    if len(bars) < needed:
        reason = f"{prepared.strategy.name} needs {needed} bars before its first word, and there are {len(bars)}"
        raise BadRequest("data", reason)
    return prepared, _named(bars.symbol, bars.timeframe_s) | {"bars": len(bars)}


def _of_the_catalogue(asked: dict[str, Any]) -> dict[str, Any]:
    """Return what was asked, with the names of histories written out; no other file of the machine is read."""
    from tradewire.backtest.data.loading import history_name
    from tradewire.backtest.request import BadRequest

    found = dict(asked)
    if asked.get("also"):
        raise BadRequest("also", "the Lab trades one symbol; the command line trades several with one purse")
    for field in ("data", "inside"):
        if (given := asked.get(field)) is None:
            continue
        name = history_name(given)
        if name is None:
            raise BadRequest(field, f"{given!r} is not the name of a history: write BTCUSDT/1m")
        found[field] = _named(*name)["id"]
    if (rate := asked.get("funding")) is not None and not RATE.fullmatch(rate):
        raise BadRequest("funding", f"{rate!r} is no rate: write 0.01%/8h; a file is read by the command line only")
    return found


def _catalogue() -> Any:
    from tradewire.backtest.data.catalogue import Catalogue
    from tradewire.datadir import data_dir

    return Catalogue(data_dir(None, os.environ).histories)


def _named(symbol: str, timeframe_s: int) -> dict[str, Any]:
    from tradewire.domain.timeframes import timeframe_name

    timeframe = timeframe_name(timeframe_s)
    return {"id": f"{symbol}/{timeframe}", "symbol": symbol, "timeframe": timeframe}


def _told(kept: Any) -> dict[str, Any]:
    counts = {"bars": kept.bars, "gaps": kept.gaps, "bytes": kept.bytes}
    return _named(kept.symbol, kept.timeframe_s) | {"ts_first": kept.first, "ts_last": kept.last} | counts


JOBS: Final[Mapping[str, Callable[..., Any]]] = {
    job.__name__: job for job in (strategies, histories, bring, sample, check, run, candles)
}
