"""Pages, newest first: `limit` rows, then the next page by the cursor in the `Link` header."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.requests import Request

from tradewire.api.deps import Before, Row

_LARGEST = 2**63 - 1


def _read_cursor(text: str) -> str:
    moment, _, key = text.partition("~")
    if not moment.isascii() or not moment.isdecimal() or int(moment) > _LARGEST or not key:
        raise ValueError("is not a cursor; take it from the Link header of the page before")
    return text


Cursor = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$"), AfterValidator(_read_cursor)]


class Filter(BaseModel):
    """Query parameters of a list; an unknown name is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Page(Filter):
    """Query parameters of a paged list."""

    limit: Annotated[int, Field(ge=1, le=1000, description="Rows at most.")] = 100
    before: Annotated[Cursor | None, Field(description="Cursor of the page before, from its Link header.")] = None

    @property
    def start(self) -> Before:
        if self.before is None:
            return None
        moment, _, key = self.before.partition("~")
        return int(moment), key


def link_next(
    request: Request, response: Response, page: Page, rows: Sequence[Row], *, moment: str, keys: tuple[str, ...]
) -> None:
    """Point the response at the next page if there may be one.

    `moment` and `keys` name the columns that order the list.
    """
    if len(rows) < page.limit:
        return
    last = rows[-1]
    cursor = f"{last[moment]}~{'/'.join(str(last[key]) for key in keys)}"
    url = request.url.include_query_params(before=cursor)
    response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
