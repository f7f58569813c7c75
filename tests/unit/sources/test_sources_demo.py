"""The demo keeps the contract of sources, and says only what the grammar understands."""

from __future__ import annotations

import time

import pytest

from contract.source_suite import SourceSuite
from tradewire.domain.message import Message
from tradewire.domain.signal import Unclear
from tradewire.parsing.reader import read
from tradewire.sources.demo import Config, DemoSource
from tradewire.sources.demo.source import SCRIPT


class WallClock:
    def now(self) -> int:
        return time.time_ns()


class TestContract(SourceSuite):
    target = "demo"

    @pytest.fixture
    def source(self) -> DemoSource:
        return DemoSource("under-test", Config(first_after=0.1, every=0.5), WallClock())


@pytest.mark.parametrize("text", SCRIPT)
def test_each_of_its_lines_is_a_command(text: str) -> None:
    message = Message(id="m", source="demo", channel="signals", text=text, ts_event=1, ts_init=1)
    assert not isinstance(read(message), Unclear)
