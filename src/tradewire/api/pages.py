"""What a browser gets besides the API: the log-in form and the files of the dashboard."""

from __future__ import annotations

from html import escape
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from tradewire.api.access import COOKIE, Access
from tradewire.api.gate import LOGIN, admit

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Tradewire</title><style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }}
body {{ max-width: 32rem; margin: 15vh auto; padding: 0 1rem }}
input, button {{ font: inherit; padding: .4rem .6rem }} code {{ font-size: .9em }}
</style></head><body><h1>Tradewire</h1>{content}</body></html>"""

_FORM = """<p>Open the address that <code>tradewire run</code> printed (it lets the first visit in),
or log in with the access key.</p>{complaint}
<form method="post" action="/login"><label>Access key <input type="password" name="key" required
autocomplete="current-password" autofocus></label> <button>Log in</button></form>"""

_SPENT = (
    "The token in this address is used up or wrong: it lets one browser in, once, while its hub runs. "
    "Log in with the access key, which lies in the file access.key of the data directory, "
    "or start the hub again for a new address."
)

_NOT_BUILT = """<p>The hub is running, but its dashboard is not built.</p>
<p>In a checkout, <code>make web</code> builds it. The API is at <code>/api/v1</code>, its description at
<a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p>"""


def page(content: str, status: int = 200) -> HTMLResponse:
    """Return a small page that needs no other file."""
    return HTMLResponse(_PAGE.format(content=content), status)


def login_form(complaint: str = "", status: int = 200) -> HTMLResponse:
    """Return the form that asks for the access key."""
    told = f'<p role="alert">{escape(complaint)}</p>' if complaint else ""
    return page(_FORM.format(complaint=told), status)


router = APIRouter(include_in_schema=False)


@router.get(LOGIN)
async def show_login(token: str = "") -> HTMLResponse:
    return login_form(_SPENT if token else "")


@router.post(LOGIN)
async def log_in(request: Request) -> Response:
    access: Access = request.app.state.access
    fields = parse_qs((await request.body()).decode("utf-8", "replace"))
    if not access.accepts(fields.get("key", [""])[0].strip()):
        return login_form("This is not the access key.", 401)
    response = RedirectResponse("/", 303)
    admit(access, response, secure=request.url.scheme == "https")
    return response


@router.post("/logout")
async def log_out() -> Response:
    response = RedirectResponse(LOGIN, 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


class Dashboard:
    """The built dashboard: its files as they are, and its one page for every other address."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._files = StaticFiles(directory=directory, check_dir=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(scope)
        await response(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response:
        path = PurePosixPath(scope["path"].lstrip("/"))
        if scope["method"] not in ("GET", "HEAD") or path.parts[:1] == ("api",):
            raise HTTPException(404, "there is nothing at this address")
        if not (self._directory / "index.html").is_file():
            return page(_NOT_BUILT)
        name = "index.html" if not path.suffix else str(path)
        response = await self._files.get_response(name, scope)
        hashed = path.parts[:1] == ("assets",)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        return response
