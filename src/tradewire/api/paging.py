"""Pages, newest first: `limit` rows, then the next page behind the key of the last one (the `Link` header has it)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from tradewire.api.deps import Row
from tradewire.api.values import Id


class Filter(BaseModel):
    """Query parameters of a list; an unknown name is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Limited(Filter):
    """Query parameters of a list that may be long."""

    limit: Annotated[int, Field(ge=1, le=1000, description="Rows at most.")] = 100


class Page(Limited):
    """Query parameters of a paged list."""

    before: Annotated[Id | None, Field(description="Go on behind this row: the id of the last one seen.")] = None


def link_next(request: Request, response: Response, page: Limited, rows: Sequence[Row], *keys: str) -> None:
    """Point the response at the next page if there may be one; `keys` name the columns of the primary key."""
    if len(rows) < page.limit:
        return
    before = "/".join(str(rows[-1][key]) for key in keys)
    url = request.url.include_query_params(before=before)
    response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
