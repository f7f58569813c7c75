"""Orders made from plans and trades: every field, and ids that are the same after a crash."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec import Struct
from msgspec.structs import replace

from tradewire.domain.ids import client_order_id, is_ours, trade_id
from tradewire.domain.order import Leg, Order, OrderRequest
from tradewire.domain.plan import Approved, Plan, Reduction
from tradewire.domain.signal import ExitSpec, OrderType, Side, TimeInForce
from tradewire.oms import requests
from unit.oms.oms_samples import SECOND, SENT, request

EXPIRY = 7 * SECOND
DAY_END = SENT + 999 * SECOND
PLAN = Plan(
    signal_id="s1",
    account="main",
    symbol="BTCUSDT",
    underlying="BTC",
    side=Side.SELL,
    order_type=OrderType.STOP_LIMIT,
    quantity=Decimal("0.5"),
    limit_price=Decimal(101),
    stop_price=Decimal(102),
    tif=TimeInForce.GTD,
    expire_s=90,
    post_only=True,
    leverage=Decimal(3),
    reference_price=Decimal(102),
    exits=ExitSpec(),
    notional=Decimal(51),
    value=Decimal(51),
    margin=Decimal(17),
)


class Held(Struct, frozen=True):
    """A trade as far as closing it is concerned."""

    id: str = "t1"
    signal_id: str = "s1"
    entry: str | None = "twentry"
    closings: int = 0


def closing(trade: Held, leg: Leg = Leg.EXIT, stop_price: Decimal | None = None) -> OrderRequest:
    side = Side.BUY if leg is Leg.STOP else Side.SELL
    reduction = Reduction(symbol="BTCUSDT", side=side, quantity=Decimal(2), whole=True)
    return requests.closing(trade, "main", reduction, leg=leg, stop_price=stop_price, now=SENT, request_expiry=EXPIRY)


def test_an_entry_carries_everything_that_was_approved() -> None:
    cid = client_order_id("s1", "main", Leg.ENTRY)
    assert requests.entry(Approved(PLAN), SENT, EXPIRY, DAY_END) == OrderRequest(
        client_order_id=cid,
        account="main",
        symbol="BTCUSDT",
        side=Side.SELL,
        type=OrderType.STOP_LIMIT,
        quantity=Decimal("0.5"),
        limit_price=Decimal(101),
        stop_price=Decimal(102),
        tif=TimeInForce.GTD,
        expire_time=SENT + 90 * SECOND,
        reduce_only=False,
        post_only=True,
        leverage=Decimal(3),
        leg=Leg.ENTRY,
        signal_id="s1",
        trade_id=trade_id(cid),
        submitted_at=SENT,
        expires_at=SENT + EXPIRY,
    )


def test_an_entry_without_an_end_has_none() -> None:
    assert requests.entry(Approved(replace(PLAN, expire_s=None)), SENT, EXPIRY, DAY_END).expire_time is None


def test_an_entry_for_the_day_ends_with_it() -> None:
    plan = replace(PLAN, tif=TimeInForce.DAY, expire_s=None)
    assert requests.entry(Approved(plan), SENT, EXPIRY, DAY_END).expire_time == DAY_END


def test_the_same_plan_gives_the_same_order_at_any_time_and_another_account_another_one() -> None:
    first = requests.entry(Approved(PLAN), SENT, EXPIRY, DAY_END)
    assert requests.entry(Approved(PLAN), SENT + 1, 1, DAY_END).client_order_id == first.client_order_id
    other = requests.entry(Approved(replace(PLAN, account="other")), SENT, EXPIRY, DAY_END)
    assert other.client_order_id != first.client_order_id
    assert is_ours(first.client_order_id)
    assert is_ours(other.client_order_id)


def test_a_closing_order_can_only_shrink_its_trade() -> None:
    assert closing(Held()) == OrderRequest(
        client_order_id=client_order_id("t1", "main", Leg.EXIT, 0),
        account="main",
        symbol="BTCUSDT",
        side=Side.SELL,
        type=OrderType.MARKET,
        quantity=Decimal(2),
        tif=TimeInForce.GTC,
        reduce_only=True,
        position_ref="twentry",
        leg=Leg.EXIT,
        signal_id="s1",
        trade_id="t1",
        submitted_at=SENT,
        expires_at=SENT + EXPIRY,
    )


def test_a_protective_stop_rests_at_its_price_on_the_other_side() -> None:
    stop = closing(Held(), Leg.STOP, Decimal(110))
    assert (stop.type, stop.stop_price, stop.side, stop.leg) == (OrderType.STOP, Decimal(110), Side.BUY, Leg.STOP)
    assert stop.client_order_id == client_order_id("t1", "main", Leg.STOP, 0)
    assert stop.reduce_only


def test_an_adopted_position_can_be_closed_though_no_entry_of_ours_opened_it() -> None:
    assert closing(Held(entry=None)).position_ref is None


def test_every_closing_order_of_a_trade_is_a_new_one() -> None:
    cids = [closing(Held(closings=n), leg).client_order_id for n in range(3) for leg in (Leg.EXIT, Leg.STOP)]
    assert len(set(cids)) == 6
    assert closing(Held(closings=1)).client_order_id == closing(Held(closings=1)).client_order_id


@pytest.mark.parametrize("later", [1, 60 * SECOND])
def test_a_resend_is_the_same_request_with_a_new_expiry(later: int) -> None:
    sent = Order(request=request(), updated_at=SENT)
    again = requests.resend(sent, SENT + later, EXPIRY)
    assert again == replace(sent.request, submitted_at=SENT + later, expires_at=SENT + later + EXPIRY)
