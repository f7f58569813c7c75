"""What a signal would do now: the real decision, made on a copy of the account's state and then thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tradewire.domain.instrument import Instrument
from tradewire.domain.numbers import ZERO, Rounding, plain, to_step
from tradewire.domain.order import Leg, OrderRequest
from tradewire.domain.plan import Approved, Plan
from tradewire.domain.policy import AS_PROFILED
from tradewire.domain.signal import Open, Side, Signal
from tradewire.engine import facts as f
from tradewire.engine import memory
from tradewire.engine import terms as t
from tradewire.engine.contract import PreviewOrder
from tradewire.engine.desk import decide
from tradewire.engine.entries import evaluate
from tradewire.engine.post import Post
from tradewire.engine.state import AccountState
from tradewire.engine.story import worded
from tradewire.engine.trade import Trade
from tradewire.exits.plan import ExitPlan
from tradewire.risk.closing import rungs

Planned = dict[str, Any]
PREVIEW = "preview"
"""The signal's id on the copy."""
VALUE_STEP = Decimal("0.01")


def would(post: Post, signal: Signal, route: str, now: int) -> PreviewOrder:
    """Return the exact orders that a signal would place on an account, or why it would place none."""
    scratch = memory.load(memory.dump(post.state))
    scratch.exposure = post.state.exposure.copy()
    post.around.now = now
    event = f.SignalArrived(signal_id=PREVIEW, route=route, received_at=now)
    decision = decide(scratch, event, post.around, post.state.seq + 1, signal=signal)
    in_turn = sorted(decision.facts, key=lambda fact: isinstance(fact, f.Waiting))
    orders = tuple(order for fact in in_turn for order in planned(fact, post, scratch))
    refused = (fact for fact in decision.facts if isinstance(fact, f.PlanRefused))
    refusal = next((fact.refusal for fact in refused if fact.signal_id == PREVIEW), None)
    said = [order["text"] for order in orders if order["leg"] != "target"]
    if refusal is not None:
        said.append(refusal.sentence)
    said += [sentence for fact in decision.facts if (sentence := besides(fact)) is not None]
    return PreviewOrder(
        account=post.id,
        mode=post.state.account.mode,
        summary="; ".join(said) or "nothing would change",
        orders=orders,
        refusal=None if orders else refusal,
    )


def planned(fact: f.AccountFact, post: Post, state: AccountState) -> Iterator[Planned]:
    """Yield the orders that a fact stands for; an entry is followed by its exits."""
    match fact:
        case f.PlanApproved(plan=plan):
            yield entry(plan)
            yield from exits_of(plan, post.around.instrument(plan.symbol))
        case f.Waiting(signal=Open() as signal, until_closed=(_, *_)):
            yield from following(fact, signal, post, state)
        case f.Submitting(request) if request.leg is not Leg.ENTRY:
            yield closing(request)
        case f.ExitsSet(trade_id=trade_id, exits=exits, state=reached):
            trade = state.trades[trade_id]
            instrument = post.around.instrument(trade.symbol)
            yield from set_exits(exits, reached.rung, trade, state.books[trade.symbol].stop(trade_id, ZERO), instrument)
        case t.ReplaceAsked(client_order_id=cid, replacing=replacing):
            order = state.order(cid)
            if order is not None:
                text = f"replace order {cid}: {worded(replacing.terms)}"
                yield {"leg": order.request.leg.value, "side": order.request.side.value, "text": text}
        case f.CancelAsked(client_order_id=cid):
            order = state.order(cid)
            if order is not None:
                yield {"leg": order.request.leg.value, "side": order.request.side.value, "text": f"cancel order {cid}"}
        case _:
            return


def following(fact: f.Waiting, signal: Open, post: Post, state: AccountState) -> Iterator[Planned]:
    """Yield the entry of a reversal, as it would be if what it closes were closed at the prices of now."""
    route = post.around.route(fact.route) or AS_PROFILED
    verdict = evaluate(state, post.around, fact.signal_id, signal, route, fact.received_at, fact.until_closed)
    if isinstance(verdict, Approved):
        order, *exits = (entry(verdict.plan), *exits_of(verdict.plan, post.around.instrument(verdict.plan.symbol)))
        yield order | {"text": f"once that is closed: {order['text']}"}
        yield from exits


