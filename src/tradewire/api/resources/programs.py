"""Programs: which there are, how each stands, and the words to them: pause, resume, stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from pydantic import Field, JsonValue

from tradewire.api.deps import HubDep
from tradewire.api.errors import ApiError, documented
from tradewire.api.values import Id, Json, Moment, View, jsonable
from tradewire.domain.symbols import nearest
from tradewire.engine.contract import BadAction, Hub, LiveProgram, ProgramAction
from tradewire.programs.shipped import SHIPPED, described, kind, summary


class ProgramView(View):
    """A program as it stands."""

    name: str
    kind: str
    account: str
    status: str = Field(description="running, paused, stopped, done; or left_out where it cannot be run")
    reason: str | None
    asleep: bool = Field(description="Its account is halted: it is told nothing and says nothing.")
    told: str = Field(description="How it stands, in a few words.")
    warning: str | None = Field(description="The danger of its kind, in plain words.")
    said: int = Field(description="The number of its last saying.")
    ts_next: Moment | None
    params: Json
    state: Json


class ParameterView(View):
    """One parameter of a kind; `least` and `most` are its bounds, `one_of` the words that it may be."""

    parameter: str
    required: bool
    default: JsonValue
    least: JsonValue
    most: JsonValue
    one_of: list[JsonValue] | None
    description: str


class KindView(View):
    """A kind of program."""

    kind: str
    summary: str
    parameters: list[ParameterView]


router = APIRouter(prefix="/programs", tags=["programs"])


@router.get("")
async def list_programs(hub: HubDep) -> list[ProgramView]:
    """All programs of the configuration, and how they stand."""
    return [ProgramView.model_validate(program) for program in hub.programs()]


@router.get("/kinds")
def list_program_kinds() -> list[KindView]:
    """The kinds of programs, with their parameters."""
    return [
        KindView(
            kind=name,
            summary=summary(kind(name)),
            parameters=[ParameterView(**_plain(row)) for row in described(kind(name))],
        )
        for name in sorted(SHIPPED)
    ]


@router.get("/{name}", responses=documented(404, 422))
async def get_program(name: Id, hub: HubDep) -> ProgramView:
    """One program."""
    return ProgramView.model_validate(_find(hub, name))


async def _ask(hub: Hub, name: str, action: ProgramAction) -> ProgramView:
    _find(hub, name)
    try:
        return ProgramView.model_validate(hub.ask_program(name, action))
    except BadAction as error:
        raise ApiError(409, "not_possible", str(error)) from None


@router.post("/{name}/pause", responses=documented(404, 409, 422, 503))
async def pause_program(name: Id, hub: HubDep) -> ProgramView:
    """Let a program say nothing until it is resumed. Its orders rest, and what becomes of them is told it then."""
    return await _ask(hub, name, "pause")


@router.post("/{name}/resume", responses=documented(404, 409, 422, 503))
async def resume_program(name: Id, hub: HubDep) -> ProgramView:
    """Let a paused program go on; one that has ended begins anew, with the parameters of the configuration."""
    return await _ask(hub, name, "resume")


@router.post("/{name}/stop", responses=documented(404, 409, 422, 503))
async def stop_program(name: Id, hub: HubDep) -> ProgramView:
    """End a program: its resting orders are cancelled, its trades keep their exits."""
    return await _ask(hub, name, "stop")


def _find(hub: Hub, name: str) -> LiveProgram:
    programs = {program.name: program for program in hub.programs()}
    if name not in programs:
        near = nearest(name, programs)
        hint = f"; did you mean {near}?" if near else ""
        raise ApiError(404, "unknown_program", f"there is no program {name!r}{hint}", "name")
    return programs[name]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    to_json: Callable[[Any], JsonValue] = jsonable
    return {key: to_json(value) for key, value in row.items()}
