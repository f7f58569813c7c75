"""Is it alive, is it ready, how is it doing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import JsonValue

from tradewire.api.deps import HubDep, MetricsDep
from tradewire.api.values import JournalPos, View, jsonable

_TEXT = {"type": "string"}


class Alive(View):
    """The process answers."""

    status: str = "ok"


class Ready(View):
    """`ready`: start-up is over, every account has been reconciled. `reason`: why not, or what to look at."""

    ready: bool
    reason: str | None = None


class Health(View):
    """How the hub is doing.

    `failure`: why nothing can be stored; `warnings`: what a person should look at; `accounts`: "ready" or the reason
    why not; `detail`: the engine's other figures.
    """

    ready: bool
    failure: str | None
    warnings: list[str]
    accounts: dict[str, str]
    backlog: int
    journal_pos: JournalPos
    detail: dict[str, JsonValue]


probes = APIRouter(tags=["health"])
figures = APIRouter(tags=["health"])
router = APIRouter(tags=["health"])


@probes.get("/healthz")
async def healthz() -> Alive:
    """The process is alive. Needs no login."""
    return Alive()


@probes.get("/readyz", responses={503: {"model": Ready, "description": "Not ready"}})
async def readyz(hub: HubDep, response: Response) -> Ready:
    """The hub is ready to trade. Needs no login."""
    health = hub.health()
    response.status_code = 200 if health["ready"] else 503
    return Ready(ready=health["ready"], reason=_reason(health))


def _reason(health: Mapping[str, Any]) -> str | None:
    """Return what anybody may know of why the hub is not ready: names and paths are for the owner."""
    waiting = sum(state != "ready" for state in health["accounts"].values())
    if health["failure"]:
        return "nothing can be stored at the moment"
    if not health["ready"]:
        return f"{waiting} of {len(health['accounts'])} accounts are not ready"
    return f"{len(health['warnings'])} warning(s): see `tradewire status`" if health["warnings"] else None


@figures.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {"schema": _TEXT}}}})
async def get_metrics(hub: HubDep, metrics: MetricsDep) -> Response:
    """Figures for Prometheus. Needs no login on a hub that only its own machine can reach."""
    health = hub.health()
    metrics.observe_health(ready=bool(health["ready"]), backlog=health["backlog"], journal_pos=health["journal_pos"])
    return Response(metrics.render(), media_type=CONTENT_TYPE_LATEST)


@router.get("/health")
async def get_health(hub: HubDep) -> Health:
    """How the hub and its accounts are doing."""
    told: dict[str, Any] = dict(hub.health())
    known = {name: told.pop(name) for name in ("ready", "failure", "warnings", "accounts", "backlog", "journal_pos")}
    return Health.model_validate({**known, "detail": jsonable(told)})
