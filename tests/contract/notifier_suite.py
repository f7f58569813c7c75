"""What every notifier must do, whatever it talks to. A plug-in's test subclasses one of the suites."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import pytest

from contract.plugin_suite import PluginSuite
from tradewire.ports import Kind, Notice, Notifier, Refused, TryLater

NOTICES = (
    Notice(severity="info", title="trade opened", body="buy 0.01 BTCUSDT at 60000", ts=1_700_000_000_000_000_000),
    Notice(severity="warning", title="", body="", ts=0),
    Notice(severity="error", title="Zeilen\n\tund 🙂 \x00", body="x" * 20_000, ts=2**62, account="main"),
    Notice(severity="unheard-of", title="a severity from a newer hub", body="…", ts=1, account="main"),
)


class NotifierSuite(PluginSuite):
    """`make` builds a notifier whose other side behaves well."""

    kind = Kind.NOTIFIER
    make: ClassVar[Callable[[], Notifier]]

    def test_it_has_the_id_that_it_was_given(self) -> None:
        assert type(self).make().id == "under-test"

    @pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: notice.severity)
    async def test_every_notice_can_be_sent(self, notice: Notice) -> None:
        await type(self).make().send(notice)


class RemoteNotifierSuite(NotifierSuite):
    """For a notifier with another side that can refuse (`make_refusing`) and ask for a pause (`make_busy`)."""

    make_refusing: ClassVar[Callable[[], Notifier]]
    make_busy: ClassVar[Callable[[], Notifier]]

    async def test_a_refusal_is_told_apart_with_its_reason(self) -> None:
        with pytest.raises(Refused) as caught:
            await type(self).make_refusing().send(NOTICES[0])
        assert str(caught.value)

    async def test_a_busy_other_side_asks_for_a_pause(self) -> None:
        with pytest.raises(TryLater) as caught:
            await type(self).make_busy().send(NOTICES[0])
        assert 0 <= caught.value.after <= 3600
