"""Messages: what arrived, verbatim, and what came of it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from tradewire.api.deps import HubDep, QueriesDep
from tradewire.api.errors import documented, not_found
from tradewire.api.paging import Filter, Page, link_next
from tradewire.api.stories import Story
from tradewire.api.values import Id, Moment, View

MessageStatus = Literal["received", "read", "none", "unclear"]


class Message(View):
    """One revision of one message of one channel."""

    id: str
    source: str
    channel: str
    external_id: str | None
    revision: int
    reply_to: str | None
    author: str | None
    account: str | None
    text: str
    status: MessageStatus
    reason: str | None
    ts_event: Moment
    ts_init: Moment


class MessageDetail(Message):
    """A message with its story."""

    story: Story


class MessagesPage(Page):
    """Which messages."""

    source: Id | None = None
    channel: Id | None = None
    status: Literal["read", "none", "unclear"] | None = None


class Wait(Filter):
    """How long to wait for the story to settle."""

    wait: Annotated[float, Query(ge=0, le=30, description="Seconds to wait until nothing more is under way.")] = 0.0


router = APIRouter(prefix="/messages", tags=["messages"])


@router.get("", responses=documented(422))
def list_messages(
    page: Annotated[MessagesPage, Query()], queries: QueriesDep, request: Request, response: Response
) -> list[Message]:
    """Messages that were read, newest first."""
    rows = queries.messages(
        source=page.source, channel=page.channel, status=page.status, limit=page.limit, before=page.before
    )
    link_next(request, response, page, rows, "id")
    return [Message.model_validate(row) for row in rows]


@router.get("/{message_id}", responses=documented(404, 422))
async def get_message(
    message_id: Id, params: Annotated[Wait, Query()], hub: HubDep, queries: QueriesDep
) -> MessageDetail:
    """A message and what came of it."""
    story = await hub.story(message_id, wait=params.wait)
    row = await run_in_threadpool(queries.message, message_id)
    if row is None and (waiting := hub.unread(message_id)) is not None:
        row = {**msgspec.structs.asdict(waiting), "status": "received", "reason": None}
    if story is None or row is None:
        raise not_found("message", message_id, "message_id")
    return MessageDetail.model_validate({**row, "story": Story.of(story)})
