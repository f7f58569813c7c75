"""How a desk opens, manages and closes trades: exits from fills, moves from prices, closing orders from both."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tradewire.domain.numbers import ONE, ZERO, plain
from tradewire.domain.order import Fill, Leg, Order
from tradewire.domain.plan import Plan, Reduction
from tradewire.domain.refusal import Refusal
from tradewire.domain.signal import ExitSpec
from tradewire.engine import facts as f
from tradewire.engine import trails
from tradewire.engine.step import Cancel, Ring, Step
from tradewire.engine.trade import Trade, TradeStatus
from tradewire.exits import limits
from tradewire.exits.kernel import NEVER
from tradewire.exits.levels import ExitError
from tradewire.exits.moves import Trigger
from tradewire.exits.plan import ExitPlan
from tradewire.exits.resolve import resolve
from tradewire.oms import requests
from tradewire.risk.closing import reduce, rungs

SECOND = 1_000_000_000
STOP_REASONS = frozenset({"stop", "trailing", "breakeven"})
RETRY_PAUSES = (1, 2, 4, 8, 15, 30)
"""Seconds until a closing order that the venue refused is tried anew."""


def on_entry_fill(step: Step, order: Order, fill: Fill, fee_rate: Decimal, plan: Plan | None) -> None:
    """Open the trade at the entry's first fill; at later ones set its exits for the new average price."""
    state, request = step.state, order.request
    trade = state.trades.get(request.trade_id)
    if trade is None:
        instrument = step.around.instrument(fill.symbol)
        trade = Trade(
            id=request.trade_id,
            entry=request.client_order_id,
            signal_id=request.signal_id,
            symbol=fill.symbol,
            underlying=instrument.underlying if instrument else fill.symbol,
            side=fill.side,
            spec=plan.exits if plan is not None else ExitSpec(),
            quantity=fill.quantity,
            open_quantity=fill.quantity,
            entry_price=fill.price,
            fees=fill.fee * fee_rate,
            tag=plan.tag if plan is not None else None,
            leverage=request.leverage or step.around.leverage(fill.symbol),
            multiplier=instrument.multiplier if instrument else ONE,
            atr=step.around.atr(fill.symbol),
            opened_at=fill.ts_event,
        )
        step.say(f.TradeOpened(trade))
        if plan is None:
            step.alert(
                "error",
                f"Order {request.client_order_id} was filled long after its end",
                f"{fill.symbol} trade {trade.id} is open, and what was to close it is not known any more: set a stop.",
            )
    set_exits(step, trade.id, trade.spec, by="entry")
    keep_native_stop(step, trade.id)


def set_exits(step: Step, trade_id: str, spec: ExitSpec, *, by: str) -> None:
    """Resolve the exits at the trade's average entry price.

    At an entry (`by` "entry") what already moved keeps its place: a later fill never loosens a stop.
    """
    trade = step.state.trades[trade_id]
    book = step.state.books.get(trade.symbol)
    moved = by == "entry" and trade.exits is not None and book is not None and trade.id in book
    if moved and book is not None and trade.exits is not None and book.state(trade.id) != trade.exits.beginning():
        return
    try:
        exits = plan_exits(step, trade, spec)
    except ExitError as error:
        step.alert("error", f"Trade {trade.id} has no exits", f"{error}. It is open without a stop: set one by hand.")
        exits = plan_exits(step, trade, ExitSpec())
        spec = ExitSpec()
    before = trade.exits
    step.say(f.ExitsSet(trade_id=trade.id, spec=spec, exits=exits, state=exits.beginning(), by=by, ts=step.around.now))
    if before is None or deadline_of(before) != deadline_of(exits):
        ask_for_ring(step, trade.id, exits)


def deadline_of(exits: ExitPlan) -> int:
    """Return when a trade's time is over (epoch ns), `NEVER` if it has no end."""
    return limits.earliest(exits.time_limit_at, exits.session_end_at)[0]


def ask_for_ring(step: Step, trade_id: str, exits: ExitPlan) -> None:
    """Ask to be called when the trade's time is over: no price may come then."""
    at = deadline_of(exits)
    if at != NEVER:
        step.ask(Ring(f"late:{trade_id}:", at))


def plan_exits(step: Step, trade: Trade, spec: ExitSpec) -> ExitPlan:
    """Turn the exits into prices for this trade.

    Raises:
        ExitError: they cannot be resolved, in plain words.
    """
    instrument = step.around.instrument(trade.symbol)
    if instrument is None:
        raise ExitError(f"{trade.symbol} is not known any more")
    return resolve(
        spec,
        trade.side,
        trade.entry_price,
        instrument,
        atr=trade.atr,
        opened_at=trade.opened_at,
        session_end_at=step.around.session_end(trade.symbol) if spec.session_end else None,
        entered=True,
    )


