"""What each kind of order does when prices move."""

from __future__ import annotations

import pytest

from contract.paper_desk import SECOND, START, Desk, d, request
from tradewire.domain.signal import OrderType, Side, TimeInForce
from tradewire.ports import Refused
from tradewire.sim.terms import Fees, Slippage, SlippageModel

SELL = Side.SELL


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.price("100", "101")
    return desk


def test_a_market_order_is_accepted_and_filled_at_the_quote_before_submit_returns(desk: Desk) -> None:
    desk.send("e")
    desk.send("f", SELL)
    assert desk.story == ["accepted e", "filled e 1@101", "accepted f", "filled f 1@100"]


def test_a_limit_that_crosses_takes_the_better_price(desk: Desk) -> None:
    desk.send("e", limit_price=d(105))
    assert desk.story == ["accepted e", "filled e 1@101"]


def test_a_resting_limit_is_filled_at_its_own_price_even_when_the_market_jumps_through(desk: Desk) -> None:
    desk.send("e", limit_price=d(95))
    desk.price("96", "97")
    assert desk.resting == ["e"]
    desk.price("80", "81")
    assert desk.story == ["accepted e", "filled e 1@95"]
    assert desk.resting == []


def test_a_limit_is_filled_when_the_price_just_reaches_it(desk: Desk) -> None:
    desk.send("e", SELL, limit_price=d(110))
    desk.price("110", "111")
    assert desk.story == ["accepted e", "filled e 1@110"]


def test_a_stop_takes_what_the_market_offers_after_a_gap(desk: Desk) -> None:
    desk.send("b", stop_price=d(110))
    desk.send("s", SELL, stop_price=d(90))
    desk.price("109", "109.9")
    assert desk.fills == []
    desk.price("118", "120")
    desk.price("70", "72")
    assert desk.story[2:] == ["filled b 1@120", "filled s 1@70"]


def test_a_stop_that_is_already_reached_is_triggered_at_once(desk: Desk) -> None:
    desk.send("s", SELL, stop_price=d(100))
    assert desk.story == ["accepted s", "filled s 1@100"]


def test_a_stop_limit_rests_as_a_limit_once_triggered(desk: Desk) -> None:
    desk.send("e", limit_price=d(111), stop_price=d(110))
    desk.price("114", "115")
    assert desk.fills == []
    desk.price("110.5", "110.8")
    desk.price("114", "115")
    assert desk.story == ["accepted e", "triggered e", "filled e 1@111"]


def test_a_stop_that_quotes_fill_in_parts_says_once_that_it_was_triggered() -> None:
    desk = Desk(depth=d(110))
    desk.price("100")
    desk.send("e", quantity="3", stop_price=d(110))
    desk.price("110")
    desk.price("105")
    assert desk.story == ["accepted e", "filled e 1@110", "triggered e", "filled e 1.04761@105"]


def test_a_stop_limit_that_can_be_filled_when_triggered_takes_the_quote(desk: Desk) -> None:
    desk.send("e", limit_price=d(115), stop_price=d(110))
    desk.price("111", "112")
    assert desk.story == ["accepted e", "filled e 1@112"]


def test_orders_at_one_price_are_filled_in_the_order_they_came(desk: Desk) -> None:
    for name in "dbca":
        desk.send(name, limit_price=d(95))
    desk.send("better", limit_price=d(96))
    desk.price("94", "95")
    assert [fill.client_order_id for fill in desk.fills] == ["better", "d", "b", "c", "a"]


def test_post_only_rests_or_is_refused(desk: Desk) -> None:
    with pytest.raises(Refused, match="post-only: at 100/101"):
        desk.send("e", limit_price=d(101), post_only=True)
    desk.send("f", limit_price=d("100.9"), post_only=True)
    assert desk.resting == ["f"]


def test_immediate_or_cancel_fills_what_there_is(desk: Desk) -> None:
    shallow = Desk(depth=d(303))
    shallow.price("100", "101")
    shallow.send("e", quantity="5", tif=TimeInForce.IOC)
    assert shallow.story == ["accepted e", "filled e 3@101", "cancelled e: ioc: 2 could not be filled at once"]
    desk.send("far", limit_price=d(50), tif=TimeInForce.IOC)
    assert desk.story == ["accepted far", "cancelled far: ioc: 1 could not be filled at once"]


def test_fill_or_kill_fills_all_or_nothing() -> None:
    desk = Desk(depth=d(303))
    desk.price("100", "101")
    desk.send("big", quantity="5", tif=TimeInForce.FOK)
    desk.send("small", quantity="3", tif=TimeInForce.FOK)
    assert desk.story == [
        "accepted big",
        "cancelled big: fill or kill: only 3 of 5 could be filled",
        "accepted small",
        "filled small 3@101",
    ]


