"""What a quote does to a book: stops that move, targets that are done, and what is to be closed."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from tradewire.exits.kernel import SESSION_END, STOP, TIME_LIMIT, Rules


class ExitReason(StrEnum):
    """Why an exit closes a trade or a part of it."""

    STOP = "stop"
    TRAILING = "trailing"
    BREAKEVEN = "breakeven"
    TARGET = "target"
    TIME_LIMIT = "time_limit"
    SESSION_END = "session_end"


_LATE = {TIME_LIMIT: ExitReason.TIME_LIMIT, SESSION_END: ExitReason.SESSION_END}


def reason_of(code: int, stop: float, rules: Rules) -> ExitReason:
    """Return the reason that a step's code means; a stop is named after what moved it last."""
    if code != STOP:
        return _LATE.get(code, ExitReason.TARGET)
    if stop <= rules.given:
        return ExitReason.STOP
    return ExitReason.BREAKEVEN if stop == rules.even_stop else ExitReason.TRAILING


class Watch(NamedTuple):
    """A quote with `bid_above` < bid < `bid_below`, `ask_above` < ask < `ask_below`, ts < `before` changes nothing."""

    bid_above: float
    bid_below: float
    ask_above: float
    ask_below: float
    before: int


class Trigger(Struct, frozen=True, kw_only=True):
    """A part of a trade to be closed now, at the bid or ask `price` that asked for it.

    `rest`: everything that is still open (`fraction` is 1). Else the targets `first_target` up to but without
    `next_target` (0-based) are reached and `fraction` of the initial quantity is theirs; `ExitPlan.share` has it exact.
    """

    trade_id: str
    reason: ExitReason
    price: float
    fraction: float
    rest: bool
    first_target: int
    next_target: int


class Moves(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that one quote does to a book. Nothing has happened until `ExitBook.apply`.

    What changed is held in little-endian columns, valid for one `generation` of the book: `rungs` (uint8, targets done)
    belong to `rung_slots` (uint32). The stops that moved (float64, signed) stand in the shortest of three forms, and in
    no other:

    - `stops` that belong to `slots` (uint32);
    - `stops` alone, where every slot from the first on moved: they belong to 0, 1, 2 …;
    - the different ones in `levels`, and for slots 0, 1, 2 … in `places` (uint8) which of them: 0 did not move, 1 is
      the first level.
    """

    generation: int
    slots: bytes = b""
    stops: bytes = b""
    levels: bytes = b""
    places: bytes = b""
    rung_slots: bytes = b""
    rungs: bytes = b""
    triggers: tuple[Trigger, ...] = ()
    watch: Watch | None = None
    """What the book may ignore once the moves are applied; unknown to moves that come from the journal."""

    @property
    def changes(self) -> bool:
        """Tell whether there is anything to journal: a stop's trigger alone changes no state of the book."""
        return bool(self.stops or self.places or self.rung_slots)

    def encode(self) -> Moves:
        """Return what belongs in the journal; the triggers live on in the orders that they lead to."""
        return replace(self, triggers=(), watch=None)
