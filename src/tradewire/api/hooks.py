"""`POST /hooks/{token}`: store first, then answer. A bare ASGI handler, since a framework costs more than the work."""

from __future__ import annotations

import json
from asyncio import Future
from time import perf_counter
from typing import Any

import msgspec
from starlette.types import Receive, Scope, Send

from tradewire.api.body import LIMIT, Gone, TooLarge, read_body
from tradewire.api.errors import RETRY_AFTER, error_content
from tradewire.engine.contract import Hub, Incoming, IntakeUnavailable, Receipt
from tradewire.metrics import Metrics

PREFIX = "/hooks/"
SOURCE = "hook"
LONGEST_ID = 200

encode = msgspec.json.Encoder().encode
JSON = (b"content-type", b"application/json")

Hook = tuple[str, str | None]
"""The name of a hook, and the account that it is bound to."""


class _Envelope(msgspec.Struct):
    """The only field of a JSON body that matters at the entrance; the rest is read once it is stored."""

    id: str | int | None = None


_open_envelope = msgspec.json.Decoder(_Envelope).decode
_list_of_objects = msgspec.json.Decoder(list[dict[str, msgspec.Raw]]).decode


class Turned(Exception):
    """A request that is answered without storing anything."""

    def __init__(self, status: int, code: str, message: str, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = headers


class Answer(msgspec.Struct, frozen=True):
    """What the sender gets: JSON, and the headers besides its type and length."""

    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()


class HookRules:
    """What a hook takes and what it answers, whatever carried the request (`HookEndpoint`, `wire`)."""

    def __init__(self, hub: Hub, metrics: Metrics) -> None:
        self._hub = hub
        self._refused = metrics.intake_refused
        self._new = metrics.intake.labels(SOURCE, "new")
        self._duplicate = metrics.intake.labels(SOURCE, "duplicate")
        self._stored = metrics.hook_to_stored

    def hook(self, path: str) -> Hook | None:
        """Return the hook at a path that begins with `PREFIX`; None: there is none."""
        return self._hub.hook(path[len(PREFIX) :])

    def find(self, method: str, path: str) -> Hook:
        """Return the hook that a request is for.

        Raises:
            Turned: there is none, or the method is not POST.
        """
        if method != "POST":
            raise Turned(405, "method_not_allowed", "a hook takes POST only", (b"allow", b"POST"))
        hook = self.hook(path)
        if hook is None:
            raise Turned(404, "unknown_hook", "there is no hook with this token")
        return hook

    def take(self, hook: Hook, content_type: bytes, body: bytes) -> Future[Receipt]:
        """Hand a body of at most `LIMIT` bytes to the hub; the future is that of `Hub.receive`.

        Raises:
            Turned: the body is not what a hook takes.
        """
        name, account = hook
        text = _decode(body)
        external_id = _external_id(content_type, body)
        return self._hub.receive(
            Incoming(source=SOURCE, channel=name, text=text, external_id=external_id, account=account)
        )

    def stored(self, receipt: Receipt, seconds: float) -> Answer:
        """Count a message that became durable `seconds` after its request, and return its answer."""
        self._stored.observe(seconds)
        (self._duplicate if receipt.duplicate else self._new).inc()
        return Answer(200 if receipt.duplicate else 202, encode(receipt))

    def refused(self, error: Turned | IntakeUnavailable) -> Answer:
        """Count a request that was not stored, and return its answer."""
        if isinstance(error, IntakeUnavailable):
            header = (b"retry-after", RETRY_AFTER.encode())
            error = Turned(503, "intake_unavailable", f"nothing was stored: {error}", header)
        self._refused.labels(str(error.status)).inc()
        return Answer(error.status, encode(error_content(error.code, str(error))), error.headers)


class HookEndpoint:
    """The ASGI app behind `/hooks/`."""

    def __init__(self, hub: Hub, metrics: Metrics) -> None:
        self._rules = HookRules(hub, metrics)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = perf_counter()
        try:
            hook = self._rules.find(scope["method"], scope["path"])
            body = await _limited_body(scope, receive)
            receipt = await self._rules.take(hook, _content_type(scope), body)
        except Gone:
            return
        except (Turned, IntakeUnavailable) as error:
            answer = self._rules.refused(error)
        else:
            answer = self._rules.stored(receipt, perf_counter() - started)
        length = (b"content-length", b"%d" % len(answer.body))
        headers = [JSON, length, *answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})


async def _limited_body(scope: Scope, receive: Receive) -> bytes:
    try:
        return await read_body(scope, receive)
    except TooLarge:
        close = (b"connection", b"close")
        raise Turned(413, "too_large", f"a body may have {LIMIT} bytes at most", close) from None


def _content_type(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"content-type":
            return bytes(value)
    return b""


def _decode(body: bytes) -> str:
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Turned(400, "bad_encoding", f"the body is not UTF-8 (byte {error.start})") from None
    if "\0" in text:
        raise Turned(400, "bad_encoding", "the body holds a NUL character")
    if not text or text.isspace():
        raise Turned(400, "empty", "the body is empty")
    return text


def _external_id(content_type: bytes, body: bytes) -> str | None:
    if body.lstrip()[:1] != b"{":
        if _says_json(content_type) and not _is_list_of_objects(body):
            raise Turned(400, "bad_json", "the body is called JSON but is neither a JSON object nor a list of them")
        return None
    try:
        envelope = _open_envelope(body)
    except msgspec.ValidationError:
        raise Turned(400, "bad_id", "`id` must be a string or a whole number") from None
    except (msgspec.DecodeError, RecursionError) as error:
        if _has_half_a_letter_in_its_id(body):
            raise Turned(400, "bad_id", "`id` holds half of a surrogate pair, which is no text") from None
        if _says_json(content_type):
            raise Turned(400, "bad_json", f"the body is called JSON but is not: {error}") from None
        return None
    if envelope.id is None or envelope.id == "":
        return None
    external_id = str(envelope.id)
    if len(external_id) > LONGEST_ID or not external_id.isprintable():
        raise Turned(400, "bad_id", f"`id` must be printable and have {LONGEST_ID} characters at most")
    return external_id


def _is_list_of_objects(body: bytes) -> bool:
    try:
        return bool(_list_of_objects(body))
    except (msgspec.DecodeError, RecursionError):
        return False


def _has_half_a_letter_in_its_id(body: bytes) -> bool:
    """Tell whether a body is JSON but for an id that is no text: `msgspec` takes no lone surrogate, `json` does."""
    try:
        identity = json.loads(body).get("id")
    except (ValueError, RecursionError):
        return False
    return isinstance(identity, str) and any("\ud800" <= letter <= "\udfff" for letter in identity)


def _says_json(content_type: bytes) -> bool:
    return content_type.split(b";", 1)[0].strip().lower() == b"application/json"


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