def besides(fact: f.AccountFact) -> str | None:
    """Return what follows besides orders."""
    match fact:
        case f.Waiting(until_closed=()):
            return "held until the account is ready"
        case f.PlanRefused(signal_id=held) if held != PREVIEW:
            return f"signal {held}, which waits, is dropped"
        case f.AccountHalted(halted):
            return "new entries are halted" if halted else "new entries are allowed again"
        case f.Adopted(trade):
            return f"{plain(trade.quantity)} {trade.symbol} become a trade of the hub"
    return None


def entry(plan: Plan) -> Planned:
    """Return the entry order of a plan; money as text."""
    price = plan.limit_price or plan.stop_price or plan.reference_price
    about = "" if plan.limit_price or plan.stop_price else "about "
    return {
        "leg": "entry",
        "side": plan.side.value,
        "type": plan.order_type.value,
        "symbol": plan.symbol,
        "quantity": plain(plan.quantity),
        "price": plain(price),
        "value": plain(to_step(plan.value, VALUE_STEP, Rounding.NEAREST)),
        "text": f"{plan.side} {plain(plan.quantity)} {plan.symbol} {plan.order_type} at {about}{plain(price)}",
    }


def exits_of(plan: Plan, instrument: Instrument | None) -> Iterator[Planned]:
    """Yield the exits of an entry, as they were resolved for its plan."""
    side = plan.side.opposite
    if plan.stop is not None:
        yield stop_at(side, plan.stop, trailing=plan.exits.trailing is not None)
    parts = rungs(plan.symbol, instrument, plan.side, plan.quantity, plan.shares)
    for price, share, part in zip(plan.targets, plan.shares, parts, strict=True):
        yield target_at(side, price, share, part)


def set_exits(
    exits: ExitPlan, done: int, trade: Trade, stop: Decimal | None, instrument: Instrument | None
) -> Iterator[Planned]:
    """Yield the exits that a trade would have, but for the targets that are done."""
    side = trade.side.opposite
    if stop is not None:
        yield stop_at(side, stop, trailing=exits.trail is not None)
    shares = [target.fraction for target in exits.targets]
    parts = rungs(trade.symbol, instrument, trade.side, trade.quantity, shares, exits.closed)
    for target, part in list(zip(exits.targets, parts, strict=True))[done:]:
        yield target_at(side, target.price, target.fraction, part)


def stop_at(side: Side, price: Decimal, *, trailing: bool) -> Planned:
    """Return a stop as the closing order that it becomes when touched."""
    text = f"{side} all at stop {plain(price)}" + (" (trailing)" if trailing else "")
    return {"leg": "stop", "side": side.value, "price": plain(price), "text": text}


def target_at(side: Side, price: Decimal, share: Decimal, part: Decimal) -> Planned:
    """Return a target as the closing order that it becomes when touched; 0 where it is left to the next one."""
    percent = plain(to_step(share * 100, VALUE_STEP, Rounding.NEAREST))
    text = f"{side} {percent} % at target {plain(price)}" + ("" if part else " (too little: left to what follows)")
    return {"leg": "target", "side": side.value, "price": plain(price), "quantity": plain(part), "text": text}


def closing(request: OrderRequest) -> Planned:
    """Return a closing order."""
    price = {} if request.stop_price is None else {"price": plain(request.stop_price)}
    at = "" if request.stop_price is None else f" at {plain(request.stop_price)}"
    return {
        "leg": request.leg.value,
        "side": request.side.value,
        "type": request.type.value,
        "symbol": request.symbol,
        "quantity": plain(request.quantity),
        "text": f"close: {request.side} {plain(request.quantity)} {request.symbol} {request.type}{at}",
        **price,
    }
