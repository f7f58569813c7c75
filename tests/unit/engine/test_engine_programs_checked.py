"""What `verify` finds between the streams of programs and the messages in which they spoke."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import Raw
from msgspec.json import encode
from msgspec.structs import replace

from tradewire.domain.message import Message
from tradewire.engine import facts as f
from tradewire.engine import program_facts as p
from tradewire.engine.programs.checked import CheckedPrograms
from tradewire.programs.base import SOURCE, State, message_of
from tradewire.programs.events import Moment
from tradewire.store.chain import JournalRow

BEGAN = p.ProgramBegan(program="a", kind="dca", account="main", params={})


def row(seq: int, said: int, *say: int, unsaid: tuple[int, ...] = (), began: int = 1, event: Any = None) -> JournalRow:
    stands = p.ProgramStands(
        status="running",
        reason=None,
        began=began,
        state=Raw(encode(State(name="a", account="main", said=said))),
        say=tuple(p.Saying(n, f"buy btc {n}", 0) for n in say),
        unsaid=tuple(p.Saying(n, f"buy btc {n}", 0) for n in unsaid),
        heard=0,
    )
    happened = event or (BEGAN if seq == began else p.ProgramTold("a", Moment(seq)))
    kind, data = f.encode(f.Record(happened, (stands,)))
    return JournalRow("program:a", seq, seq, 0, kind, data, b"")


def message(n: int) -> Message:
    id = message_of("a", n)
    return Message(id=id, source=SOURCE, channel="a", text=f"buy btc {n}", account="main", ts_event=0, ts_init=0)


def found(rows: list[JournalRow], *messages: Message) -> list[str]:
    checked = CheckedPrograms()
    for each in rows:
        checked.fold(each)
    return list(checked.compare({each.id: each for each in messages}))


WHOLE = [row(1, 0), row(2, 2, 1, 2), row(3, 3, 3, unsaid=(2,))]


def test_what_was_said_and_stored_is_in_order() -> None:
    assert found(WHOLE, message(1), message(2), message(3)) == []
    assert found(WHOLE, message(1)) == [], "2 and 3 may be on their way"


@pytest.mark.parametrize(
    ("messages", "sentence"),
    [
        ([message(2), message(3)], "what the program a said as number 1 is missing among the messages"),
        ([message(1), replace(message(2), text="sell btc 2")], "differs from what the program a said as number 2"),
        ([message(1), replace(message(2), account="other")], "differs from what the program a said as number 2"),
        ([message(1), message(4)], "does not follow from what the program a said"),
    ],
)
def test_what_does_not_fit_is_told(messages: list[Message], sentence: str) -> None:
    (told,) = found(WHOLE, *messages)
    assert sentence in told


@pytest.mark.parametrize(
    "rows",
    [
        [row(1, 0), row(2, 2, 2)],
        [row(1, 0), row(2, 1)],
        [row(1, 0), row(2, 0, began=2, event=p.ProgramTold("a", Moment(1)))],
        [row(1, 0), row(2, 0, event=BEGAN)],
    ],
    ids=["a gap", "a number without words", "no beginning", "a beginning that is none"],
)
def test_a_stream_that_does_not_follow_stumbles(rows: list[JournalRow]) -> None:
    with pytest.raises(ValueError, match=r"counts|begun"):
        found(rows)
