"""The log notifier writes one line a notice."""

from __future__ import annotations

import pytest
import structlog

from contract.notifier_suite import NOTICES, NotifierSuite
from tradewire.notifiers.log import Config, LogNotifier
from tradewire.ports import Notice


class TestContract(NotifierSuite):
    target = "log"
    make = staticmethod(lambda: LogNotifier("under-test", Config()))


@pytest.mark.parametrize(("notice", "level"), list(zip(NOTICES, ["info", "warning", "error", "warning"], strict=True)))
async def test_a_notice_is_one_line_at_its_level(notice: Notice, level: str) -> None:
    with structlog.testing.capture_logs() as lines:
        await LogNotifier("log", Config()).send(notice)
    assert [(line["log_level"], line["event"]) for line in lines] == [(level, notice.title)]
