"""Replacing what rests: from a signal to other terms of one entry order, and what the venue answers."""

from __future__ import annotations

from tradewire.domain import venue_events as v
from tradewire.domain.order import Leg, Order, OrderEvent, OrderStatus, OrderTerms, Replacing
from tradewire.domain.plan import Refused, Verdict
from tradewire.domain.refusal import Code, Refusal
from tradewire.domain.signal import Move
from tradewire.engine import facts as f
from tradewire.engine import terms as t
from tradewire.engine.manage import pending_entries
from tradewire.engine.step import Amend, LookUp, Step
from tradewire.engine.view import View
from tradewire.oms.outcome import judge_replace
from tradewire.risk.moving import moved, terms_of

_RESTING = (OrderStatus.WORKING, OrderStatus.PARTIALLY_FILLED)


def on_move(step: Step, signal_id: str, signal: Move) -> None:
    """Ask for other prices or another size of one resting entry; a fill may still win."""
    orders = pending_entries(step, signal.symbol, signal.ref)
    what = signal.ref or signal.symbol
    if not orders:
        step.refuse(signal_id, Code.NOTHING_TO_MOVE, f"No entry order is resting in {what}.")
        return
    if len(orders) > 1:
        ids = ", ".join(order.request.client_order_id for order in orders[:5])
        step.refuse(signal_id, Code.NOTHING_TO_MOVE, f"{len(orders)} entry orders are resting: name one of {ids}.")
        return
    order = orders[0]
    verdict = _obstacle(step, order) or _judged(step, signal, order)
    if isinstance(verdict, Refused):
        step.say(f.PlanRefused(signal_id=signal_id, refusal=verdict.refusal))
        return
    _ask(step, signal_id, order, terms_of(verdict))


def _obstacle(step: Step, order: Order) -> Refused | None:
    """Return why nothing of the order can be changed now, or None."""
    cid, venue = order.request.client_order_id, step.state.account.venue
    if not step.around.amends:
        code, why = Code.UNSUPPORTED_ORDER, f"{venue} cannot change a resting order: cancel it and enter anew."
    elif order.cancel_requested:
        code, why = Code.NOTHING_TO_MOVE, f"Order {cid} is being cancelled."
    elif order.status not in _RESTING:
        code, why = Code.NOT_READY, f"Order {cid} is {order.status}: it can be moved once {venue} has taken it."
    elif order.replace_requested is not None:
        code, why = Code.NOT_READY, f"Order {cid} is being moved already, and {venue} has not answered yet."
    else:
        return None
    return Refused(Refusal(code, why))


def _judged(step: Step, signal: Move, order: Order) -> Verdict:
    """Judge the order with its new terms on the account as if it were not there."""
    state, instrument = step.state, step.around.instrument(order.request.symbol)
    if instrument is None:
        why = f"{state.account.venue} has not said what the steps of {order.request.symbol} are."
        return Refused(Refusal(Code.NOT_READY, why))
    plan, kept = state.reserved[order.request.client_order_id], state.reserved
    state.reserved = {cid: other for cid, other in kept.items() if other is not plan}
    state.exposure.reserve(plan, -1)
    try:
        view = View(state, step.around, instrument, step.around.now)
        return moved(signal, order, plan, view, step.around.profile)
    finally:
        state.reserved = kept
        state.exposure.reserve(plan, 1)


def _ask(step: Step, signal_id: str, order: Order, terms: OrderTerms) -> None:
    cid, now = order.request.client_order_id, step.around.now
    expires_at = now + step.around.capabilities.request_expiry_ns
    replacing = Replacing(terms=terms, asked_at=now, expires_at=expires_at)
    step.say(t.ReplaceAsked(client_order_id=cid, signal_id=signal_id, replacing=replacing, ts=now))
    step.ask(Amend(cid, terms))
    step.ask(LookUp(cid, order.request.submitted_at, now + step.around.policy.answer_within))


def on_replaced(step: Step, said: v.Replaced) -> bool:
    """The venue works the order with other terms; tell whether that ended it: all of the new quantity was filled."""
    order = step.state.order(said.client_order_id)
    if order is None or order.request.leg is not Leg.ENTRY:
        return False
    if order.replace_requested is None and (order.status.is_final or order.request.terms == said.terms):
        return False
    if order.replaced(said.terms, said.ts) is order:
        return False
    step.say(t.OrderReplaced(client_order_id=said.client_order_id, terms=said.terms, ts=said.ts))
    after = step.state.order(said.client_order_id)
    return after is not None and after.status.is_final and not order.status.is_final


def on_replace_rejected(step: Step, said: v.ReplaceRejected) -> None:
    """The venue proved that the order is what it was; a word from before the request says nothing about it."""
    order = step.state.order(said.client_order_id)
    if order is None or order.replace_requested is None or said.ts < order.replace_requested.asked_at:
        return
    step.say(t.ReplaceFailed(client_order_id=said.client_order_id, reason=said.reason, ts=said.ts))
    step.alert("warning", f"Order {said.client_order_id} was not moved", f"{said.reason}. It is what it was.")


def settle(step: Step, found: v.Found) -> bool:
    """Act on what a look-up shows of an order's terms; tell whether that ended it."""
    order = step.state.order(found.client_order_id)
    if order is None:
        return False
    match judge_replace(order, found, step.around.policy):
        case OrderEvent.REPLACE_REJECTED:
            reason = "it ended first" if found.status.is_final else "the venue shows it unchanged"
            on_replace_rejected(
                step, v.ReplaceRejected(client_order_id=found.client_order_id, reason=reason, ts=found.ts)
            )
        case _ if found.terms is not None and found.terms != order.request.terms:
            return on_replaced(step, v.Replaced(client_order_id=found.client_order_id, terms=found.terms, ts=found.ts))
    return False
