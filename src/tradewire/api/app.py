"""Puts the HTTP side together: hooks go past the framework, everything else through the gate."""

from __future__ import annotations

from asyncio import Event
from typing import Any

from fastapi import APIRouter, FastAPI, Security
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.types import ASGIApp, Receive, Scope, Send

from tradewire import __version__
from tradewire.api import hooks, pages
from tradewire.api.access import COOKIE, Access
from tradewire.api.config import ApiSettings
from tradewire.api.deps import Queries
from tradewire.api.errors import documented, install
from tradewire.api.gate import Gate
from tradewire.api.lab import Lab
from tradewire.api.resources import (
    accounts,
    backtests,
    commands,
    events,
    health,
    histories,
    market,
    messages,
    orders,
    programs,
    regimes,
    schedules,
    signals,
    trades,
)
from tradewire.api.resources import hooks as hook_list
from tradewire.engine.contract import Hub
from tradewire.metrics import Metrics

API = "/api/v1"
_RESOURCES = (
    messages,
    signals,
    orders,
    trades,
    accounts,
    market,
    commands,
    programs,
    schedules,
    regimes,
    hook_list,
    histories,
    backtests,
    events,
    health,
)
_ABOUT = """Any signal in, any venue out, every order accounted for.

Money and quantities are strings, written out in full. Every key that starts with `ts` is an RFC 3339 moment in UTC, to
the nanosecond. Lists come newest first, `limit` rows at most; the `Link` header leads to the next page. Every error is
`{"error": {"code", "message", "where"?}}`. Two differ: the event stream carries the journal's own bytes, where
moments are epoch nanoseconds."""
_KEYS = [
    Security(HTTPBearer(auto_error=False, scheme_name="bearer")),
    Security(APIKeyCookie(name=COOKIE, auto_error=False, scheme_name="session")),
]


class TradewireApi(FastAPI):
    """The framework's side; its document also tells of the hooks, which do not pass through it."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            schema = super().openapi()
            schema["paths"][hooks.PREFIX + "{token}"] = hooks.OPENAPI_PATH
            schema["components"]["schemas"]["HookReceipt"] = hooks.OPENAPI_SCHEMA
        return super().openapi()


def build(
    hub: Hub,
    queries: Queries,
    settings: ApiSettings,
    *,
    access: Access,
    lab: Lab,
    metrics: Metrics | None = None,
    closing: Event | None = None,
) -> ASGIApp:
    """Return the ASGI app of a hub.

    Set `closing` when the server is to end: event streams never end by themselves, and the server waits for them.
    """
    figures = metrics or Metrics()
    app = framework()
    app.state.hub = hub
    app.state.queries = queries
    app.state.lab = lab
    app.state.metrics = figures
    app.state.settings = settings
    app.state.access = access
    app.state.closing = closing or Event()
    app.state.public_url = settings.public_url and settings.public_url.rstrip("/")
    app.router.default = pages.Dashboard(settings.web_dir)
    gate = Gate(app, access, settings)
    endpoint = hooks.HookEndpoint(hub, figures)

    async def front(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(hooks.PREFIX):
            await endpoint(scope, receive, send)
        else:
            await gate(scope, receive, send)

    return front


def framework() -> TradewireApi:
    """Return the routes and their document, not yet wired to a hub."""
    app = TradewireApi(
        title="Tradewire",
        version=__version__,
        description=_ABOUT,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    install(app)
    closed: dict[str, Any] = {"dependencies": _KEYS, "responses": documented(401, 403, 413)}
    api = APIRouter(prefix=API)
    for resource in _RESOURCES:
        api.include_router(resource.router, **closed)
    app.include_router(api)
    app.include_router(health.figures, **closed)
    app.include_router(health.probes)
    app.include_router(pages.router)
    return app
