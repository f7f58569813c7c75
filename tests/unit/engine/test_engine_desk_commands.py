"""What people say about what is there: close, cancel, adjust, halt, flatten, adopt."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from msgspec.structs import replace

from tradewire.domain.order import Leg
from tradewire.domain.refusal import Code
from tradewire.domain.signal import Adopt, Close, Distance, ExitSpec, Side, Size, SizeUnit, Unit
from tradewire.engine import facts as f
from tradewire.engine.step import Submit
from tradewire.engine.trade import TradeStatus
from tradewire.oms.reconcile import LookUp as NeedsLookUp
from tradewire.oms.reconcile import LostOrder, PositionDrift
from unit.engine.desk_harness import BTC, NOW, Desk, facts_of, refused
from unit.oms.oms_samples import resting

D = Decimal


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.check()


@pytest.fixture
def native() -> Iterator[Desk]:
    """A desk whose venue holds protective stops itself."""
    made = Desk(native=True)
    yield made
    made.check()


def test_close_takes_a_percentage_of_each_or_a_quantity_of_the_oldest() -> None:
    desk = Desk()
    desk.opened("buy btc 4u -id first")
    desk.opened("buy btc 6u -id second")
    desk.type("close btc 50%")
    assert [c.request.quantity for c in desk.all_asked(Submit)[2:]] == [D(2), D(3)]
    for command in desk.all_asked(Submit)[2:]:
        desk.fill(command.request.client_order_id)
    desk.type("close btc 4u")
    assert [c.request.quantity for c in desk.all_asked(Submit)[4:]] == [D(2), D(2)]
    desk.check()


def test_close_with_a_tag_leaves_what_others_opened() -> None:
    desk = Desk()
    desk.opened("buy btc 4u -id mine")
    desk.opened("buy btc 6u")
    desk.type("close btc -id mine")
    assert desk.sent(Leg.EXIT).quantity == D(4)
    assert refused(desk.type("close btc -id nobodys")) is Code.NOTHING_TO_CLOSE
    assert refused(desk.type("close btc short -id mine")) is Code.NOTHING_TO_CLOSE
    desk.check()


def test_close_in_money_and_in_lots_is_turned_into_units(desk: Desk) -> None:
    desk.opened("buy btc 10u")
    desk.signal(Close(symbol="BTCUSDT", quantity=Size(D(200), SizeUnit.QUOTE)))
    assert desk.sent(Leg.EXIT).quantity == D(2)
    desk.around.instruments["BTCUSDT"] = replace(BTC, lot_size=D(3))
    desk.type("close btc 1lot")
    assert desk.sent(Leg.EXIT).quantity == D(3)


def test_close_of_nothing_says_so_and_what_is_being_closed_is_not_closed_twice(desk: Desk) -> None:
    assert refused(desk.type("close btc")) is Code.NOTHING_TO_CLOSE
    desk.opened("buy btc 4u")
    desk.type("close btc")
    assert refused(desk.type("close btc")) is Code.NOTHING_TO_CLOSE
    assert desk.sends(Leg.EXIT) == 1


def test_a_part_too_small_to_close_is_refused_with_the_minimum(desk: Desk) -> None:
    desk.opened("buy btc 10u")
    for text in ("close btc 0.05u", "close btc 0.4%"):
        decision = desk.type(text)
        assert refused(decision) is Code.BELOW_MINIMUM
        assert "the minimum is 0.1" in decision.facts[0].refusal.sentence  # type: ignore[union-attr]
    assert desk.sends(Leg.EXIT) == 0


def test_a_part_too_small_of_one_trade_does_not_keep_the_others_from_closing(desk: Desk) -> None:
    desk.opened("buy btc 0.1u -id small")
    desk.opened("buy btc 10u -id big")
    assert refused(desk.type("close btc 50%")) is None
    assert [c.request.quantity for c in desk.all_asked(Submit)[2:]] == [D(5)]


@pytest.mark.parametrize(
    ("size", "code"),
    [
        (Size(D(200), SizeUnit.QUOTE), Code.NO_QUOTE),
        (Size(D(2), SizeUnit.RISK_PERCENT), Code.NO_SIZE),
    ],
)
def test_a_size_that_cannot_be_reckoned_closes_nothing(desk: Desk, size: Size, code: Code) -> None:
    desk.opened("buy btc 10u")
    del desk.around.quotes["BTCUSDT"]
    assert refused(desk.signal(Close(symbol="BTCUSDT", quantity=size))) is code
    assert desk.sends(Leg.EXIT) == 0


def test_a_close_in_money_counts_the_contract_and_the_currency(desk: Desk) -> None:
    desk.around.instruments["BTCUSDT"] = replace(BTC, quote="EUR", multiplier=D(2))
    desk.opened("buy btc 10u")
    desk.signal(Close(symbol="BTCUSDT", quantity=Size(D(500), SizeUnit.QUOTE)))
    assert desk.sent(Leg.EXIT).quantity == D(2), "500 / (100 x 2 x 1.25)"


def test_of_an_instrument_that_is_not_known_yet_the_whole_can_be_closed_and_no_part(desk: Desk) -> None:
    desk.opened("buy btc 10u")
    del desk.around.instruments["BTCUSDT"]
    assert refused(desk.type("close btc 50%")) is Code.NOT_READY
    assert refused(desk.type("close btc 1lot")) is Code.NOT_READY
    desk.type("close btc")
    assert desk.sent(Leg.EXIT).quantity == D(10)


def test_cancel_finds_orders_by_symbol_id_tag_or_all() -> None:
    desk = Desk()
    for text in ("buy btc 1u -lim 90 -id swing", "buy btc 1u -lim 91", "buy eth 1u -lim 9"):
        desk.type(text)
        desk.accept(desk.sent().client_order_id)
    first, second, third = (c.request.client_order_id for c in desk.all_asked(Submit))
    desk.type("cancel -id swing")
    assert desk.cancels() == [first]
    desk.type(f"cancel {second}")
    assert desk.cancels() == [first, second]
    desk.type("cancel eth")
    assert desk.cancels() == [first, second, third]
    assert refused(desk.type("cancel sol")) is Code.NOTHING_TO_CANCEL
    desk.type("cancel all")
    assert desk.cancels() == [first, second, third] * 2, "who insists is heard: the first wish may have been lost"
    desk.check()


def test_cancel_takes_back_what_waits(desk: Desk) -> None:
    desk.around.ready = False
    desk.type("buy btc 1u")
    assert refused(desk.type("cancel btc")) is Code.NOTHING_TO_CANCEL
    desk.around.ready = True
    assert desk.give(f.BecameReady()).facts == ()


def test_adjusting_moves_the_exits_and_refuses_to_loosen_a_stop(desk: Desk) -> None:
    desk.opened("buy btc 5u -sl 90")
    desk.type("sl btc 95")
    assert desk.stop() == D(95)
    assert refused(desk.type("sl btc 80")) is Code.STOP_LOOSENED
    assert refused(desk.type("sl btc 101")) is Code.WRONG_SIDE_STOP
    desk.type("tp btc 110@50%,120")
    desk.price("BTCUSDT", "110")
    assert desk.sent(Leg.EXIT).quantity == D("2.5")
    desk.type("be btc")
    assert desk.stop() == D(100)
    assert refused(desk.type("sl eth 5")) is Code.NOTHING_TO_ADJUST


def test_halt_refuses_what_waits_and_what_comes_but_lets_exits_go_on(desk: Desk) -> None:
    desk.opened("buy btc 5u -sl 90")
    desk.type("sell btc 3u")
    desk.type("halt")
    assert desk.state.halted
    assert not desk.state.waiting
    assert refused(desk.type("buy eth 1u")) is Code.HALTED
    assert desk.type("halt").facts == ()
    desk.fill(desk.sent(Leg.EXIT).client_order_id)
    assert desk.sends(Leg.ENTRY) == 1
    desk.type("resume")
    assert refused(desk.type("buy eth 1u")) is None


def test_flatten_halts_withdraws_what_rests_and_closes_what_is_open(native: Desk) -> None:
    native.opened("buy btc 5u -sl 90")
    stop = native.sent(Leg.STOP).client_order_id
    native.accept(stop)
    native.type("buy eth 5u -lim 9")
    resting_cid = native.sent().client_order_id
    native.accept(resting_cid)
    native.type("flatten")
    assert native.state.halted
    assert set(native.cancels()) == {stop, resting_cid}
    assert native.sent(Leg.EXIT).quantity == D(5)
    native.fill(native.sent(Leg.EXIT).client_order_id)
    native.cancelled(stop)
    native.cancelled(resting_cid)
    assert not native.state.orders
    assert not native.state.trades
    assert native.sends(Leg.STOP) == 1


def test_a_foreign_position_is_told_once_and_nothing_is_done_about_it(desk: Desk) -> None:
    decision = desk.find(PositionDrift("BTCUSDT", D(0), D(3)))
    assert facts_of(decision, f.ForeignSeen)
    assert desk.alerts() == ["fake holds 3 BTCUSDT that the hub did not open"]
    assert desk.sends() == 0
    assert desk.state.foreign == {"BTCUSDT": D(3)}
    assert desk.find(PositionDrift("BTCUSDT", D(0), D(3))).facts == (), "seen is seen"
    desk.find(PositionDrift("BTCUSDT", D(0), D(4)))
    assert desk.alerts()[1:] == ["fake holds 4 BTCUSDT that the hub did not open"]
    assert refused(desk.type("close btc")) is Code.NOTHING_TO_CLOSE
    desk.type("flatten")
    assert desk.sends() == 0
    desk.find()
    assert desk.state.foreign == {}
    assert len(desk.alerts()) == 2, "that it is gone is no news"


def test_a_foreign_position_is_not_forgotten_while_an_order_in_its_symbol_is_looked_up(desk: Desk) -> None:
    desk.find(PositionDrift("BTCUSDT", D(0), D(3)))
    desk.type("buy btc 1u")
    desk.find(NeedsLookUp(desk.sent().client_order_id))
    assert desk.state.foreign == {"BTCUSDT": D(3)}, "such a comparison says nothing of the symbol's position"
    desk.find(PositionDrift("BTCUSDT", D(0), D(3)))
    assert len(desk.alerts()) == 1


def test_a_foreign_position_is_adopted_by_command_only_and_managed_from_then_on(native: Desk) -> None:
    assert refused(native.signal(Adopt(symbol="BTCUSDT"))) is Code.NOTHING_TO_ADOPT
    native.find(PositionDrift("BTCUSDT", D(0), D(-3)))
    native.signal(Adopt(symbol="BTCUSDT", exits=ExitSpec(stop=D(110))))
    trade = native.trade()
    assert (trade.side, trade.open_quantity, trade.entry) == (Side.SELL, D(3), None)
    assert native.state.positions["BTCUSDT"].quantity == D(-3)
    assert native.state.foreign == {}
    stop = native.sent(Leg.STOP)
    assert (stop.stop_price, stop.side, stop.position_ref) == (D(110), Side.BUY, None)
    native.type("close btc")
    native.fill(native.sent(Leg.EXIT).client_order_id)
    assert native.trade().status is TradeStatus.CLOSED


def test_findings_look_up_what_is_unclear_and_tell_of_what_nobody_knows(desk: Desk) -> None:
    desk.type("buy btc 1u")
    cid = desk.sent().client_order_id
    desk.asked.clear()
    stranger = "tw" + "z" * 20
    desk.find(NeedsLookUp(cid), NeedsLookUp(stranger), LostOrder(resting(stranger)))
    assert [(c.client_order_id, c.since, c.at, c.always) for c in desk.lookups()] == [
        (cid, NOW, NOW, True),
        (stranger, 0, NOW, True),
    ]
    assert desk.alerts() == [f"fake holds order {stranger}, which this hub does not know"]


def test_what_the_venue_lacks_is_not_closed_in_the_books_before_it_lacks_it_twice(desk: Desk) -> None:
    desk.opened("buy btc 5u")
    assert desk.find(PositionDrift("BTCUSDT", D(5), D(0))).facts == ()
    (closed,) = facts_of(desk.find(PositionDrift("BTCUSDT", D(5), D(0)), confirmed=["BTCUSDT"]), f.TradeClosed)
    assert closed.reason == "closed_at_venue"
    assert desk.trade().status is TradeStatus.CLOSED
    assert desk.state.positions["BTCUSDT"].quantity == 0
    assert desk.alerts()


def test_the_trade_whose_position_the_venue_lacks_is_the_one_that_vanished(native: Desk) -> None:
    first = native.opened("buy btc 5u -sl 90")
    assert first.entry is not None
    second = native.opened("buy btc 5u -sl 80")
    native.price("BTCUSDT", "98")
    native.find(PositionDrift("BTCUSDT", D(10), D(5)), confirmed=["BTCUSDT"], refs=[first.entry])
    assert list(native.state.trades) == [first.id]
    gone = native.state.trade(second.id)
    assert gone is not None
    assert (gone.exit_price, gone.pnl) == (D(98), D(-10))
    assert native.cancels() == [gone.stop_order], "its stop protects nothing any more"


def test_a_position_that_turned_at_the_venue_is_gone_and_the_rest_of_it_foreign(desk: Desk) -> None:
    desk.opened("buy btc 5u")
    desk.find(PositionDrift("BTCUSDT", D(5), D(-2)), confirmed=["BTCUSDT"])
    assert not desk.state.trades
    assert desk.state.foreign == {"BTCUSDT": D(-2)}


def test_a_part_that_vanished_shrinks_the_trade(desk: Desk) -> None:
    desk.opened("buy btc 5u -sl 90")
    desk.find(PositionDrift("BTCUSDT", D(5), D(3)), confirmed=["BTCUSDT"])
    assert (desk.trade().open_quantity, desk.trade().status) == (D(3), TradeStatus.OPEN)
    desk.price("BTCUSDT", "90")
    assert desk.sent(Leg.EXIT).quantity == D(3)


def test_a_foreign_position_without_a_price_or_with_exits_that_cannot_be_is_not_adopted(desk: Desk) -> None:
    desk.find(PositionDrift("BTCUSDT", D(0), D(3)))
    quote = desk.around.quotes.pop("BTCUSDT")
    assert refused(desk.signal(Adopt(symbol="BTCUSDT"))) is Code.NO_QUOTE
    desk.around.quotes["BTCUSDT"] = quote
    desk.around.range = None
    exits = ExitSpec(stop=Distance(D(2), Unit.ATR))
    assert refused(desk.signal(Adopt(symbol="BTCUSDT", exits=exits))) is Code.NO_ATR
    assert desk.state.foreign == {"BTCUSDT": D(3)}


@pytest.mark.parametrize(("text", "stop"), [("be btc", 100), ("be btc +100p", 101)])
def test_a_stop_at_the_entry_stays_when_the_rest_of_the_entry_fills(desk: Desk, text: str, stop: int) -> None:
    desk.type("buy btc 10u -sl 5%")
    cid = desk.sent().client_order_id
    desk.accept(cid)
    desk.fill(cid, "4")
    desk.price("BTCUSDT", "104")
    assert refused(desk.type(text)) is None
    assert desk.stop() == stop
    desk.fill(cid)
    assert desk.stop() == stop
    desk.price("BTCUSDT", "100.5" if stop == 101 else "100")
    assert desk.sent(Leg.EXIT).quantity == 10


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("trail btc 2atr", Code.NO_ATR),
        ("trail btc 0.001%", Code.BAD_EXITS),
        ("tp btc 112@60%", Code.BAD_EXITS),
        ("tp btc " + ",".join(str(n) for n in range(112, 122)), Code.BAD_EXITS),
        ("tp btc 104", Code.WRONG_SIDE_TARGET),
        ("be btc tp5", Code.BAD_EXITS),
        ("be btc 100.5+200p", Code.BAD_EXITS),
        ("sl btc 105", Code.WRONG_SIDE_STOP),
        ("be btc +900p", Code.WRONG_SIDE_STOP),
        ("sl btc 90", Code.STOP_LOOSENED),
        ("sl btc 2atr", Code.NO_ATR),
    ],
)
def test_a_change_that_cannot_be_is_refused_with_the_code_that_says_why(desk: Desk, text: str, code: Code) -> None:
    desk.around.range = None
    desk.opened("buy btc 10u -sl 5% -tp 103@50%,110")
    desk.price("BTCUSDT", "104")
    desk.fill(desk.sent(Leg.EXIT).client_order_id, price="104")
    assert refused(desk.type(text)) is code


def test_a_trade_without_stop_knows_no_r(desk: Desk) -> None:
    desk.opened("buy btc 10u")
    assert refused(desk.type("be btc 1r")) is Code.NO_STOP


def test_refusals_are_sentences(desk: Desk) -> None:
    texts = ["close btc", "close btc long", "close all", "close " + "t" + "a" * 20, "sl btc 90", "be all"]
    texts += ["cancel btc", "cancel -id swing", "cancel all", "adopt btc"]
    nothing = [desk.type(text) for text in texts]
    desk.opened("buy btc 10u -sl 5%")
    desk.opened("buy btc 10u -sl 5%")
    wrong = [desk.type("sl btc 90")]
    desk.type("close btc")
    being_closed = [desk.type("close btc")]
    desk.find(PositionDrift("ETHUSDT", D(0), D(3)))
    wrong.append(desk.type("adopt eth -tp 1r"))
    sentences = [facts_of(said, f.PlanRefused)[0].refusal.sentence for said in nothing + wrong + being_closed]
    for sentence in sentences:
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert not sentence.endswith("..")
    assert sentences[0] == "Nothing is open in BTCUSDT."
    assert sentences[1] == "Nothing is open long in BTCUSDT."
    assert "the other trade." in sentences[len(nothing)]
    assert sentences[-1] == "What is open is being closed already."


def test_a_person_who_insists_loosens_a_stop_and_ends_what_would_tighten_it(desk: Desk) -> None:
    desk.type("buy btc 10u -sl 5% -tsl 3% -be 1r")
    cid = desk.sent().client_order_id
    desk.accept(cid)
    desk.fill(cid, "4")
    desk.price("BTCUSDT", "104")
    assert desk.stop() == D("100.88")
    assert refused(desk.type("sl btc 90")) is Code.STOP_LOOSENED
    assert refused(desk.type("sl btc 105 -force")) is Code.WRONG_SIDE_STOP
    assert refused(desk.type("sl btc 90 -force")) is None
    assert desk.stop() == 90
    desk.fill(cid)
    desk.price("BTCUSDT", "106")
    assert desk.stop() == 90, "neither the next price nor a later fill of the entry takes the room back"
    desk.price("BTCUSDT", "90")
    assert desk.sent(Leg.EXIT).quantity == 10


def test_a_resting_stop_at_the_venue_is_loosened_too(native: Desk) -> None:
    native.opened("buy btc 10u -sl 5%")
    first = native.sent(Leg.STOP)
    native.accept(first.client_order_id)
    assert refused(native.type("sl btc 90 -force")) is None
    native.cancelled(first.client_order_id)
    assert native.sent(Leg.STOP).stop_price == 90
