"""What a desk makes of a venue's answers: acceptances, fills, ends, silence and look-ups."""

from __future__ import annotations

from tradewire.domain import venue_events as v
from tradewire.domain.account import Netting
from tradewire.domain.numbers import ONE, ZERO, average
from tradewire.domain.order import Fill, Leg, Order, OrderStatus
from tradewire.engine import entries, exiting, moving
from tradewire.engine import facts as f
from tradewire.engine.step import Cancel, LookUp, Ring, Step, Submit
from tradewire.oms import requests
from tradewire.oms.outcome import Verdict, judge, needs_alert, next_lookup


def on_venue(step: Step, said: v.VenueEvent) -> None:
    """Take over what the venue says; what is already known says nothing."""
    match said:
        case v.Filled():
            on_fill(step, said.fill)
        case v.Accepted():
            accept(step, said.client_order_id, said.venue_order_id, said.ts)
        case v.Triggered():
            order = step.state.orders.get(said.client_order_id)
            if order is not None and not order.triggered:
                step.say(f.OrderTriggered(client_order_id=said.client_order_id, ts=said.ts))
        case v.Rejected():
            reject(step, said.client_order_id, said.reason, said.ts)
        case v.Cancelled():
            end(step, said.client_order_id, expired=False, reason=said.reason, ts=said.ts)
        case v.Expired():
            end(step, said.client_order_id, expired=True, reason="time in force ended", ts=said.ts)
        case v.Replaced():
            if moving.on_replaced(step, said):
                entries.release_waiting(step)
        case v.ReplaceRejected():
            moving.on_replace_rejected(step, said)
        case v.Adjusted():
            rate = step.around.rate(said.currency, step.state.account.currency) or ONE
            step.say(f.MoneyAdjusted(amount=said.amount * rate, reason=said.reason, ts=said.ts))
        case v.Liquidated():
            liquidated(step, said)
        case v.Disconnected() | v.Resynced():
            pass  # The engine reconciles; there is nothing to decide about one order here.


def liquidated(step: Step, said: v.Liquidated) -> None:
    """Close the trades of a position that the venue has closed by itself, and book what that cost."""
    state, around = step.state, step.around
    currency, instrument = state.account.currency, around.instrument(said.symbol)
    netting = state.account.netting is Netting.NETTING
    trades = [t for t in state.trades.values() if t.symbol == said.symbol and (netting or t.entry == said.ref)]
    rate = (around.rate(instrument.quote, currency) if instrument else None) or ONE
    fee = said.fee * (around.rate(said.fee_currency, currency) or ONE)
    left = sum((trade.open_quantity for trade in trades), ZERO)
    for trade in trades:
        quantity, share = trade.open_quantity, average(fee * trade.open_quantity, left)
        left, fee = left - quantity, fee - share
        step.say(
            f.TradeLiquidated(
                trade_id=trade.id,
                quantity=quantity,
                price=said.price,
                rate=rate,
                fee=share,
                reason=said.reason,
                ts=around.now,
            )
        )
        exiting.gone(step, trade.id, "liquidated")
        step.alert(
            "error",
            f"{state.account.venue} liquidated {trade.symbol} trade {trade.id}",
            f"{said.reason}. The trade is closed and its loss is booked.",
        )
    entries.release_waiting(step)


def accept(step: Step, client_order_id: str, venue_order_id: str | None, ts: int) -> None:
    """The venue has the order."""
    order = step.state.order(client_order_id)
    if order is None:
        return
    if order.status is OrderStatus.REJECTED:
        step.alert(
            "error",
            f"{step.state.account.venue} took order {client_order_id} after all",
            f"It had been proven refused ({order.reason}). Its fills are booked and managed; check at the venue.",
        )
    elif in_flight(order) or (order.venue_order_id is None and not order.status.is_final):
        step.say(f.OrderAccepted(client_order_id=client_order_id, venue_order_id=venue_order_id, ts=ts))
        if order.cancel_requested:
            step.ask(Cancel(client_order_id))  # When it was asked for, the venue may not have had the order yet.
    elif order.status is OrderStatus.CANCELLED and order.venue_order_id is None:
        step.ask(Cancel(client_order_id))  # It was proven not to be there, and is there after all.


def in_flight(order: Order) -> bool:
    """Tell whether the venue has not yet proven anything about the order."""
    return order.status in (OrderStatus.SUBMITTING, OrderStatus.UNKNOWN)


def on_fill(step: Step, fill: Fill) -> None:
    """Book a new execution, and open, shrink or close its trade."""
    state, around = step.state, step.around
    order = state.order(fill.client_order_id)
    if order is None or fill.exec_id in order.exec_ids:
        return
    plan = state.reserved.get(fill.client_order_id) or state.lapsed.get(fill.client_order_id)
    held = state.trades.get(order.request.trade_id)
    instrument = around.instrument(fill.symbol)
    currency = state.account.currency
    rate = (around.rate(instrument.quote, currency) if instrument else None) or ONE
    fee_rate = (around.rate(fill.fee_currency, currency) if fill.fee_currency else None) or ONE
    step.say(
        f.OrderFilled(fill=fill, multiplier=instrument.multiplier if instrument else ONE, rate=rate, fee_rate=fee_rate)
    )
    if order.request.leg is Leg.ENTRY:
        exiting.on_entry_fill(step, order, fill, fee_rate, plan)
        entries.close_unwanted(step, order.request.trade_id)
    elif exiting.on_exit_fill(step, order, fill, held.open_quantity if held is not None else ZERO):
        entries.release_waiting(step)


