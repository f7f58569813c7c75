"""Commands: every change goes in as a message, so that dashboard, keyboard and API share one path and one trace."""

from __future__ import annotations

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter
from pydantic import Field

from tradewire.api.deps import HubDep, PrincipalDep, require_account
from tradewire.api.errors import ApiError, documented
from tradewire.api.stories import Story
from tradewire.api.values import Body, Id, Money, View, Words
from tradewire.domain.account import Mode
from tradewire.domain.order import Leg
from tradewire.domain.refusal import Code
from tradewire.domain.signal import OrderType, Side
from tradewire.engine.contract import Hub, Incoming

SOURCE = "api"
CHANNEL = "commands"

Seconds = Annotated[float, Field(ge=0, le=30)]


class Command(Body):
    """A line as a person types it. Without an `id` every request is a new command, even with the same words."""

    text: Words
    account: Id | None = Field(None, description="Only this account, whatever the routes say.")
    id: Id | None = Field(None, description="Makes the command idempotent: a second one with it changes nothing.")
    wait: Seconds = Field(5.0, description="Seconds to wait until nothing more is under way for it.")


class Mistake(View):
    """Why a line could not be read.

    `position` is the 0-based character where reading failed, `suggestion` the nearest word that would be right.
    """

    text: str
    reason: str
    position: int | None
    suggestion: str | None


class CommandStory(Story):
    """What came of a command. `duplicate`: its id was known, and nothing was done again."""

    duplicate: bool
    mistake: Mistake | None = None


class PreviewBody(Body):
    """A line to try out."""

    text: Words
    account: Id | None = None


class Refusal(View):
    """Why something would not be done."""

    code: Code
    sentence: str


class PlannedOrder(View):
    """One order of a plan, as data and in words; exits have the price at which they would close."""

    leg: Leg
    side: Side
    text: str
    price: Money | None = None
    type: OrderType | None = None
    symbol: str | None = None
    quantity: Money | None = None
    value: Money | None = None


class PreviewOrder(View):
    """What the line would do on one account: the exact orders, or the refusal."""

    account: str
    mode: Mode
    summary: str
    orders: list[PlannedOrder]
    refusal: Refusal | None


class Preview(View):
    """What would happen if the line were sent now.

    `position` is the 0-based character where reading failed, `suggestion` the nearest word that would be right.
    """

    text: str
    reading: str
    accounts: list[PreviewOrder]
    refusal: Refusal | None
    position: int | None
    suggestion: str | None


class Scope(Body):
    """One account, or all."""

    account: Id | None = None
    wait: Seconds = 5.0


class FlattenScope(Scope):
    """One account, or all; `wait` is how long the venues are given to show it."""

    wait: Seconds = 10.0


class Switch(View):
    """Whether an account opens new trades."""

    account: str
    halted: bool


class SwitchResult(View):
    """How the accounts stand after a halt or a resume, and the story of the command."""

    accounts: list[Switch]
    story: CommandStory


class FlattenResult(View):
    """`flat` only when the venue itself shows no position, whoever opened it, and no resting order of ours."""

    account: str
    flat: bool
    cancelled: int
    closed: int
    remaining: list[str]


router = APIRouter(tags=["commands"])


@router.post("/commands", responses=documented(400, 404, 422, 503))
async def send_command(command: Command, hub: HubDep, principal: PrincipalDep) -> CommandStory:
    """Send a line; the answer is its story, refusals included."""
    require_account(hub, command.account)
    return await _send(hub, command, principal.name)


@router.post("/preview", responses=documented(400, 404, 422))
async def preview_command(body: PreviewBody, hub: HubDep) -> Preview:
    """Say exactly what a line would do now, without doing it."""
    require_account(hub, body.account)
    return Preview.model_validate(await hub.preview(body.text, body.account))


@router.post("/halt", responses=documented(400, 404, 422, 503))
async def halt(scope: Scope, hub: HubDep, principal: PrincipalDep) -> SwitchResult:
    """Open nothing new from now on; what is open stays managed."""
    return await _switch(hub, "halt", scope, principal.name)


@router.post("/resume", responses=documented(400, 404, 422, 503))
async def resume(scope: Scope, hub: HubDep, principal: PrincipalDep) -> SwitchResult:
    """Allow new trades again."""
    return await _switch(hub, "resume", scope, principal.name)


@router.post("/flatten", responses=documented(400, 404, 422, 503))
async def flatten(scope: FlattenScope, hub: HubDep) -> list[FlattenResult]:
    """Halt, cancel resting orders, close positions; answer account by account what the venues show."""
    require_account(hub, scope.account)
    return [FlattenResult.model_validate(result) for result in await hub.flatten(scope.account, wait=scope.wait)]


async def _send(hub: Hub, command: Command, author: str) -> CommandStory:
    receipt = await hub.receive(
        Incoming(
            source=SOURCE,
            channel=CHANNEL,
            text=command.text,
            external_id=command.id or uuid4().hex,
            author=author,
            account=command.account,
        )
    )
    story = await hub.story(receipt.message_id, wait=command.wait)
    if story is None:
        raise ApiError(503, "not_told", f"{receipt.message_id} is stored, but its story cannot be told yet; ask again")
    mistake = await _mistake(hub, command) if story.status == "unclear" and not receipt.duplicate else None
    return CommandStory(**dict(Story.of(story)), duplicate=receipt.duplicate, mistake=mistake)


async def _mistake(hub: Hub, command: Command) -> Mistake | None:
    """Tell what is wrong with a line as a preview of it would."""
    seen = await hub.preview(command.text, command.account)
    if seen.refusal is None:
        return None
    return Mistake(text=seen.text, reason=seen.refusal.sentence, position=seen.position, suggestion=seen.suggestion)


async def _switch(hub: Hub, word: str, scope: Scope, author: str) -> SwitchResult:
    require_account(hub, scope.account)
    text = word if scope.account is None else f"{word} -e {scope.account}"
    story = await _send(hub, Command(text=text, account=scope.account, id=None, wait=scope.wait), author)
    return SwitchResult(
        accounts=[
            Switch(account=known.id, halted=known.halted)
            for known in hub.accounts()
            if scope.account in (None, known.id)
        ],
        story=story,
    )
