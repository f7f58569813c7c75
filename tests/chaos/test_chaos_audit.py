"""The auditor sees each way to lose an order, and says nothing of a trader that loses none."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from chaos.audit import audit
from chaos.books import Booked, Books, Handled
from chaos.exchange.ledger import Line
from chaos.sender import Alert

SENT = [Alert("a0", "buy btc 1u")]
ACKNOWLEDGED = {"a0": {"m0"}}


def line(what: str, tag: str = "tw0", execution: str = "x1") -> Line:
    executed = what == "executed"
    return Line(
        what=what,  # type: ignore[arg-type]
        tag=tag,
        symbol="BTCUSDT",
        quantity="1" if executed else "0",
        execution=execution if executed else "",
        ts=0,
    )


TAKEN = [line("accepted"), line("executed")]


def books(status: str = "filled", filled: int = 1, handled: Handled | None = None) -> Books:
    return Books(
        {"a0": handled or Handled(("tw0",))},
        {"tw0": Booked("tw0", "BTCUSDT", status, Decimal(filled), True)},
        {"BTCUSDT": Decimal(filled)} if filled else {},
    )


def test_one_signal_one_order_one_fill_is_clean() -> None:
    assert audit(SENT, ACKNOWLEDGED, books(), TAKEN).faults == {}


def test_a_signal_that_ended_in_words_is_clean() -> None:
    ended = Books({"a0": Handled(ended="max_open_trades")}, {}, {})
    found = audit([*SENT], ACKNOWLEDGED, ended, [])
    assert found.ended == {"max_open_trades": 1}
    assert set(found.faults) == {"implausible"}, "but an exchange that took nothing proves nothing"


@pytest.mark.parametrize(
    ("name", "told", "ledger"),
    [
        ("lost", Books({}, {}, {}), []),
        ("lost", Books({"a0": Handled()}, {}, {}), []),
        ("lost", books("working", 0), []),
        ("lost", books("cancelled", 0), []),
        ("lost", books(), [line("accepted")]),
        ("doubled", books(), [*TAKEN, line("accepted"), line("executed", execution="x2")]),
        ("doubled", books(handled=Handled(("tw0", "tw1"))), TAKEN),
        ("ghosts", books("rejected", 0), TAKEN),
        ("ghosts", books(), [*TAKEN, line("accepted", "tw9"), line("executed", "tw9", "x9")]),
        ("unsettled", books("unknown", 0), []),
        ("drifted", books(filled=2), TAKEN),
    ],
)
def test_a_fault_is_seen(name: str, told: Books, ledger: list[Line]) -> None:
    assert name in audit(SENT, ACKNOWLEDGED, told, ledger).faults


def test_what_may_be_withdrawn_before_it_is_taken_is_not_lost() -> None:
    withdrawn = Booked("tw1", "XRPUSDT", "cancelled", Decimal(0), True, withdrawable=True)
    told = books()
    told.orders["tw1"] = withdrawn
    assert audit(SENT, ACKNOWLEDGED, told, TAKEN).faults == {}
    told.orders["tw1"] = replace(withdrawn, status="working")
    assert "lost" in audit(SENT, ACKNOWLEDGED, told, TAKEN).faults


def test_two_messages_for_one_id_are_one_too_many() -> None:
    assert "doubled" in audit(SENT, {"a0": {"m0", "m1"}}, books(), TAKEN).faults


def test_doubt_may_stay_only_where_the_exchange_keeps_no_ids() -> None:
    found = audit(SENT, ACKNOWLEDGED, books("unknown", 0), TAKEN, may_park=True)
    assert (found.faults, found.parked) == ({}, 1)
    assert "ghosts" in audit(SENT, ACKNOWLEDGED, books("rejected", 0), TAKEN, may_park=True).faults
