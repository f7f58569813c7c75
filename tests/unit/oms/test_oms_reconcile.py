"""What differs between our books and a venue, and that nothing is claimed which cannot be known."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from tradewire.domain.account import Position
from tradewire.domain.order import Order, OrderStatus
from tradewire.domain.venue_events import OpenOrder, Snapshot
from tradewire.oms.reconcile import Finding, ForeignOrder, LookUp, LostOrder, PositionDrift, net, reconcile
from unit.oms.oms_samples import CID, SENT, request, resting

OTHER = "tw" + "b" * 20


def ours(
    cid: str = CID, *, symbol: str = "BTCUSDT", filled: str = "0", venue_order_id: str | None = "v1"
) -> dict[str, Order]:
    made = request(client_order_id=cid, symbol=symbol)
    status = OrderStatus.WORKING
    return {
        cid: Order(request=made, status=status, filled=Decimal(filled), venue_order_id=venue_order_id, updated_at=SENT)
    }


def held(quantity: str, symbol: str = "BTCUSDT") -> Position:
    return Position(symbol=symbol, quantity=Decimal(quantity), average_price=Decimal(100))


def findings(
    orders: dict[str, Order] | None = None,
    positions: dict[str, str] | None = None,
    known: tuple[str, ...] = (),
    *,
    shown: tuple[OpenOrder, ...] = (),
    holds: tuple[Position, ...] = (),
) -> tuple[Finding, ...]:
    snapshot = Snapshot(balances=(), positions=holds, open_orders=shown, ts=SENT)
    mine = {symbol: Decimal(quantity) for symbol, quantity in (positions or {}).items()}
    return reconcile(orders or {}, mine, known, snapshot)


def test_equal_books_give_nothing_to_do() -> None:
    assert findings() == ()
    same = findings(ours(filled="3"), {"BTCUSDT": "3"}, shown=(resting(CID, filled="3"),), holds=(held("3"),))
    assert same == ()


def test_our_order_that_the_venue_does_not_show_is_looked_up_not_ended() -> None:
    assert findings(ours()) == (LookUp(CID),)


def test_our_order_with_other_fills_is_looked_up() -> None:
    assert findings(ours(), shown=(resting(CID, filled="1"),)) == (LookUp(CID),)


def test_an_order_that_was_never_answered_is_looked_up_though_the_venue_shows_it() -> None:
    assert findings(ours(venue_order_id=None), shown=(resting(CID),)) == (LookUp(CID),)


def test_an_order_that_we_thought_ended_is_looked_up() -> None:
    assert findings(known=(CID,), shown=(resting(CID),)) == (LookUp(CID),)


def test_a_resting_order_of_somebody_else_is_shown_and_nothing_more() -> None:
    foreign = resting("web-1")
    assert findings(shown=(foreign,)) == (ForeignOrder(foreign),)
    assert findings(known=("web-1",), shown=(foreign,)) == (ForeignOrder(foreign),)


def test_an_order_with_our_prefix_that_nobody_here_sent_is_for_a_person_to_judge() -> None:
    lost = resting(OTHER)
    assert findings(shown=(lost,)) == (LostOrder(lost),)


def test_every_order_is_compared_not_only_the_first() -> None:
    mine = ours() | ours(OTHER)
    foreign, lost = resting("web-1"), resting("tw" + "c" * 20)
    found = findings(mine, shown=(foreign, resting(OTHER, filled="1"), lost))
    assert found == (LookUp(CID), LookUp(OTHER), ForeignOrder(foreign), LostOrder(lost))


def test_another_position_than_our_fills_add_up_to_is_a_drift_with_both_sides() -> None:
    (drift,) = findings(positions={"BTCUSDT": "2"}, holds=(held("5"),))
    assert drift == PositionDrift("BTCUSDT", Decimal(2), Decimal(5))
    assert isinstance(drift, PositionDrift)
    assert drift.foreign == Decimal(3)


def test_a_position_on_one_side_only_is_a_drift_against_zero() -> None:
    found = findings(positions={"ETHUSDT": "-1"}, holds=(held("5"),))
    assert found == (
        PositionDrift("BTCUSDT", Decimal(0), Decimal(5)),
        PositionDrift("ETHUSDT", Decimal(-1), Decimal(0)),
    )


def test_a_drift_is_not_judged_while_an_order_in_its_symbol_is_unsettled() -> None:
    found = findings(ours(), {"BTCUSDT": "1", "ETHUSDT": "1"}, holds=(held("5"),))
    assert found == (LookUp(CID), PositionDrift("ETHUSDT", Decimal(1), Decimal(0)))


def test_a_settled_order_does_not_hide_a_drift_in_its_symbol() -> None:
    found = findings(ours(), shown=(resting(CID),), holds=(held("5"),))
    assert found == (PositionDrift("BTCUSDT", Decimal(0), Decimal(5)),)


@pytest.mark.parametrize(
    ("ours", "theirs", "missing", "beyond"),
    [
        (5, 7, 0, 0),
        (5, 3, 2, 0),
        (5, 0, 5, 0),
        (5, -2, 5, -2),
        (-5, -7, 0, 0),
        (-5, -3, 2, 0),
        (-5, 0, 5, 0),
        (-5, 2, 5, 2),
        (1, 1, 0, 0),
        (-1, -1, 0, 0),
    ],
)
def test_a_drift_says_what_is_missing_and_what_lies_beyond(ours: int, theirs: int, missing: int, beyond: int) -> None:
    drift = PositionDrift("BTCUSDT", Decimal(ours), Decimal(theirs))
    assert (drift.missing, drift.beyond, drift.foreign) == (missing, beyond, theirs - ours)


def test_positions_of_a_hedging_account_are_added_up_by_symbol() -> None:
    assert net([held("5"), held("-2"), held("1", "ETHUSDT"), replace(held("4"), ref=CID)]) == {
        "BTCUSDT": Decimal(7),
        "ETHUSDT": Decimal(1),
    }
    assert net([]) == {}