def test_what_one_quote_cannot_fill_waits_for_the_next() -> None:
    desk = Desk(depth=d(202))
    desk.price("100", "101")
    desk.send("m", quantity="5")
    desk.send("l", SELL, quantity="3", limit_price=d(101))
    desk.price("101", "101")
    desk.price("101", "101")
    assert [tell for tell in desk.story if " m " in tell] == ["filled m 2@101", "filled m 2@101", "filled m 1@101"]
    assert [tell for tell in desk.story if " l " in tell] == ["filled l 2@101", "filled l 1@101"]
    assert len({fill.exec_id for fill in desk.fills}) == len(desk.fills)


@pytest.mark.parametrize("tif", [TimeInForce.GTD, TimeInForce.DAY])
def test_an_order_ends_with_its_time_in_force(desk: Desk, tif: TimeInForce) -> None:
    desk.send("e", limit_price=d(90), tif=tif, expire_time=desk.now + 10 * SECOND)
    desk.price("99", after=9 * SECOND)
    assert desk.resting == ["e"]
    desk.price("80", after=SECOND)
    assert desk.story == ["accepted e", "expired e"]


def test_another_symbols_quote_ends_an_order_in_time_too(desk: Desk) -> None:
    desk.send("e", limit_price=d(90), tif=TimeInForce.GTD, expire_time=desk.now + SECOND)
    desk.price("3000", symbol="ETHUSDT", after=2 * SECOND)
    assert desk.story == ["accepted e", "expired e"]


def test_cancelling_ends_an_order_and_what_is_not_there_is_refused(desk: Desk) -> None:
    desk.send("e", limit_price=d(90))
    desk.cancel("e")
    desk.price("80")
    assert desk.story == ["accepted e", "cancelled e: cancelled on request"]
    with pytest.raises(Refused, match="is cancelled"):
        desk.cancel("e")
    with pytest.raises(Refused, match="not known"):
        desk.cancel("other")


@pytest.mark.parametrize(
    ("slippage", "price"),
    [
        (Slippage(), "101"),
        (Slippage(SlippageModel.TICKS, d(3)), "101.3"),
        (Slippage(SlippageModel.PERCENT, d("0.1")), "101.2"),
        (Slippage(SlippageModel.SPREAD, d("0.5")), "101.5"),
    ],
)
def test_slippage_makes_a_taker_worse_off_on_a_tick(slippage: Slippage, price: str) -> None:
    desk = Desk(slippage=slippage)
    desk.price("100", "101")
    desk.send("e")
    assert desk.fills[0].price == d(price)
    desk.send("limited", limit_price=d("101.1"))
    assert desk.fills[1].price <= d("101.1")


def test_makers_and_takers_pay_their_fees() -> None:
    desk = Desk(fees=Fees(maker=d("0.1"), taker=d("0.5")))
    desk.price("100", "100")
    desk.send("t")
    desk.send("m", SELL, limit_price=d(200))
    desk.price("200", "200")
    assert [(fill.fee, fill.fee_currency) for fill in desk.fills] == [(d("0.5"), "USDT"), (d("0.2"), "USDT")]


def test_an_order_arrives_after_the_latency_and_gets_the_price_of_then() -> None:
    desk = Desk(latency_ns=3 * SECOND)
    desk.price("100", "101")
    desk.send("e")
    desk.price("102", "103")
    assert desk.events == []
    assert desk.exchange.lookup("a", "e", desk.now).__class__.__name__ == "Absent"
    desk.price("104", "105", after=2 * SECOND)
    assert desk.story == ["accepted e", "filled e 1@105"]