def reject(step: Step, client_order_id: str, reason: str, ts: int) -> None:
    """The venue proved that it did not take the order."""
    order = step.state.order(client_order_id)
    if order is None or not in_flight(order):
        return
    step.say(f.OrderRejected(client_order_id=client_order_id, reason=reason, ts=ts))
    after_end(step, order, f"rejected by the venue: {reason}")


def end(step: Step, client_order_id: str, *, expired: bool, reason: str, ts: int) -> None:
    """The rest of the order is gone."""
    order = step.state.order(client_order_id)
    if order is None or order.status.is_final:
        return
    step.say(f.OrderEnded(client_order_id=client_order_id, expired=expired, reason=reason, ts=ts))
    after_end(step, order, reason or ("expired" if expired else "cancelled"))


def after_end(step: Step, order: Order, reason: str) -> None:
    """Whatever an ended order was for must not be forgotten with it."""
    if order.request.leg is Leg.ENTRY:
        entries.release_waiting(step)
    else:
        exiting.on_closing_order_ended(step, order, reason)


def on_submit_ended(step: Step, event: f.SubmitEnded) -> None:
    """A submit was refused (proven) or its outcome is not known."""
    order = step.state.order(event.client_order_id)
    if order is None or not in_flight(order):
        return
    if event.refused:
        reject(step, event.client_order_id, event.reason, event.ts)
        return
    step.say(f.OrderLost(client_order_id=event.client_order_id, reason=event.reason, ts=event.ts))
    look_again(step, event.client_order_id)


def look_again(step: Step, client_order_id: str) -> None:
    """Plan the next look-up of an order."""
    order = step.state.orders.get(client_order_id)
    if order is not None:
        at = next_lookup(order, step.around.now, step.around.policy)
        step.ask(LookUp(client_order_id, order.request.submitted_at, at, always=True))


def on_lookup_failed(step: Step, event: f.LookupFailed) -> None:
    """No answer to a look-up: nothing is proven, look again."""
    count_lookup(step, event.client_order_id)


def count_lookup(step: Step, client_order_id: str) -> None:
    """Remember a look-up that proved nothing, tell a person after too many, and look again."""
    order = step.state.orders.get(client_order_id)
    if order is None:
        return
    step.say(f.OrderLookedUp(client_order_id=client_order_id, ts=step.around.now))
    order = step.state.orders[client_order_id]
    if needs_alert(order, step.around.policy):
        step.alert(
            "error",
            f"Order {client_order_id} is still unknown",
            f"After {order.lookups} look-ups {step.state.account.venue} has neither shown nor ruled out this order. "
            "It stays in flight and is looked up further; please check at the venue.",
        )
    look_again(step, client_order_id)


def on_looked_up(step: Step, event: f.LookedUp) -> None:
    """Act on what a look-up proves."""
    result = event.result
    order = step.state.order(result.client_order_id)
    if order is None:
        return
    if isinstance(result, v.Found):
        take_over(step, order, result)
        return
    if order.status.is_final:
        return
    if order.status is OrderStatus.SUBMITTING:
        step.say(f.OrderLost(client_order_id=result.client_order_id, reason="no answer from the venue", ts=result.ts))
    policy, capabilities = step.around.policy, step.around.capabilities
    wanted = order.request.leg is Leg.ENTRY or order.request.trade_id in step.state.trades
    match judge(order, result, policy, client_ids=capabilities.client_ids, wanted=wanted):
        case Verdict.RESEND:
            request = requests.resend(order, step.around.now, capabilities.request_expiry_ns)
            step.say(f.OrderResent(request=request, ts=step.around.now))
            step.ask(Submit(request))
            step.ask(LookUp(request.client_order_id, request.submitted_at, step.around.now + policy.answer_within))
        case Verdict.GIVE_UP:
            reject(
                step, result.client_order_id, "it never reached the venue and is too old to be sent again", result.ts
            )
        case Verdict.UNWANTED:
            reason = "it never reached the venue and is not wanted any more"
            end(step, result.client_order_id, expired=False, reason=reason, ts=result.ts)
        case Verdict.WAIT | Verdict.PARK:
            count_lookup(step, result.client_order_id)
        case Verdict.FOUND:  # pragma: no cover - taken above
            pass


def take_over(step: Step, order: Order, found: v.Found) -> None:
    """Bring our order to where the venue shows it: fills first, then its status."""
    cid = found.client_order_id
    for fill in found.fills:
        on_fill(step, fill)
    ended = moving.settle(step, found)
    match found.status:
        case OrderStatus.REJECTED:
            reject(step, cid, found.reason or "rejected", found.ts)
        case OrderStatus.CANCELLED | OrderStatus.EXPIRED:
            end(step, cid, expired=found.status is OrderStatus.EXPIRED, reason=found.reason or "", ts=found.ts)
        case _:
            accept(step, cid, found.venue_order_id, found.ts)
    if ended:
        entries.release_waiting(step)
    known = step.state.orders.get(cid)
    if known is not None and known.replace_requested is not None:
        count_lookup(step, cid)
    elif known is not None and known.cancel_requested:
        step.say(f.OrderLookedUp(client_order_id=cid, ts=step.around.now))
        step.ask(Ring(f"cancel:{cid}:", next_lookup(known, step.around.now, step.around.policy)))
