"""What is the same message and what is a new one."""

from __future__ import annotations

import pytest

from tradewire.engine.contract import Incoming
from tradewire.engine.inbox import Inbox, body_hash
from tradewire.parsing.explain import describe
from tradewire.parsing.reader import read
from tradewire.routing.select import Router

WINDOW = 60


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["earlier first", "later first"])
def test_of_equal_bodies_the_latest_is_remembered(order: tuple[int, int]) -> None:
    inbox = Inbox(Router((), ()), read, describe, window=WINDOW)
    body = body_hash("hook", "tv", 0, "flatten")
    came = [(body, 100, "early"), (body, 200, "late")]
    for place in order:
        inbox.remember([came[place]])
    again = Incoming(source="hook", channel="tv", text="flatten")
    assert inbox.identify(again, 200 + WINDOW - 1) == ("late", body, True)
    assert inbox.identify(again, 200 + WINDOW)[2] is False
