"""What backtests are made of: strategies that can be run, and histories that were imported."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field, JsonValue

from tradewire.api.deps import LabDep
from tradewire.api.errors import documented
from tradewire.api.paging import Filter
from tradewire.api.values import Moment, View

_FILE = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"format": "binary"}}}}}


class Strategy(View):
    """One way to enter and leave a market. `parameters` is a JSON schema: types, defaults, bounds, descriptions.

    `warmup`: bars it needs before its first word, with its defaults. `error`: why it cannot be used.
    """

    id: str
    summary: str
    about: str
    warmup: int | None
    parameters: dict[str, JsonValue]
    error: str | None


class History(View):
    """Bars that were imported. `gaps`: how often some are missing; `error`: why it cannot be used."""

    id: str
    symbol: str
    timeframe: str
    ts_first: Moment | None = None
    ts_last: Moment | None = None
    bars: int = 0
    gaps: int = 0
    bytes: int = 0
    error: str | None = None


class Brought(History):
    """A history after an import; `told`: what the import did."""

    told: str


class FileQuery(Filter):
    """What a file is; what is not given is told by its name and its times."""

    name: Annotated[str, Field(min_length=1, max_length=200, description="The file's own name, such as BTCUSDT.csv.")]
    symbol: Annotated[str | None, Field(max_length=40)] = None
    timeframe: Annotated[str | None, Field(max_length=10, description="How long a bar lasts: 1m, 4h.")] = None
    zone: Annotated[str | None, Field(max_length=60, description="IANA time zone of times that say none.")] = None
    mend: Annotated[str | None, Field(description="drop, first, last or fill; without it faults refuse the file.")] = (
        None
    )


router = APIRouter(tags=["backtests"])


@router.get("/strategies", responses=documented(503))
async def list_strategies(lab: LabDep) -> list[Strategy]:
    """Strategies that can be run: shipped ones, and those that the configuration names."""
    return [Strategy.model_validate(row) for row in await lab.strategies()]


@router.get("/histories", responses=documented(503))
async def list_histories(lab: LabDep) -> list[History]:
    """Histories that were imported."""
    return [History.model_validate(row) for row in await lab.histories()]


@router.post("/histories", status_code=201, responses=documented(422, 503), openapi_extra=_FILE)
async def bring_history(params: Annotated[FileQuery, Query()], lab: LabDep, request: Request) -> Brought:
    """Import a file of bars: CSV (also MetaTrader's and Binance's exports), .gz, .zip, Parquet, Feather.

    The body is the file itself, 512 MB at most. Of bars with the same time the newer import stays.
    """
    options: dict[str, Any] = params.model_dump(exclude_none=True, exclude={"name"})
    return Brought.model_validate(await lab.bring(params.name, request.stream(), options))


@router.post("/histories/sample", status_code=201, responses=documented(422, 503))
async def make_sample(lab: LabDep) -> History:
    """Make a small history of chance, the same every time: enough for a first backtest, and worth nothing else."""
    return History.model_validate(await lab.sample())