def on_quote(step: Step, event: f.PriceCrossed) -> None:
    """Let one price work on all open trades of its symbol."""
    book = step.state.books.get(event.symbol)
    if book is None or not step.around.ready:
        return  # Until the venue is there the levels stay as they are: the next price finds them again.
    moves = book.on_quote(float(event.bid), float(event.ask), event.ts)
    if moves is None:
        return
    if moves.changes:
        before = trails.stops(step, event.symbol)
        step.state.fresh_moves = moves
        step.say(f.StopsMoved(symbol=event.symbol, moves=moves.encode(), ts=event.ts))
        step.state.fresh_moves = None
        trails.tell(step, event.symbol, before)
    native = step.around.capabilities.native_stops
    for trigger in moves.triggers:
        trade = step.state.trades.get(trigger.trade_id)
        if trade is None or (trigger.reason in STOP_REASONS and rests_at_venue(step, trade)):
            continue  # The stop that rests at the venue does this one.
        price = event.bid if trade.side.sign > 0 else event.ask
        close(step, trade, reached(step, trade, trigger), trigger.reason, price)
    if native:
        for trade_id in list(step.state.trades):
            if step.state.trades[trade_id].symbol == event.symbol:
                keep_native_stop(step, trade_id)


def reached(step: Step, trade: Trade, trigger: Trigger) -> Decimal | None:
    """Return the quantity that a trigger closes (None: all): a target's is 0 where it is left to the next one."""
    exits = trade.exits
    if trigger.rest or exits is None:
        return None
    fractions = [target.fraction for target in exits.targets]
    instrument = step.around.instrument(trade.symbol)
    parts = rungs(trade.symbol, instrument, trade.side, trade.quantity, fractions, exits.closed)
    return sum(parts[trigger.first_target : trigger.next_target], ZERO)


def close(
    step: Step, trade: Trade, asked: Decimal | None, reason: str, price: Decimal | None = None
) -> Reduction | Refusal:
    """Send what the gate makes of closing `asked` units (None: all) as a reduce-only market order; return its answer.

    What is refused is nothing that leaves a trade without its protection: the whole is never refused.
    """
    instrument = step.around.instrument(trade.symbol)
    answer = reduce(trade.symbol, instrument, trade.side, trade.open_quantity, trade.closing_quantity, asked)
    if isinstance(answer, Refusal):
        return answer
    request = requests.closing(
        trade,
        step.state.account.id,
        answer,
        leg=Leg.EXIT,
        signal_id=step.acting,
        now=step.around.now,
        request_expiry=step.around.capabilities.request_expiry_ns,
    )
    step.say(
        f.ExitDecided(
            trade_id=trade.id,
            reason=reason,
            quantity=answer.quantity,
            price=price,
            client_order_id=request.client_order_id,
            ts=step.around.now,
        )
    )
    step.submit(request)
    return answer


def on_exit_fill(step: Step, order: Order, fill: Fill, was_open: Decimal) -> bool:
    """Say so when the last part of a trade is closed; tell whether it is. `was_open`: its open quantity before."""
    trade = step.state.trade(order.request.trade_id)
    if trade is None:
        step.alert(
            "warning", f"Fill of {order.request.client_order_id} belongs to no trade", "Please check at the venue."
        )
        return False
    if fill.quantity > was_open:
        step.alert(
            "error",
            f"{step.state.account.venue} closed more of {trade.symbol} trade {trade.id} than was open",
            f"{plain(fill.quantity - was_open)} are held that no trade manages. Please check at the venue.",
        )
    if not was_open:
        return False
    if trade.status is not TradeStatus.CLOSED:
        keep_native_stop(step, trade.id)
        return False
    reason = "stop" if order.request.leg is Leg.STOP else trade.exit_reason or "closed"
    step.say(f.TradeClosed(trade_id=trade.id, reason=reason, pnl=trade.pnl, fees=trade.fees, ts=fill.ts_event))
    if trade.stop_order is not None and trade.stop_order != order.request.client_order_id:
        withdraw(step, trade.stop_order)
    return True


def gone(step: Step, trade_id: str, reason: str) -> None:
    """Say so if nothing is left of a trade whose position the venue lacks; its stop protects nothing any more."""
    trade = step.state.trade(trade_id)
    if trade is None or trade.closed_at is None:
        return
    step.say(f.TradeClosed(trade_id=trade.id, reason=reason, pnl=trade.pnl, fees=trade.fees, ts=step.around.now))
    if trade.stop_order is not None:
        withdraw(step, trade.stop_order)