def test_a_cancel_that_is_on_its_way_may_lose_to_a_fill() -> None:
    desk = Desk(latency_ns=SECOND)
    desk.price("100", "101")
    desk.send("e", limit_price=d(95))
    desk.price("100", "101")
    desk.cancel("e")
    desk.price("94", "95", after=SECOND // 2)
    desk.price("94", "95")
    assert desk.story == ["accepted e", "filled e 1@95"]


def test_a_request_that_arrives_after_its_own_expiry_is_rejected_and_never_executed() -> None:
    desk = Desk(latency_ns=SECOND)
    desk.price("100", "101")
    desk.exchange.submit(request("e", expires_at=desk.now + SECOND), desk.now)
    desk.price("100", "101", after=2 * SECOND)
    assert desk.story == ["rejected e: the request arrived after its own expiry"]
    late = Desk()
    late.price("100", "101")
    with pytest.raises(Refused, match="expiry"):
        late.send("e", expires_at=START)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"symbol": "NOPE"}, "NOPE is not traded here"),
        ({"symbol": "ETHUSDT"}, "ETHUSDT has no price yet"),
        ({"quantity": "0.000001"}, "quantity 0.000001 is below the minimum of 0.00001"),
        ({"quantity": "0.000015"}, "not a multiple of the step 0.00001"),
        ({"quantity": "0.04"}, "order value 4.04 USDT is below the minimum of 5 USDT"),
        ({"quantity": "-1"}, "not positive"),
        ({"limit_price": d("99.95")}, "limit price 99.95 is not a multiple of the tick 0.1"),
        ({"stop_price": d(-1)}, "stop price -1 is not positive"),
        ({"type": OrderType.LIMIT}, "limit price is missing"),
        ({"leverage": d(500)}, "leverage 500 is not between 0 and 100"),
        ({"post_only": True}, "post-only needs a limit order"),
        ({"tif": TimeInForce.GTD, "limit_price": d(90)}, "needs the time"),
        ({"quantity": "1000000"}, "insufficient margin: 1000000 BTCUSDT at 30x needs 3366666.67 USDT"),
        ({"account": "b"}, "no account b"),
        ({"reduce_only": True}, "no BTCUSDT position to reduce by a buy"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_figure(desk: Desk, fields: dict[str, object], words: str) -> None:
    with pytest.raises(Refused, match=words.replace(".", r"\.")):
        desk.send("e", **fields)  # type: ignore[arg-type]
    assert desk.events == []
    assert desk.resting == []


def test_the_same_client_order_id_is_refused_while_it_works_and_after_it_ended(desk: Desk) -> None:
    desk.send("e", limit_price=d(90))
    desk.send("f")
    for known in "ef":
        with pytest.raises(Refused, match="duplicate"):
            desk.send(known)


def test_an_order_is_given_other_terms_and_fills_at_them(desk: Desk) -> None:
    desk.send("e", quantity="3", limit_price=d(95))
    desk.amend("e", quantity=d(2), limit_price=d(97))
    desk.price("90", "91")
    assert desk.story == ["accepted e", "replaced e", "filled e 2@97"]


def test_a_moved_order_goes_behind_the_others_at_its_price(desk: Desk) -> None:
    desk.send("a", limit_price=d(95))
    desk.send("b", limit_price=d(95))
    desk.amend("a", quantity=d(2))
    desk.price("94", "95")
    assert desk.story[3:] == ["filled b 1@95", "filled a 2@95"]


def test_an_order_moved_to_where_the_market_is_takes_the_quote(desk: Desk) -> None:
    desk.send("e", limit_price=d(95))
    desk.amend("e", limit_price=d(105))
    assert desk.story == ["accepted e", "replaced e", "filled e 1@101"]


def test_an_order_that_cannot_have_other_terms_keeps_those_it_has(desk: Desk) -> None:
    desk.send("e", limit_price=d(95), post_only=True)
    for terms in ({"quantity": d("0.00001")}, {"limit_price": d("95.001")}, {"limit_price": d(105)}):
        with pytest.raises(Refused):
            desk.amend("e", **terms)
    with pytest.raises(Refused, match="not known here"):
        desk.amend("x", quantity=d(1))
    desk.price("94", "95")
    with pytest.raises(Refused, match="filled"):
        desk.amend("e", quantity=d(2))
    assert desk.story == ["accepted e", "filled e 1@95"]


def test_an_order_made_smaller_than_what_is_filled_is_done() -> None:
    desk = Desk(depth=d(200))
    desk.price("100", "101")
    desk.send("e", quantity="3", limit_price=d(100))
    desk.price("99", "100")
    assert desk.story[-1] == "filled e 2@100"
    desk.amend("e", quantity=d(1))
    assert desk.resting == []
    desk.price("98", "99")
    assert desk.story[-1] == "replaced e"


def test_with_latency_other_terms_may_lose_to_a_fill() -> None:
    desk = Desk(latency_ns=SECOND)
    desk.price("100", "101")
    desk.send("e", limit_price=d(95))
    desk.price("100", "101", after=2 * SECOND)
    desk.amend("e", limit_price=d(90))
    desk.price("94", "95", after=SECOND // 2)
    desk.price("80", "81", after=SECOND)
    assert desk.story == ["accepted e", "filled e 1@95", "not replaced e: the order has ended"]
