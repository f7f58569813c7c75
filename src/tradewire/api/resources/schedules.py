"""Schedules: what is done by the clock, when next, and the words to it: pause, resume, run."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from tradewire.api.deps import HubDep
from tradewire.api.errors import ApiError, documented
from tradewire.api.values import Id, Moment, View
from tradewire.engine.contract import Hub, NoSchedule


class ScheduleView(View):
    """A schedule as it stands."""

    name: str
    rule: str = Field(description="When it fires.")
    do: str = Field(description="What it does: commands, `strategy NAME`, or `analyze`.")
    paused: bool
    ts_next: Moment | None
    ts_fired: Moment | None = Field(description="The moment of its last firing.")
    did: str | None = Field(description="What came of the last firing: a message's id, or a sentence.")


router = APIRouter(prefix="/schedules", tags=["schedules"])


@router.get("")
async def list_schedules(hub: HubDep) -> list[ScheduleView]:
    """All schedules of the configuration."""
    return [ScheduleView.model_validate(schedule) for schedule in hub.schedules()]


@router.post("/{name}/pause", responses=documented(404, 422, 503))
async def pause_schedule(name: Id, hub: HubDep) -> ScheduleView:
    """Let a schedule do nothing until it is resumed, also over restarts."""
    return _switch(hub, name, paused=True)


@router.post("/{name}/resume", responses=documented(404, 422, 503))
async def resume_schedule(name: Id, hub: HubDep) -> ScheduleView:
    """Let a schedule go on; what it would have done meanwhile is not made up."""
    return _switch(hub, name, paused=False)


@router.post("/{name}/run", responses=documented(404, 422, 503))
async def run_schedule(name: Id, hub: HubDep) -> ScheduleView:
    """Do what a schedule does, now, paused or not."""
    try:
        await hub.run_schedule(name)
    except NoSchedule as error:
        raise ApiError(404, "unknown_schedule", str(error), "name") from None
    return _shown(hub, name)


def _switch(hub: Hub, name: str, *, paused: bool) -> ScheduleView:
    try:
        hub.pause_schedule(name, paused)
    except NoSchedule as error:
        raise ApiError(404, "unknown_schedule", str(error), "name") from None
    return _shown(hub, name)


def _shown(hub: Hub, name: str) -> ScheduleView:
    return ScheduleView.model_validate(next(schedule for schedule in hub.schedules() if schedule.name == name))
