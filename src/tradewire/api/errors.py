"""One shape for every error: `{"error": {"code", "message", "where"?}}`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from tradewire.api.lab import LabFailed, LabRefused, NoBacktest
from tradewire.api.wording import field, sentence
from tradewire.engine.contract import IntakeUnavailable
from tradewire.ports import PortError
from tradewire.store.errors import StoreError
from tradewire.store.queries import UnknownCursor

RETRY_AFTER = "5"
_CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}


class ErrorDetail(BaseModel):
    """`code` for machines, `message` for people, `where` = the field or parameter that is wrong."""

    code: str
    message: str
    where: str | None = None


class ErrorBody(BaseModel):
    """What every response above 399 carries."""

    error: ErrorDetail


class ApiError(Exception):
    """A request that cannot be answered as it was asked."""

    def __init__(self, status: int, code: str, message: str, where: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.where = where


def not_found(noun: str, name: str, where: str | None = None) -> ApiError:
    """Return the error of a thing that is not there."""
    return ApiError(404, f"unknown_{noun}", f"there is no {noun} {name!r}", where)


def no_account(name: str, known: Iterable[str]) -> ApiError:
    """Return the error of an account that the hub does not have."""
    return ApiError(404, "unknown_account", f"there is no account {name!r}; known: {', '.join(known)}", "account")


def error_content(code: str, message: str, where: str | None = None) -> dict[str, Any]:
    """Return the body of an error; `where` is left out when there is none."""
    detail = {"code": code, "message": message}
    return {"error": detail if where is None else {**detail, "where": where}}


def respond(
    status: int, code: str, message: str, where: str | None = None, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Return the response of an error."""
    return JSONResponse(error_content(code, message, where), status, headers=dict(headers or {}))


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses of the errors that a route may answer with."""
    return {status: {"model": ErrorBody, "description": HTTPStatus(status).phrase} for status in statuses}


def install(app: FastAPI) -> None:
    """Give every exception that can leave a route its response."""

    @app.exception_handler(ApiError)
    async def on_api_error(_: Request, error: ApiError) -> JSONResponse:
        return respond(error.status, error.code, str(error), error.where)

    @app.exception_handler(IntakeUnavailable)
    async def on_unavailable(_: Request, error: IntakeUnavailable) -> JSONResponse:
        message = f"nothing was stored or done: {error}"
        return respond(503, "intake_unavailable", message, headers={"Retry-After": RETRY_AFTER})

    @app.exception_handler(StoreError)
    async def on_store_error(_: Request, error: StoreError) -> JSONResponse:
        return respond(503, "store_unavailable", str(error), headers={"Retry-After": RETRY_AFTER})

    @app.exception_handler(PortError)
    async def on_port_error(_: Request, error: PortError) -> JSONResponse:
        return respond(503, "not_available", f"the other side did not answer: {error}")

    @app.exception_handler(LabRefused)
    async def on_lab_refused(_: Request, error: LabRefused) -> JSONResponse:
        return respond(422, "invalid", str(error), error.field or None)

    @app.exception_handler(NoBacktest)
    async def on_no_backtest(_: Request, error: NoBacktest) -> JSONResponse:
        return respond(404, "unknown_backtest", str(error), "backtest_id")

    @app.exception_handler(LabFailed)
    async def on_lab_failed(_: Request, error: LabFailed) -> JSONResponse:
        return respond(503, "lab_failed", str(error))

    @app.exception_handler(UnknownCursor)
    async def on_unknown_cursor(_: Request, error: UnknownCursor) -> JSONResponse:
        return respond(422, "invalid", f"before: {error}", "query.before")

    @app.exception_handler(HTTPException)
    async def on_http_error(_: Request, error: HTTPException) -> JSONResponse:
        code = _CODES.get(error.status_code, "http_error")
        return respond(error.status_code, code, str(error.detail), headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def on_invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return respond(422, "invalid", f"{field(first)}: {sentence(first)}", where)
