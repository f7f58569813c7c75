"""What holds at the paper exchange whatever is ordered and however prices move."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.paper_desk import SECOND, Desk, Netting, d
from tradewire.domain.order import Fill
from tradewire.domain.signal import Side, TimeInForce
from tradewire.domain.venue_events import Cancelled, Filled, Liquidated
from tradewire.ports import Refused
from tradewire.sim.ledger import MONEY_STEP
from tradewire.sim.terms import Fees, Slippage, SlippageModel

PRICES = st.integers(800, 1200).map(lambda tenths: Decimal(tenths) / 10)
QUANTITIES = st.integers(1, 40).map(lambda tenths: str(Decimal(tenths) / 10))
SIDES = st.sampled_from(Side)
TIFS = st.sampled_from([TimeInForce.GTC, TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK])

ORDERS = st.fixed_dictionaries(
    {"do": st.just("order"), "side": SIDES, "quantity": QUANTITIES, "tif": TIFS},
    optional={"limit_price": PRICES, "stop_price": PRICES, "reduce_only": st.booleans(), "ref": st.integers(0, 9)},
)
QUOTES = st.fixed_dictionaries({"do": st.just("quote"), "bid": PRICES, "width": st.integers(0, 5)})
CANCELS = st.fixed_dictionaries({"do": st.just("cancel"), "which": st.integers(0, 20)})
DAYS = st.lists(st.one_of(ORDERS, QUOTES, QUOTES, CANCELS), min_size=1, max_size=40)

TERMS = st.fixed_dictionaries(
    {"netting": st.sampled_from(Netting), "fees": st.just(Fees(d("0.02"), d("0.05")))},
    optional={
        "depth": st.sampled_from([d(150), d(300)]),
        "latency_ns": st.sampled_from([SECOND // 2, 2 * SECOND]),
        "slippage": st.sampled_from([Slippage(SlippageModel.TICKS, d(2)), Slippage(SlippageModel.SPREAD, d("0.5"))]),
    },
)


class Trader(Desk):
    """Lives through a generated day."""

    def __init__(self, **terms: Any) -> None:
        super().__init__(**terms)
        self.sent: dict[str, dict[str, Any]] = {}
        self.refusals = 0
        self.price("100", "100.1")

    def live(self, day: list[dict[str, Any]]) -> None:
        for step in day:
            self.do(step)

    def do(self, step: dict[str, Any]) -> None:
        try:
            match step:
                case {"do": "quote", "bid": bid, "width": width}:
                    self.price(str(bid), str(bid + Decimal(width) / 10))
                case {"do": "cancel", "which": which}:
                    self.cancel(f"o{which}")
                case {"do": "order", "side": side, "quantity": quantity, **rest}:
                    self.order(side, quantity, rest)
        except Refused:
            self.refusals += 1

    def order(self, side: Side, quantity: str, rest: dict[str, Any]) -> None:
        name = f"o{len(self.sent)}"
        fields = {key: value for key, value in rest.items() if key != "ref"}
        if fields.get("reduce_only") and "ref" in rest:
            fields["position_ref"] = f"o{rest['ref']}"
        self.sent[name] = {"side": side, "quantity": d(quantity), **fields}
        self.send(name, side, quantity, **fields)


def worth(trader: Trader) -> Decimal:
    """Cash plus what closing everything at the quotes of now would gain."""
    quote = trader.exchange.quote("BTCUSDT")
    assert quote is not None
    open_gain = sum(
        (p.quantity * ((quote.bid if p.quantity > 0 else quote.ask) - p.average_price))
        for p in trader.snapshot.positions
    )
    return trader.cash + open_gain


@given(day=DAYS, terms=TERMS)
@settings(max_examples=120, deadline=None)
def test_cash_and_positions_are_the_sum_of_fills_and_fees(day: list[dict[str, Any]], terms: dict[str, Any]) -> None:
    trader = Trader(**terms)
    trader.live(day)
    flow = sum((-f.quantity * f.price * f.side.sign - f.fee for f in trader.fills), Decimal(0))
    held = sum((f.quantity * f.side.sign for f in trader.fills), Decimal(0))
    at_cost = sum((p.quantity * p.average_price for p in trader.snapshot.positions), Decimal(0))
    assert trader.held == held
    assert abs(trader.cash - (1_000_000 + flow + at_cost)) <= MONEY_STEP * (len(trader.fills) + 1)
    assert not [event for event in trader.events if isinstance(event, Liquidated)]


@given(day=DAYS, terms=TERMS)
@settings(max_examples=120, deadline=None)
def test_orders_keep_their_promises(day: list[dict[str, Any]], terms: dict[str, Any]) -> None:
    trader = Trader(**terms)
    trader.live(day)
    fills: dict[str, list[Fill]] = defaultdict(list)
    for fill in trader.fills:
        fills[fill.client_order_id].append(fill)
    ended = {event.client_order_id for event in trader.events if isinstance(event, Cancelled)}
    for name, sent in trader.sent.items():
        filled = sum((fill.quantity for fill in fills[name]), Decimal(0))
        assert filled <= sent["quantity"], "never more than was ordered"
        for fill in fills[name]:
            assert fill.side is sent["side"]
            if "limit_price" in sent:
                assert (sent["limit_price"] - fill.price) * fill.side.sign >= 0, "never worse than the limit"
        if sent["tif"] is TimeInForce.FOK and not sent.get("reduce_only") and "stop_price" not in sent:
            assert filled in (0, sent["quantity"]), "fill or kill: all or nothing"
        if sent["tif"] is TimeInForce.IOC and 0 < filled < sent["quantity"]:
            assert name in ended, "immediate or cancel leaves nothing behind"
    ids = [fill.exec_id for fill in trader.fills]
    assert len(set(ids)) == len(ids)


@given(day=DAYS, terms=TERMS)
@settings(max_examples=120, deadline=None)
def test_reduce_only_never_increases_or_flips_a_position(day: list[dict[str, Any]], terms: dict[str, Any]) -> None:
    trader = Trader(**terms)
    held: dict[str, Decimal] = defaultdict(Decimal)
    netted = terms["netting"] is Netting.NETTING

    def follow(fill: Fill) -> None:
        sent = trader.sent[fill.client_order_id]
        change = fill.quantity * fill.side.sign
        if not sent.get("reduce_only"):
            held["" if netted else fill.client_order_id] += change
            return
        keys = [""] if netted else [sent["position_ref"]] if "position_ref" in sent else list(held)
        against = [key for key in keys if held[key] * change < 0]
        assert sum(abs(held[key]) for key in against) >= fill.quantity, "closes only what is there"
        rest = fill.quantity
        for key in against:
            part = min(rest, abs(held[key]))
            held[key] += part * fill.side.sign
            rest -= part

    seen = 0
    for step in day:
        trader.do(step)
        for event in trader.events[seen:]:
            if isinstance(event, Filled):
                follow(event.fill)
        seen = len(trader.events)
    shown: dict[str, Decimal] = {position.ref or "": position.quantity for position in trader.snapshot.positions}
    assert shown == {key: quantity for key, quantity in held.items() if quantity}


@given(day=DAYS, terms=TERMS)
@settings(max_examples=100, deadline=None)
def test_the_same_day_gives_the_same_events_byte_for_byte(day: list[dict[str, Any]], terms: dict[str, Any]) -> None:
    stories = []
    for _ in range(2):
        trader = Trader(**terms)
        trader.live(day)
        stories.append(msgspec.json.encode(trader.events))
    assert stories[0] == stories[1]


@given(
    trades=st.lists(st.tuples(SIDES, QUANTITIES, PRICES), min_size=1, max_size=15),
    last=PRICES,
)
@settings(max_examples=100, deadline=None)
def test_netting_and_hedging_gain_the_same(trades: list[tuple[Side, str, Decimal]], last: Decimal) -> None:
    results = []
    for netting in Netting:
        trader = Trader(netting=netting, fees=Fees(d("0.02"), d("0.05")))
        for number, (side, quantity, price) in enumerate(trades):
            trader.price(str(price))
            trader.send(f"o{number}", side, quantity)
        trader.price(str(last))
        results.append((worth(trader), trader.held))
    (netted, held), (hedged, held_too) = results
    assert held == held_too
    assert abs(netted - hedged) <= MONEY_STEP * (len(trades) + 2)


@given(
    up=QUANTITIES,
    down=QUANTITIES,
    depth=st.sampled_from([None, d(100), d(250)]),
    prices=st.lists(PRICES, max_size=25),
)
@settings(max_examples=120, deadline=None)
def test_a_group_never_fills_more_than_its_larger_order(
    up: str, down: str, depth: Decimal | None, prices: list[Decimal]
) -> None:
    trader = Trader(depth=depth)
    trader.send("up", Side.BUY, up, stop_price=d(105), oco_group="g")
    trader.send("down", Side.SELL, down, stop_price=d(95), oco_group="g")
    for price in prices:
        trader.price(str(price))
    assert sum(fill.quantity for fill in trader.fills) <= max(d(up), d(down))
    filled = {fill.client_order_id for fill in trader.fills}
    if len(filled) == 2:
        assert depth is not None or up != down, "the first one, filled whole, ends an equal other"


@given(prices=st.lists(st.integers(700, 1300), min_size=1, max_size=60), quantity=st.integers(1, 90))
@settings(max_examples=120, deadline=None)
def test_margin_watches_liquidate_exactly_when_looking_at_every_quote_would(prices: list[int], quantity: int) -> None:
    desk = Desk(cash="1000", leverage=d(10))
    desk.price("100")
    desk.send("e", quantity=str(quantity))
    ruined = False
    for tenths in prices:
        price = Decimal(tenths) / 10
        desk.price(str(price))
        ruined = ruined or 1000 + quantity * (price - 100) < d("0.5") * quantity * 10
        assert (desk.held == 0) == ruined


@given(levels=st.lists(PRICES, min_size=1, max_size=80), gone=st.sets(st.integers(0, 79)), last=PRICES)
@settings(max_examples=100, deadline=None)
def test_a_book_gives_exactly_the_orders_that_a_price_reaches(
    levels: list[Decimal], gone: set[int], last: Decimal
) -> None:
    desk = Desk()
    desk.price("200")
    for number, level in enumerate(levels):
        desk.send(f"o{number}", quantity="0.1", limit_price=level)
    for number in gone:
        if number < len(levels):
            desk.cancel(f"o{number}")
    desk.price(str(last))
    reached = {f"o{n}" for n, level in enumerate(levels) if n not in gone and last <= level}
    assert {fill.client_order_id for fill in desk.fills} == reached