def on_closing_order_ended(step: Step, order: Order, reason: str) -> None:
    """A closing order ended unfilled: the trade stays open and managed, and the closing is tried anew after a pause."""
    trade = step.state.trades.get(order.request.trade_id)
    if trade is None:
        return
    if order.request.leg is Leg.STOP:
        if order.cancel_requested:
            keep_native_stop(step, trade.id)
        else:
            step.alert(
                "warning",
                f"The venue does not hold the stop of {trade.symbol} trade {trade.id}",
                f"{reason}. The hub watches the price itself until the stop moves next.",
            )
        return
    pause = RETRY_PAUSES[min(trade.closings, len(RETRY_PAUSES)) - 1]
    step.alert(
        "error",
        f"Closing order of {trade.symbol} trade {trade.id} failed",
        f"{reason}. The trade is still open; the closing is tried again in {pause} s.",
    )
    step.ask(Ring(f"close:{trade.id}:{trade.exit_reason}", step.around.now + pause * SECOND))


def on_retry(step: Step, trade_id: str, reason: str) -> None:
    """Try anew what failed closings have left, unless something else has taken it meanwhile."""
    trade = step.state.trades.get(trade_id)
    if trade is not None and trade.owed:
        close(step, trade, trade.owed, reason)


def on_ready(step: Step) -> None:
    """Take up what the time without the venue interrupted: failed closings, stops that should rest there, deadlines."""
    for trade in list(step.state.trades.values()):
        on_retry(step, trade.id, trade.exit_reason or "closed")
        keep_native_stop(step, trade.id)
        if trade.exits is not None:
            ask_for_ring(step, trade.id, trade.exits)


@dataclass(frozen=True, slots=True)
class WantedStop:
    """The protective stop that should rest at the venue."""

    price: Decimal
    quantity: Decimal


def wanted_stop(step: Step, trade: Trade) -> WantedStop | None:
    """Return the stop as the book has it now, on the venue's tick."""
    book = step.state.books.get(trade.symbol)
    instrument = step.around.instrument(trade.symbol)
    if book is None or trade.id not in book or instrument is None or not trade.closeable:
        return None
    price = book.stop(trade.id, instrument.tick_size)
    return None if price is None else WantedStop(price, trade.closeable)


def rests_at_venue(step: Step, trade: Trade) -> bool:
    """Tell whether the venue itself will fire the trade's stop."""
    resting = step.state.orders.get(trade.stop_order) if trade.stop_order else None
    return resting is not None and not resting.cancel_requested


def keep_native_stop(step: Step, trade_id: str) -> None:
    """Where the venue has native stops, keep one resting that is what the exits say now: cancel, then place anew."""
    trade = step.state.trades.get(trade_id)
    if trade is None or not step.around.capabilities.native_stops:
        return
    wanted = wanted_stop(step, trade)
    resting = step.state.orders.get(trade.stop_order) if trade.stop_order else None
    if resting is not None:
        request = resting.request
        same = wanted is not None and request.stop_price == wanted.price and resting.remaining == wanted.quantity
        if not same:
            withdraw(step, request.client_order_id)
        return  # The new one is placed when the old one is proven gone: never two at once.
    whole = reduce(trade.symbol, None, trade.side, trade.open_quantity, trade.closing_quantity)
    if wanted is None or isinstance(whole, Refusal):
        return
    request = requests.closing(
        trade,
        step.state.account.id,
        whole,
        leg=Leg.STOP,
        stop_price=wanted.price,
        now=step.around.now,
        request_expiry=step.around.capabilities.request_expiry_ns,
    )
    step.say(f.StopRests(trade_id=trade.id, client_order_id=request.client_order_id))
    step.submit(request)


def withdraw(step: Step, client_order_id: str) -> bool:
    """Ask for an order to be cancelled, once, or again for each signal; tell whether there was one to cancel."""
    order = step.state.orders.get(client_order_id)
    if order is None:
        return False
    if not order.cancel_requested:
        step.say(f.CancelAsked(client_order_id=client_order_id, ts=step.around.now, by=step.acting))
        step.ask(Cancel(client_order_id))
    elif step.acting is not None:
        step.ask(Cancel(client_order_id))
    return True


def withdraw_again(step: Step, client_order_id: str) -> None:
    """Ask again for a cancel that has not come about: the wish may have been lost, or come before the order."""
    order = step.state.orders.get(client_order_id)
    if order is not None and order.cancel_requested:
        step.ask(Cancel(client_order_id))
