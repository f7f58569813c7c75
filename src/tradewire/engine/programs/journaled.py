"""How a program comes back from its stream: the last row has its state, the one where it began its parameters."""

from __future__ import annotations

import msgspec

from tradewire.engine import facts as f
from tradewire.engine import program_facts as p
from tradewire.engine.programs.runner import CannotGoOn, Mark, Runner, Setup, stream_of
from tradewire.programs.shipped import kind as kind_of
from tradewire.store.chain import JournalRow
from tradewire.store.errors import JournalBroken
from tradewire.store.journal import TO_MEND, Store

PREFIX = stream_of("")


def runner(store: Store, name: str) -> Runner | None:
    """Return a program as the journal has it; None where it has never begun.

    Raises:
        CannotGoOn: this version does not know what the journal has of it.
        JournalBroken: a row that is needed is missing or changed.
    """
    stream = stream_of(name)
    seq = store.head(stream).seq
    if not seq:
        return None
    try:
        stands = stands_of(_row(store, stream, seq))
        began = f.decode(_row(store, stream, stands.began).data).event
    except msgspec.MsgspecError as error:
        raise CannotGoOn(f"its stream was written by another version: {error}") from error
    if not isinstance(began, p.ProgramBegan):
        raise JournalBroken(f"{stream} row {stands.began} is not where a program begins. {TO_MEND}")
    return Runner(name, stands, began, _mark(store, stream, seq))


def has_ended(store: Store, stream: str) -> bool:
    """Tell whether a program's stream says that it is done or stopped."""
    try:
        return stands_of(_row(store, stream, store.head(stream).seq)).status in ("done", "stopped")
    except (CannotGoOn, JournalBroken, msgspec.MsgspecError):
        return False


def stands_of(row: JournalRow) -> p.ProgramStands:
    """Return how a program stands after a row of its stream.

    Raises:
        CannotGoOn: the row does not say it.
    """
    for fact in f.decode(row.data).facts:
        if isinstance(fact, p.ProgramStands):
            return fact
    raise CannotGoOn(f"row {row.seq} of {row.stream} does not say how it stands")


def is_same(runner: Runner, setup: Setup) -> bool:
    """Tell whether a program runs with what the configuration says."""
    if (runner.setup.kind, runner.setup.account) != (setup.kind, setup.account):
        return False
    try:
        return bool(kind_of(setup.kind).Params.model_validate(setup.params) == runner.params)
    except (KeyError, ValueError):
        return False


def _row(store: Store, stream: str, seq: int) -> JournalRow:
    for row in store.proven(stream, seq - 1):
        return row
    raise JournalBroken(f"{stream} row {seq} is missing. {TO_MEND}")


def _mark(store: Store, stream: str, seq: int) -> Mark | None:
    """Return the mark that was kept behind the last row, if there is one."""
    kept = store.snapshot(stream)
    if kept is None or kept[0] != seq:
        return None
    try:
        return msgspec.json.decode(kept[1], type=Mark)
    except msgspec.ValidationError:
        return None
