"""What every request but a hook's passes: host, log-in, same origin, size; and what every answer carries."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tradewire.api.access import COOKIE, Access
from tradewire.api.body import LIMIT, declared_length, limited
from tradewire.api.config import ApiSettings
from tradewire.api.errors import respond
from tradewire.api.lab import LARGEST_FILE

LOGIN = "/login"
SPENT = f"{LOGIN}?token=spent"
"""Where a token leads that lets nobody in."""
OPEN_PATHS = frozenset({"/healthz", "/readyz", LOGIN})
"""What needs no log-in (hooks do not come here: their token is their log-in)."""
OPEN_ON_LOOPBACK = frozenset({"/metrics"})
"""What needs none either while nothing but this machine can ask: figures, without a secret among them."""

FILES = frozenset({"/api/v1/histories"})
"""Where a body may be a file."""

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_ALWAYS = {
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Gate:
    """ASGI middleware; denies by default."""

    def __init__(self, app: ASGIApp, access: Access, settings: ApiSettings) -> None:
        self._app = app
        self._access = access
        self._invites = settings.loopback
        self._private = settings.private
        self._hosts = settings.allowed_hosts | (_LOOPBACK_NAMES if settings.loopback else frozenset())
        self._any_host = not settings.loopback and not settings.allowed_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            guarded = _with_headers(send)
            answer = self._stop(scope)
            await (answer or self._app)(scope, limited(receive, body_limit(scope)), guarded)

    def _stop(self, scope: Scope) -> Response | None:
        """Return the answer to a request that goes no further; otherwise note who asks, and return None."""
        headers = Headers(scope=scope)
        if not self._any_host and _host_name(headers) not in self._hosts:
            return respond(421, "host_not_allowed", "this hub does not answer to this host name", "host")
        if declared_length(scope) > (limit := body_limit(scope)):
            return respond(413, "too_large", f"a body may have {limit} bytes at most")
        if self._invites and scope["path"] == "/" and (invitation := _invitation(scope)):
            return self._enter(invitation, headers, secure=scope["scheme"] == "https")
        principal = self._access.principal(headers)
        writes = scope["method"] not in _READS
        if (
            writes
            and (principal is None or principal.via == "cookie")
            and _foreign(headers, needed=principal is not None)
        ):
            return respond(403, "cross_origin", "a page of another origin may not change anything here", "origin")
        if principal is None and not self._open(scope["path"], headers):
            if not writes and "text/html" in headers.get("accept", ""):
                return RedirectResponse(LOGIN, 303)
            message = "log in, or send `Authorization: Bearer` with the access key"
            return respond(401, "unauthorized", message, headers={"WWW-Authenticate": "Bearer"})
        scope.setdefault("state", {})["principal"] = principal
        return None

    def _open(self, path: str, headers: Headers) -> bool:
        if path in OPEN_ON_LOOPBACK:
            return self._private and _host_name(headers) in _LOOPBACK_NAMES
        return path in OPEN_PATHS

    def _enter(self, invitation: str, headers: Headers, *, secure: bool) -> Response:
        if self._access.redeem(invitation):
            response = RedirectResponse("/", 303)
            admit(self._access, response, secure=secure)
            return response
        return RedirectResponse(SPENT if self._access.principal(headers) is None else "/", 303)


def body_limit(scope: Scope) -> int:
    """Return how many bytes the body of a request may have; files go to the disk as they come."""
    return LARGEST_FILE if scope["method"] == "POST" and scope["path"] in FILES else LIMIT


def admit(access: Access, response: Response, *, secure: bool) -> None:
    """Open a session and let the response carry its cookie."""
    session, seconds = access.open_session()
    response.set_cookie(COOKIE, session, max_age=seconds, httponly=True, samesite="strict", secure=secure)


def _host_name(headers: Headers) -> str | None:
    try:
        return urlsplit(f"//{headers.get('host', '')}").hostname
    except ValueError:
        return None


def _invitation(scope: Scope) -> str | None:
    given = parse_qs(scope["query_string"].decode("latin-1")).get("token")
    return given[0] if given else None


def _foreign(headers: Headers, *, needed: bool) -> bool:
    """Tell whether a browser sent this for another origin's page; `needed`: silence about it counts as yes."""
    if site := headers.get("sec-fetch-site"):
        return site not in ("same-origin", "none")
    if origin := headers.get("origin"):
        return urlsplit(origin).netloc != headers.get("host")
    return needed


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _ALWAYS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending
