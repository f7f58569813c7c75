"""What must hold between the streams of programs and the messages in which they spoke; for `verify`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Struct

from tradewire.domain.message import Message
from tradewire.engine import facts as f
from tradewire.engine import program_facts as p
from tradewire.engine.programs.journaled import PREFIX, stands_of
from tradewire.programs.base import SOURCE, message_of
from tradewire.store.chain import JournalRow


class _Counted(Struct, frozen=True):
    """What of any program's state is checked."""

    name: str
    account: str
    said: int


class CheckedPrograms:
    """Folds streams of programs: sayings are numbered without a gap, and each is the message that the inbox has."""

    def __init__(self) -> None:
        self._said: dict[str, int] = {}
        self._words: dict[str, tuple[str, int, str, str]] = {}
        self._unsaid: dict[str, frozenset[int]] = {}

    def fold(self, row: JournalRow) -> None:
        """Take in a row.

        Raises:
            ValueError: it does not follow from those before.
        """
        name, stands = row.stream.removeprefix(PREFIX), stands_of(row)
        state = msgspec.json.decode(stands.state, type=_Counted)
        last = self._said.get(name, 0)
        numbers = [saying.n for saying in stands.say]
        if state.name != name or numbers != list(range(last + 1, state.said + 1)):
            raise ValueError(f"it counts {state.said} sayings after {last}, and says {numbers}")
        if stands.began > row.seq or (stands.began == row.seq) != isinstance(f.decode(row.data).event, p.ProgramBegan):
            raise ValueError(f"its run is said to have begun in row {stands.began}")
        self._said[name] = state.said
        self._unsaid[name] = frozenset(saying.n for saying in (*stands.unsaid, *stands.say))
        for saying in stands.say:
            self._words[message_of(name, saying.n)] = (name, saying.n, saying.text, state.account)

    def compare(self, stored: Mapping[str, Message]) -> Iterator[str]:
        """Yield a sentence for each message of a program that it did not say, or that is missing; by message id."""
        for id, message in stored.items():
            if message.source == SOURCE:
                word = self._words.get(id)
                if word is None:
                    yield f"message {id} does not follow from what the program {message.channel} said"
                elif (message.channel, message.text, message.account) != (word[0], word[2], word[3]):
                    yield f"message {id} differs from what the program {word[0]} said as number {word[1]}"
        for id, (name, n, _, _) in self._words.items():
            if id not in stored and n not in self._unsaid[name]:
                yield f"what the program {name} said as number {n} is missing among the messages"
