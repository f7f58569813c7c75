"""How the story of a signal is told: every step, when it came, and how long it took."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import Field

from tradewire.api.values import Moment, View
from tradewire.engine.contract import MessageStory, TraceStep


class Step(View):
    """One step of a signal on its way. `code`: why it was refused, or what closed the trade."""

    account: str | None
    stage: str
    code: str | None
    text: str
    ts: Moment
    ms: float = Field(description="Milliseconds since the message was received.")
    took_ms: float = Field(
        description="Milliseconds since the step before, on the same account or before the accounts."
    )


class SignalStory(View):
    """A signal and its trace."""

    signal_id: str
    kind: str
    symbol: str | None
    side: str | None
    status: str
    steps: list[Step]


class Story(View):
    """What a message was read as and what came of it. `settled`: nothing more is under way for it."""

    message_id: str
    status: str
    reason: str | None
    signals: list[SignalStory]
    settled: bool

    @classmethod
    def of(cls, story: MessageStory) -> Story:
        """Return the hub's story as the API tells it."""
        return cls(
            message_id=story.message_id,
            status=story.status,
            reason=story.reason,
            settled=story.settled,
            signals=[
                SignalStory(
                    signal_id=signal.signal_id,
                    kind=signal.kind,
                    symbol=signal.symbol,
                    side=signal.side,
                    status=signal.status,
                    steps=timed(signal.steps),
                )
                for signal in story.signals
            ],
        )


def steps_of(rows: Sequence[Mapping[str, Any]], received: int) -> list[Step]:
    """Return the rows of a stored trace as steps; `received` is when the message came (epoch ns)."""
    return timed(
        TraceStep(
            account=row["account"],
            stage=row["stage"],
            code=row["code"],
            text=row["text"],
            ts=row["ts"],
            ms=(row["ts"] - received) / 1e6,
        )
        for row in rows
    )


def timed(steps: Iterable[TraceStep]) -> list[Step]:
    """Return the steps with what each one took; accounts go side by side, so each is timed against its own."""
    latest: dict[str | None, float] = {}
    told = []
    for step in steps:
        before = latest.get(step.account, latest.get(None, 0.0))
        latest[step.account] = step.ms
        told.append(
            Step(
                account=step.account,
                stage=step.stage,
                code=step.code,
                text=step.text,
                ts=step.ts,
                ms=round(step.ms, 3),
                took_ms=round(max(0.0, step.ms - before), 3),
            )
        )
    return told
