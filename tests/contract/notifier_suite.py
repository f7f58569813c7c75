"""What every notifier must do, whatever it talks to. A plug-in's test subclasses `NotifierSuite`."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import pytest

from tradewire.ports import Misconfigured, Notice, Notifier, Refused, TryLater

NOTICES = (
    Notice(severity="info", title="trade opened", body="buy 0.01 BTCUSDT at 60000", ts=1_700_000_000_000_000_000),
    Notice(severity="warning", title="", body="", ts=0),
    Notice(severity="error", title="Zeilen\n\tund 🙂 \x00", body="x" * 20_000, ts=2**62, account="main"),
    Notice(severity="unheard-of", title="a severity from a newer hub", body="…", ts=1, account="main"),
)


class NotifierSuite:
    """`make` builds a notifier whose other side behaves well, `make_refusing` and `make_busy` one that does not.

    Where a notifier cannot be refused or be asked to wait (a log), it leaves the maker None.
    """

    make: ClassVar[Callable[[], Notifier]]
    make_refusing: ClassVar[Callable[[], Notifier] | None] = None
    make_busy: ClassVar[Callable[[], Notifier] | None] = None

    def test_it_has_the_id_that_it_was_given(self) -> None:
        assert type(self).make().id == "under-test"

    @pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: notice.severity)
    async def test_every_notice_can_be_sent(self, notice: Notice) -> None:
        assert await type(self).make().send(notice) is None

    async def test_a_refusal_is_told_apart_with_its_reason(self) -> None:
        if type(self).make_refusing is None:
            return
        with pytest.raises(Refused) as caught:
            await type(self).make_refusing().send(NOTICES[0])
        assert str(caught.value)

    async def test_a_busy_other_side_asks_for_a_pause(self) -> None:
        if type(self).make_busy is None:
            return
        with pytest.raises(TryLater) as caught:
            await type(self).make_busy().send(NOTICES[0])
        assert 0 <= caught.value.after <= 3600

    async def test_its_errors_are_those_of_the_port(self) -> None:
        for make in (type(self).make_refusing, type(self).make_busy):
            if make is not None:
                with pytest.raises((TryLater, Refused, Misconfigured)):
                    await make().send(NOTICES[0])
