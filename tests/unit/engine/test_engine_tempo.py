"""Senders come first while they are many, and what they sent is acted on once they are few."""

from __future__ import annotations

from tradewire.engine.tempo import BUSY, CALM, LASTING, MANY, Tempo


def test_few_messages_are_acted_on_at_length() -> None:
    assert Tempo().budget(MANY, 1) == CALM


def test_many_messages_make_deciding_brief() -> None:
    assert Tempo().budget(MANY + 1, 1) == BUSY


def test_the_groups_between_two_waves_are_brief_too() -> None:
    tempo = Tempo()
    tempo.budget(MANY + 1, 1)

    assert tempo.budget(0, LASTING) == BUSY
    assert tempo.budget(0, LASTING + 1) == CALM
