"""`POST /hooks/{token}`: store first, then answer. A bare ASGI handler, since a framework costs more than the work."""

from __future__ import annotations

import json
from time import perf_counter
from typing import Any

import msgspec
from starlette.types import Receive, Scope, Send

from tradewire.api.body import LIMIT, Gone, TooLarge, read_body
from tradewire.api.errors import RETRY_AFTER, error_content
from tradewire.engine.contract import Hub, Incoming, IntakeUnavailable
from tradewire.metrics import Metrics

PREFIX = "/hooks/"
SOURCE = "hook"
LONGEST_ID = 200

_encode = msgspec.json.Encoder().encode
_JSON = (b"content-type", b"application/json")


class _Envelope(msgspec.Struct):
    """The only field of a JSON body that matters at the entrance; the rest is read once it is stored."""

    id: str | int | None = None


_open_envelope = msgspec.json.Decoder(_Envelope).decode


class _Turned(Exception):
    """A request that is answered without storing anything."""

    def __init__(self, status: int, code: str, message: str, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = headers


class HookEndpoint:
    """The ASGI app behind `/hooks/`."""

    def __init__(self, hub: Hub, metrics: Metrics) -> None:
        self._hub = hub
        self._metrics = metrics
        self._new = metrics.intake.labels(SOURCE, "new")
        self._duplicate = metrics.intake.labels(SOURCE, "duplicate")
        self._stored = metrics.hook_to_stored

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = perf_counter()
        try:
            receipt = await self._hub.receive(await self._accept(scope, receive))
        except Gone:
            return
        except _Turned as turned:
            await self._turn_away(send, turned)
        except IntakeUnavailable as error:
            header = (b"retry-after", RETRY_AFTER.encode())
            await self._turn_away(send, _Turned(503, "intake_unavailable", f"nothing was stored: {error}", header))
        else:
            self._stored.observe(perf_counter() - started)
            (self._duplicate if receipt.duplicate else self._new).inc()
            await _answer(send, 200 if receipt.duplicate else 202, _encode(receipt))

    async def _accept(self, scope: Scope, receive: Receive) -> Incoming:
        if scope["method"] != "POST":
            raise _Turned(405, "method_not_allowed", "a hook takes POST only", (b"allow", b"POST"))
        hook = self._hub.hook(scope["path"][len(PREFIX) :])
        if hook is None:
            raise _Turned(404, "unknown_hook", "there is no hook with this token")
        try:
            body = await read_body(scope, receive)
        except TooLarge:
            close = (b"connection", b"close")
            raise _Turned(413, "too_large", f"a body may have {LIMIT} bytes at most", close) from None
        name, account = hook
        text = _decode(body)
        return Incoming(source=SOURCE, channel=name, text=text, external_id=_external_id(scope, body), account=account)

    async def _turn_away(self, send: Send, turned: _Turned) -> None:
        self._metrics.intake_refused.labels(str(turned.status)).inc()
        await _answer(send, turned.status, _encode(error_content(turned.code, str(turned))), *turned.headers)


def _decode(body: bytes) -> str:
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise _Turned(400, "bad_encoding", f"the body is not UTF-8 (byte {error.start})") from None
    if "\0" in text:
        raise _Turned(400, "bad_encoding", "the body holds a NUL character")
    if not text or text.isspace():
        raise _Turned(400, "empty", "the body is empty")
    return text


def _external_id(scope: Scope, body: bytes) -> str | None:
    if body.lstrip()[:1] != b"{":
        if _says_json(scope):
            raise _Turned(400, "bad_json", "the body is called JSON but is not a JSON object")
        return None
    try:
        envelope = _open_envelope(body)
    except msgspec.ValidationError:
        raise _Turned(400, "bad_id", "`id` must be a string or a whole number") from None
    except (msgspec.DecodeError, RecursionError) as error:
        if _has_half_a_letter_in_its_id(body):
            raise _Turned(400, "bad_id", "`id` holds half of a surrogate pair, which is no text") from None
        if _says_json(scope):
            raise _Turned(400, "bad_json", f"the body is called JSON but is not: {error}") from None
        return None
    if envelope.id is None or envelope.id == "":
        return None
    external_id = str(envelope.id)
    if len(external_id) > LONGEST_ID or not external_id.isprintable():
        raise _Turned(400, "bad_id", f"`id` must be printable and have {LONGEST_ID} characters at most")
    return external_id


def _has_half_a_letter_in_its_id(body: bytes) -> bool:
    """Tell whether a body is JSON but for an id that is no text: `msgspec` takes no lone surrogate, `json` does."""
    try:
        identity = json.loads(body).get("id")
    except (ValueError, RecursionError):
        return False
    return isinstance(identity, str) and any("\ud800" <= letter <= "\udfff" for letter in identity)


def _says_json(scope: Scope) -> bool:
    for name, value in scope["headers"]:
        if name == b"content-type":
            return bool(value.split(b";", 1)[0].strip().lower() == b"application/json")
    return False


async def _answer(send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [_JSON, length, *headers]})
    await send({"type": "http.response.body", "body": body})


def _described(description: str, schema: str) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{schema}"}
    return {"description": description, "content": {"application/json": {"schema": reference}}}


OPENAPI_SCHEMA: dict[str, Any] = {
    "title": "HookReceipt",
    "description": "The message is durable. `duplicate`: it was already, and nothing was done again.",
    "type": "object",
    "properties": {"message_id": {"type": "string"}, "duplicate": {"type": "boolean"}},
    "required": ["message_id", "duplicate"],
}
OPENAPI_PATH: dict[str, Any] = {
    "post": {
        "tags": ["hooks"],
        "operationId": "post_hook",
        "summary": "Post Hook",
        "description": "A signal from another program. Answered once it is durable; acted on afterwards.",
        "security": [],
        "parameters": [{"name": "token", "in": "path", "required": True, "schema": {"type": "string"}}],
        "requestBody": {
            "required": True,
            "content": {
                "text/plain": {"schema": {"type": "string"}, "example": "buy btc 80 -tsl 2.8"},
                "application/json": {
                    "schema": {
                        "type": "object",
                        "description": "`text`, or the fields of a signal; `id` makes it idempotent.",
                        "properties": {"text": {"type": "string"}, "id": {"type": ["string", "integer", "null"]}},
                    }
                },
            },
        },
        "responses": {
            "200": _described("A duplicate: nothing was done again", "HookReceipt"),
            "202": _described("Stored", "HookReceipt"),
            "400": _described("Empty, not UTF-8, or called JSON without being an object", "ErrorBody"),
            "404": _described("Unknown token", "ErrorBody"),
            "405": _described("Not a POST", "ErrorBody"),
            "413": _described("Larger than 64 KiB", "ErrorBody"),
            "503": _described("Not stored; send it again", "ErrorBody"),
        },
    }
}
