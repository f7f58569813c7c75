"""Webhooks: the entrances that other programs post to. A token is shown once, when it is made."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from tradewire.api.deps import HubDep, QueriesDep, require_account
from tradewire.api.errors import documented
from tradewire.api.values import Body, Id, Moment, Shape, View


class Hook(View):
    """A webhook. `account` binds what it receives to one account."""

    name: str
    account: str | None
    ts_created: Moment


HookName = Annotated[
    str, Shape(r"^[a-z0-9][a-z0-9_-]*$", "takes small letters, digits, - and _ (40 at most)", longest=40)
]


class NewHook(Body):
    """A webhook to make; a name that is taken gets a new token, and the old one ends."""

    name: HookName
    account: Id | None = None


class MadeHook(View):
    """A webhook with its secret address."""

    name: str
    account: str | None
    token: str = Field(description="Only its hash is kept: it is never shown again.")
    path: str
    url: str


router = APIRouter(prefix="/hooks", tags=["hooks"])


@router.get("")
def list_hooks(queries: QueriesDep) -> list[Hook]:
    """All webhooks, without their tokens."""
    return [Hook.model_validate(row) for row in queries.hooks()]


@router.post("", status_code=201, responses=documented(400, 404, 422, 503))
async def add_hook(body: NewHook, hub: HubDep, request: Request) -> MadeHook:
    """Make (or renew) a webhook."""
    require_account(hub, body.account)
    token = await hub.add_hook(body.name, body.account)
    path = f"/hooks/{token}"
    base = request.app.state.public_url or f"{request.url.scheme}://{request.url.netloc}"
    return MadeHook(name=body.name, account=body.account, token=token, path=path, url=base + path)
