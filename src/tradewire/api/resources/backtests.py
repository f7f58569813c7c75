"""Backtests: asked for, followed, looked at, compared."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response
from msgspec import Raw
from pydantic import Field, JsonValue

from tradewire.api.deps import LabDep
from tradewire.api.errors import ApiError, documented
from tradewire.api.lab import Lab
from tradewire.api.paging import Filter, Page, link_next
from tradewire.api.resources.backtest_results import (
    Backtest,
    BacktestCandles,
    BacktestDetail,
    BacktestSweep,
    BacktestTrades,
    Comparison,
    State,
)
from tradewire.api.values import Id

COMPARED_AT_MOST = 8
LATEST = 9_000_000_000
"""The year 2255, in epoch seconds: nanoseconds still fit."""
PART = 500
"""Trades in one part of a result."""
_OFFLINE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
_HTML: Any = {200: {"description": "The report", "content": {"text/html": {"schema": {"type": "string"}}}}}


class BacktestsPage(Page):
    """Which backtests."""

    state: State | None = None


class TradesQuery(Filter):
    """Which trades: `count` of them from place `first` on, counted from 0."""

    first: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    count: Annotated[int, Field(ge=1, le=500)] = 100


class CompareQuery(Filter):
    """Which backtests to lay side by side."""

    ids: Annotated[str, Field(pattern=r"^[\w-]+(,[\w-]+)*$", max_length=600, description="Ids with commas between.")]


class CandlesQuery(Filter):
    """Which stretch of time, in epoch seconds."""

    start: Annotated[int, Field(ge=0, le=LATEST)]
    end: Annotated[int, Field(ge=0, le=LATEST)]


class _Shown(msgspec.Struct):
    """What a comparison takes of a result; the rest is not even read."""

    params: Raw
    settings: Raw
    equity: Raw
    drawdown: Raw


class _Kept(msgspec.Struct):
    trades_kept: int


router = APIRouter(prefix="/backtests", tags=["backtests"])


@router.get("/form")
def get_backtest_form(lab: LabDep) -> dict[str, JsonValue]:
    """The JSON schema of what `POST /backtests` takes; under `sweep` that of a search."""
    return dict(lab.form())


@router.post("", status_code=202, responses=documented(400, 422, 503))
async def begin_backtest(body: dict[str, JsonValue], lab: LabDep) -> Backtest:
    """Put a backtest in the queue. What cannot be is refused at once, with the field in `where`."""
    return Backtest.model_validate(await lab.begin(body))


@router.get("", responses=documented(422, 503))
def list_backtests(
    page: Annotated[BacktestsPage, Query()], lab: LabDep, request: Request, response: Response
) -> list[Backtest]:
    """Backtests, newest first."""
    rows = lab.listed(page.state, page.limit, page.before)
    link_next(request, response, page, rows, "id")
    return [Backtest.model_validate(row) for row in rows]


@router.get("/compare", response_model=Comparison, responses=documented(404, 409, 422, 503))
def compare_backtests(params: Annotated[CompareQuery, Query()], lab: LabDep) -> Response:
    """Backtests that are done, side by side: figures, settings, equity and drawdown."""
    ids = list(dict.fromkeys(params.ids.split(",")))
    if len(ids) > COMPARED_AT_MOST:
        raise ApiError(422, "invalid", f"ids: {COMPARED_AT_MOST} backtests can be compared at most", "query.ids")
    shown = [_with_result(lab.row(id), _shown(_result(lab, id))) for id in ids]
    return _json({"backtests": shown})


@router.get("/{backtest_id}", response_model=BacktestDetail, responses=documented(404, 422, 503))
def get_backtest(backtest_id: Id, lab: LabDep) -> Response:
    """A backtest with its result once it is done."""
    row = lab.row(backtest_id)
    result = lab.part(backtest_id, "result") if row["state"] == "done" else None
    return _json(_with_result(row, None if result is None else Raw(result)))


@router.get("/{backtest_id}/trades", response_model=BacktestTrades, responses=documented(404, 409, 422, 503))
def list_backtest_trades(backtest_id: Id, params: Annotated[TradesQuery, Query()], lab: LabDep) -> Response:
    """Trades of a backtest in the order in which they closed."""
    total = msgspec.json.decode(_result(lab, backtest_id), type=_Kept).trades_kept
    end = min(params.first + params.count, total)
    trades: list[Raw] = []
    for place in range(params.first // PART, -(-end // PART)):
        part = msgspec.json.decode(lab.part(backtest_id, f"trades-{place:05d}") or b"[]", type=list[Raw])
        trades += part[max(params.first - place * PART, 0) : end - place * PART]
    return _json({"first": params.first, "total": total, "trades": trades})


@router.get("/{backtest_id}/candles", responses=documented(404, 422, 503))
async def get_backtest_candles(
    backtest_id: Id, params: Annotated[CandlesQuery, Query()], lab: LabDep
) -> BacktestCandles:
    """The bars that a backtest traded, from nearby: as its history stands now."""
    return BacktestCandles.model_validate(await lab.candles(backtest_id, params.start, params.end))


@router.get("/{backtest_id}/report", response_class=Response, responses={**_HTML, **documented(404, 409, 422, 503)})
def get_backtest_report(backtest_id: Id, lab: LabDep) -> Response:
    """The report as one page that opens offline."""
    return _page(lab, backtest_id, "report")


@router.get("/{backtest_id}/sweep", response_model=BacktestSweep, responses=documented(404, 409, 422, 503))
def get_backtest_sweep(backtest_id: Id, lab: LabDep) -> Response:
    """The search that this backtest was the best of: verdict, the best combinations, a map of two parameters."""
    return Response(_part(lab, backtest_id, "sweep"), media_type="application/json")


@router.get(
    "/{backtest_id}/sweep/report", response_class=Response, responses={**_HTML, **documented(404, 409, 422, 503)}
)
def get_backtest_sweep_report(backtest_id: Id, lab: LabDep) -> Response:
    """The report of the search as one page that opens offline."""
    return _page(lab, backtest_id, "sweep-report")


@router.post("/{backtest_id}/cancel", responses=documented(404, 422, 503))
async def cancel_backtest(backtest_id: Id, lab: LabDep) -> Backtest:
    """End a backtest that waits or runs; one that has ended stays as it is."""
    return Backtest.model_validate(await lab.cancel(backtest_id))


@router.delete("/{backtest_id}", status_code=204, responses=documented(404, 422, 503))
async def remove_backtest(backtest_id: Id, lab: LabDep) -> None:
    """Forget a backtest and its result; one that runs is ended first."""
    await lab.remove(backtest_id)


def _result(lab: Lab, id: str) -> bytes:
    """Return the result of a backtest.

    Raises:
        ApiError: 409, it has none (yet).
    """
    row = lab.row(id)
    found = lab.part(id, "result") if row["state"] == "done" else None
    if found is None:
        why = f": {row['reason']}" if row["reason"] else ""
        raise ApiError(409, "no_result", f"backtest {id} is {row['state']} and has no result{why}")
    return found


def _part(lab: Lab, id: str, name: str) -> bytes:
    """Return a part of a backtest's result.

    Raises:
        ApiError: 409, it has no result (yet), or none of this kind.
    """
    _result(lab, id)
    found = lab.part(id, name)
    if found is None:
        raise ApiError(409, "no_result", f"backtest {id} has no {name.replace('-', ' ')}: it was no search")
    return found


def _page(lab: Lab, id: str, name: str) -> Response:
    headers = {
        "Content-Security-Policy": _OFFLINE,
        "Content-Disposition": f'inline; filename="backtest-{id}-{name}.html"',
    }
    return Response(_part(lab, id, name), media_type="text/html", headers=headers)


def _shown(result: bytes) -> Raw:
    return Raw(msgspec.json.encode(msgspec.json.decode(result, type=_Shown)))


def _with_result(row: Any, result: Raw | None) -> dict[str, Any]:
    plain: dict[str, Any] = Backtest.model_validate(row).model_dump(mode="json")
    return plain | {"result": result}


def _json(value: Any) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
