"""Answers plain hook requests on the connection itself; everything else is uvicorn's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from time import perf_counter
from typing import Any, cast

import structlog
from uvicorn.config import Config
from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.server import ServerState

from tradewire.api import plain
from tradewire.api.body import LIMIT
from tradewire.api.errors import error_content
from tradewire.api.hooks import JSON, Answer, Hook, HookRules, Turned, encode
from tradewire.engine.contract import IntakeUnavailable, Receipt

log = structlog.get_logger(__name__)

HELD = plain.HEAD_LIMIT + LIMIT
"""Bytes that may wait behind a pending answer before no more is read."""
PATIENCE = 30.0
"""Seconds in which the body for a known hook must come in."""

_STATUS = {status.value: b"HTTP/1.1 %d %s\r\n" % (status, status.phrase.encode()) for status in HTTPStatus}
_CLOSE = (b"connection", b"close")
_DEFECT = Answer(500, encode(error_content("internal_error", "a defect of this program; see its log")))
_INNER: Callable[..., asyncio.Protocol] = AutoHTTPProtocol


def speaking(rules: HookRules, patience: float = PATIENCE) -> type[asyncio.Protocol]:
    """Return the protocol of a hub's hooks as uvicorn wants it: a class for its `http=`."""

    class Bound(HookProtocol):
        def __init__(
            self,
            config: Config,
            server_state: ServerState,
            app_state: dict[str, Any],
            _loop: asyncio.AbstractEventLoop | None = None,
        ) -> None:
            def inner() -> asyncio.Protocol:
                return _INNER(config=config, server_state=server_state, app_state=app_state, _loop=_loop)

            loop = _loop or asyncio.get_running_loop()
            super().__init__(rules, server_state, inner, loop, config.timeout_keep_alive, patience)

    return Bound


class HookProtocol(asyncio.Protocol):
    """One connection, as long as its client sends plain requests to hooks that exist (`plain.read`).

    They are answered strictly in order. What comes in while an answer is pending waits; beyond `HELD` bytes no more is
    read. The first request that is not plain, or names no hook, goes to uvicorn's own protocol with all that came
    behind it, and so does the rest of the connection: never are both at work. A head must come in one piece, so that
    nothing is kept here for a stranger; the body for a known hook may follow within `patience` seconds.

    Of uvicorn's settings the keep-alive time-out and the headers of every answer hold here; there is no access log.
    """

    _transport: asyncio.Transport

    def __init__(
        self,
        rules: HookRules,
        state: ServerState,
        inner: Callable[[], asyncio.Protocol],
        loop: asyncio.AbstractEventLoop,
        keep_alive: float,
        patience: float,
    ) -> None:
        self._rules = rules
        self._state = state
        self._connections: set[Any] = state.connections
        self._inner = inner
        self._loop = loop
        self._keep_alive = keep_alive
        self._patience = patience
        self._held = b""
        self._began = 0.0
        """When the request in hand was first seen (`perf_counter`); 0 between requests."""
        self._pending = False
        self._leaving = False
        self._stalled = False
        self._deaf = False
        self._deadline: float | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection; a message that is on its way to the store is stored all the same."""
        self._connections.discard(self)
        self._stop_timer()

    def data_received(self, data: bytes) -> None:
        self._held += data
        self._go_on()

    def pause_writing(self) -> None:
        """The client does not take its answers: take no more of its requests."""
        self._stalled = True
        self._listen(False)

    def resume_writing(self) -> None:
        self._stalled = False
        self._go_on()

    def shutdown(self) -> None:
        """End the connection: at once, or behind the answer that is pending."""
        self._leaving = True
        if not self._pending:
            self._transport.close()

    def _go_on(self) -> None:
        """Take up what waits, until it is pending, incomplete, or somebody else's."""
        while self._held and not (self._pending or self._stalled or self._transport.is_closing()):
            request = plain.read(self._held)
            hook = None if request is None else self._rules.hook(request.path)
            if request is None or hook is None:
                self._hand_over()
                return
            complete = len(self._held) >= request.end
            if not self._began:
                self._began = perf_counter()
                if not complete:
                    self._close_after(self._patience)
            if not complete:
                break
            body = self._held[request.start : request.end]
            self._held = self._held[request.end :]
            self._take(hook, request.content_type, body)
        self._listen(not self._stalled and len(self._held) <= HELD)

    def _take(self, hook: Hook, content_type: bytes, body: bytes) -> None:
        self._deadline = None
        try:
            receipt = self._rules.take(hook, content_type, body)
        except Turned as turned:
            self._answer(self._rules.refused(turned))
        else:
            self._pending = True
            receipt.add_done_callback(self._stored)

    def _stored(self, done: asyncio.Future[Receipt]) -> None:
        self._pending = False
        try:
            answer = self._rules.stored(done.result(), perf_counter() - self._began)
        except IntakeUnavailable as error:
            answer = self._rules.refused(error)
        except (Exception, asyncio.CancelledError):
            log.exception("a defect of this program: a hook's message may not be stored")
            self._leaving = True
            answer = _DEFECT
        self._answer(answer)
        self._go_on()

    def _answer(self, answer: Answer) -> None:
        self._began = 0.0
        self._state.total_requests += 1
        if self._transport.is_closing():
            return
        headers = [*self._state.default_headers, JSON, (b"content-length", b"%d" % len(answer.body)), *answer.headers]
        if self._leaving:
            headers.append(_CLOSE)
        head = b"".join([b"%b: %b\r\n" % header for header in headers])
        self._transport.write(b"%b%b\r\n%b" % (_STATUS[answer.status], head, answer.body))
        if self._leaving:
            self._transport.close()
        else:
            self._close_after(self._keep_alive)

    def _hand_over(self) -> None:
        """Let uvicorn's own protocol have the connection and all that has not been answered."""
        self._stop_timer()
        self._connections.discard(self)
        self._listen(True)
        inner = self._inner()
        self._transport.set_protocol(inner)
        inner.connection_made(self._transport)
        held, self._held = self._held, b""
        inner.data_received(held)

    def _listen(self, on: bool) -> None:
        if on == self._deaf and not self._transport.is_closing():
            self._deaf = not on
            if on:
                self._transport.resume_reading()
            else:
                self._transport.pause_reading()

    def _close_after(self, seconds: float) -> None:
        """Close the connection then, unless it is busy by then or has been given another time.

        The timer is seldom set anew: it looks at the deadline when it rings, and sleeps on.
        """
        self._deadline = self._loop.time() + seconds
        if self._timer is None or self._timer.when() > self._deadline:
            self._stop_timer()
            self._timer = self._loop.call_at(self._deadline, self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self._deadline is None:
            return
        if self._loop.time() < self._deadline:
            self._timer = self._loop.call_at(self._deadline, self._ring)
        else:
            self._transport.close()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
