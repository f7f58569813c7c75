"""The event stream: everything that happens, as it happens."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import Field

from tradewire.api.config import ApiSettings
from tradewire.api.deps import HubDep, MetricsDep
from tradewire.api.errors import documented
from tradewire.api.paging import Filter
from tradewire.api.stream import EventStream

JournalPosition = Annotated[int, Field(ge=0, le=2**63 - 1)]
_TEXT = {"text/event-stream": {"schema": {"type": "string"}}}


class Resume(Filter):
    """Where to go on, for listeners that cannot send the header."""

    after: JournalPosition | None = None


router = APIRouter(tags=["stream"])


@router.get(
    "/stream", response_class=Response, responses={200: {"description": "Events", "content": _TEXT}, **documented(422)}
)
async def stream(
    params: Annotated[Resume, Query()],
    hub: HubDep,
    metrics: MetricsDep,
    request: Request,
    last_event_id: Annotated[JournalPosition | None, Header()] = None,
) -> Response:
    """Everything that happens, as server-sent events.

    The event's name is the kind of the journal row, its data the row's JSON as journaled (moments in epoch
    nanoseconds), its id the journal position: a listener that comes back with `Last-Event-ID` (or `?after=`) gets every
    row after it, once. `quotes` carry no id and are not repeated. `hello` comes first, with the position where the
    stream begins; `lagged` comes last, when the listener was too slow and has to come back. A comment every 15 s shows
    that the line is alive.
    """
    settings: ApiSettings = request.app.state.settings
    head = int(hub.health()["journal_pos"])
    asked = last_event_id if last_event_id is not None else params.after
    after = head if asked is None else asked
    return EventStream(
        hub.stream(after),
        after=after,
        live_from=head,
        metrics=metrics,
        buffer=settings.stream_buffer,
        heartbeat_s=settings.heartbeat_s,
        stall_s=settings.stall_s,
        closing=request.app.state.closing,
    )
