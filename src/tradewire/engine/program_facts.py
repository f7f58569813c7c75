"""What a program's stream `program:NAME` is made of: what it was told, and how it stands after it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from msgspec import Raw, Struct

from tradewire.engine.contract import ProgramAction
from tradewire.programs.events import Event as ProgramEvent

Status = Literal["running", "paused", "stopped", "done"]


class ProgramBegan(Struct, frozen=True, kw_only=True, tag="program_began"):
    """A program begins, with these parameters: they hold until it has ended."""

    program: str
    kind: str
    account: str
    params: dict[str, Any]


class ProgramTold(Struct, frozen=True, tag="program_told"):
    """Something happened that a program was told."""

    program: str
    event: ProgramEvent


class ProgramAsked(Struct, frozen=True, tag="program_asked"):
    """A person pauses a program, lets it go on, or stops it for good."""

    program: str
    action: ProgramAction


class ProgramFailed(Struct, frozen=True, tag="program_failed"):
    """A program's own code failed; it is paused."""

    program: str
    reason: str


class Saying(Struct, frozen=True):
    """A command line with its number. `ts`: when it was decided (epoch ns), from which its age counts."""

    n: int
    text: str
    ts: int


class OpenOrder(Struct, frozen=True):
    """An own entry order that works: its whole quantity and what is filled of it."""

    quantity: Decimal
    filled: Decimal


class ProgramStands(Struct, frozen=True, kw_only=True, tag="program_stands"):
    """How a program stands after a step; the last row of a stream has all that it needs to go on.

    `began`: the row in which its present run began. `say`: what it says now; `unsaid`: what it said before and the
    inbox was not known to have. `heard`: up to where in the journal it knows what became of its orders.
    """

    status: Status
    reason: str | None
    began: int
    state: Raw
    say: tuple[Saying, ...] = ()
    unsaid: tuple[Saying, ...] = ()
    orders: dict[int, OpenOrder] = {}
    heard: int


Event = ProgramBegan | ProgramTold | ProgramAsked | ProgramFailed
Fact = ProgramStands
