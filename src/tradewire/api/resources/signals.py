"""Signals: what the messages mean, with the trace of each."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from tradewire.api.deps import QueriesDep
from tradewire.api.errors import documented, not_found
from tradewire.api.known import KnownDep
from tradewire.api.paging import Page, link_next
from tradewire.api.resources.messages import Message
from tradewire.api.stories import Step, steps_of
from tradewire.api.values import Id, Json, Moment, Symbol, View
from tradewire.domain.signal import Side

SignalKind = Literal["open", "close", "adjust", "cancel", "move", "adopt", "control", "flatten", "halt", "resume"]
SignalStatus = Literal["routing", "held", "routed", "refused"]


class Signal(View):
    """One instruction of a message. `data` is the instruction with all its fields."""

    id: str
    message_id: str
    kind: SignalKind
    symbol: str | None
    side: Side | None
    text: str
    data: Json
    status: SignalStatus
    code: str | None
    reason: str | None
    ts: Moment


class SignalDetail(Signal):
    """A signal with the message that it came from and its trace."""

    message: Message | None
    steps: list[Step]


class SignalsPage(Page):
    """Which signals."""

    symbol: Symbol | None = None
    status: SignalStatus | None = None
    message_id: Id | None = None


router = APIRouter(prefix="/signals", tags=["signals"])


@router.get("", responses=documented(404, 422))
def list_signals(
    page: Annotated[SignalsPage, Query()], queries: QueriesDep, known: KnownDep, request: Request, response: Response
) -> list[Signal]:
    """Signals, newest first."""
    symbol = known.symbol(page.symbol)
    rows = queries.signals(
        symbol=symbol,
        status=page.status,
        message_id=page.message_id,
        limit=page.limit,
        before=page.before,
    )
    if not rows and page.before is None:
        known.explain_nothing(symbol=symbol)
    link_next(request, response, page, rows, "id")
    return [Signal.model_validate(row) for row in rows]


@router.get("/{signal_id}", responses=documented(404, 422))
def get_signal(signal_id: Id, queries: QueriesDep) -> SignalDetail:
    """A signal, its message and its trace: every step with its milliseconds and every refusal in words."""
    row = queries.signal(signal_id)
    if row is None:
        raise not_found("signal", signal_id, "signal_id")
    message = queries.message(row["message_id"])
    received = row["ts"] if message is None else message["ts_init"]
    steps = steps_of(queries.trace(signal_id), received)
    return SignalDetail.model_validate({**row, "message": message, "steps": steps})
