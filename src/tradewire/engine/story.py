"""The story of a signal, in words: what each journal row adds to it. Used by the live engine and by `verify` alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tradewire.domain.message import Message
from tradewire.domain.numbers import ZERO, amount, plain
from tradewire.domain.order import Order, OrderTerms
from tradewire.engine import facts as f
from tradewire.engine import terms as t
from tradewire.engine.state import AccountState
from tradewire.engine.trade import Trade
from tradewire.store.steps import StoredStep, pack

SHOWN = 8
"""Digits of a stop that moved, in words: it moves by fractions of a tick."""

Told = tuple[str, str, str | None, str]
"""Whose story (a signal's id; empty: that of the acting signal), stage, code, sentence."""


def rows(pos: int, told: Iterable[tuple[str, StoredStep]]) -> list[tuple[str, int, bytes]]:
    """Return the rows of the table `trace` that the journal row at `pos` makes: one a signal."""
    stories: dict[str, list[StoredStep]] = {}
    for signal_id, step in told:
        stories.setdefault(signal_id, []).append(step)
    return [(signal_id, pos, pack(steps)) for signal_id, steps in stories.items()]


def of_signal(fact: f.SignalRouted, message: Message, now: int) -> Iterator[tuple[str, StoredStep]]:
    """Yield the first steps of a signal's story."""
    about = fact.signal_id
    source = f"{message.source}/{message.channel}" if message.channel else message.source
    yield about, StoredStep(None, "received", None, f"from {source}", message.ts_init)
    yield about, StoredStep(None, "read", None, fact.text, now)
    if fact.refusal is not None:
        yield about, StoredStep(None, "refused", fact.refusal.code, fact.refusal.sentence, now)


def of_record(state: AccountState, record: f.Record, now: int) -> Iterator[tuple[str, StoredStep]]:
    """Yield what a desk's step adds to the stories of signals; `state` has its facts folded."""
    account = state.account.id
    acting = record.event.signal_id if isinstance(record.event, f.SignalArrived) else None
    if acting is not None:
        yield acting, StoredStep(account, "routed", None, f"to {account}", now)
    for fact in record.facts:
        tell = _TELLERS.get(type(fact))
        told = None if tell is None else tell(fact, state)
        if told is None:
            continue
        about, stage, code, text = told
        step = StoredStep(account, stage, code, text, now)
        # What a signal does to another one's trade is told in both stories.
        for signal_id in dict.fromkeys((about or acting, acting, *_also_about(record, fact, state))):
            if stage == "refused" and signal_id not in (about, None):
                dropped = f"signal {about} was held, and is refused"
                yield signal_id, StoredStep(account, "dropped", None, dropped, now)
            elif signal_id is not None:
                yield signal_id, step


def _also_about(record: f.Record, fact: f.AnyFact, state: AccountState) -> Iterator[str | None]:
    """Yield the other signals whose story a fact belongs in: those that asked for the closing, cancelling or moving."""
    match fact:
        case f.TradeClosed(trade_id=trade_id):
            fills = (other.fill for other in record.facts if isinstance(other, f.OrderFilled))
            for order in (state.order(fill.client_order_id) for fill in fills):
                if order is not None and order.request.trade_id == trade_id:
                    yield order.request.signal_id
        case f.OrderFilled():
            order = state.order(fact.fill.client_order_id)
            yield None if order is None else order.cancelled_by
        case f.OrderEnded():
            order = state.order(fact.client_order_id)
            yield None if order is None else order.cancelled_by
        case t.OrderReplaced() | t.ReplaceFailed():
            order = state.order(fact.client_order_id)
            yield None if order is None else order.moved_by


def _approved(fact: f.PlanApproved, _: AccountState) -> Told:
    plan = fact.plan
    stop = "" if plan.stop is None else f", stop {plain(plan.stop)}"
    targets = "".join(f", target {plain(target)}" for target in plan.targets)
    price = plain(plan.reference_price)
    text = f"{plan.side} {plain(plan.quantity)} {plan.symbol} {plan.order_type} at about {price}{stop}{targets}"
    return plan.signal_id, "approved", None, text


def _refused(fact: f.PlanRefused, _: AccountState) -> Told:
    return fact.signal_id, "refused", fact.refusal.code, fact.refusal.sentence


def _held(fact: f.Waiting, _: AccountState) -> Told:
    trades = fact.until_closed
    what = f"until {', '.join(trades)} is closed" if trades else "until the account is ready"
    return fact.signal_id, "held", None, f"held {what}"


def _submitting(fact: f.Submitting, _: AccountState) -> Told:
    request = fact.request
    prices = (("limit", request.limit_price), ("stop", request.stop_price))
    price = "".join(f" {name} {plain(p)}" for name, p in prices if p)
    what = f"{request.leg} {request.side} {plain(request.quantity)} {request.symbol} {request.type}{price}"
    return request.signal_id, "submitting", None, f"{what}, order {request.client_order_id}"


def _resent(fact: f.OrderResent, _: AccountState) -> Told:
    request = fact.request
    return request.signal_id, "resent", None, f"{request.client_order_id}: proven unknown to the venue, sent again"


def _opened(fact: f.TradeOpened | f.Adopted, _: AccountState) -> Told:
    trade = fact.trade
    word = "opened" if isinstance(fact, f.TradeOpened) else "adopted"
    text = f"{word} {trade.side} {plain(trade.quantity)} {trade.symbol} at {plain(trade.entry_price)}"
    return trade.signal_id, word, None, text


def _closed(fact: f.TradeClosed, state: AccountState) -> Told | None:
    trade = state.trade(fact.trade_id)
    if trade is None:
        return None
    result, fees = amount(fact.pnl), amount(fact.fees)
    text = f"closed by {fact.reason}: {result} {state.account.currency} before fees of {fees}"
    return trade.signal_id, "closed", fact.reason, text


def _vanished(fact: f.TradeVanished, state: AccountState) -> Told | None:
    trade = state.trade(fact.trade_id)
    text = f"the venue shows that {plain(fact.quantity)} were closed elsewhere, at about {plain(fact.price)}"
    return None if trade is None else (trade.signal_id, "vanished", None, text)


def _liquidated(fact: f.TradeLiquidated, state: AccountState) -> Told | None:
    trade = state.trade(fact.trade_id)
    return None if trade is None else (trade.signal_id, "liquidated", None, f"{state.account.venue}: {fact.reason}")


def _stop_followed(fact: f.StopFollowed, state: AccountState) -> Told | None:
    trade = state.trade(fact.trade_id)
    return None if trade is None else (trade.signal_id, "moved", None, f"the stop has moved to {fact.stop:.{SHOWN}g}")


def _exit(fact: f.ExitDecided, state: AccountState) -> Told:
    trade = state.trade(fact.trade_id)
    at = "" if fact.price is None else f" at {plain(fact.price)}"
    text = f"{fact.reason}{at}: close {plain(fact.quantity)}"
    if trade is None:
        return "", "exit", fact.reason, text
    return trade.signal_id, "exit", fact.reason, f"{text} {trade.symbol}{_stop_moved(trade, state)}"


def _adjusted(fact: f.ExitsSet, state: AccountState) -> Told | None:
    trade = state.trade(fact.trade_id)
    if trade is None or fact.by == "entry":
        return None
    return trade.signal_id, "adjusted", None, _exits_now(trade, state)


def _halted(fact: f.AccountHalted, _: AccountState) -> Told:
    if fact.halted:
        return "", "halted", None, "new entries halted"
    return "", "resumed", None, "new entries allowed"


def _of_order(tell: Callable[[Any, Order, AccountState], Told]) -> Callable[[Any, AccountState], Told | None]:
    """Return a teller of facts about an order; where the order is not known, there is nothing to tell."""

    def told(fact: Any, state: AccountState) -> Told | None:
        order = state.order(fact.client_order_id)
        return None if order is None else tell(fact, order, state)

    return told


def _accepted(_: f.OrderAccepted, order: Order, state: AccountState) -> Told:
    request = order.request
    return request.signal_id, "accepted", None, f"{request.leg} order accepted by {state.account.venue}"


def _triggered(_: f.OrderTriggered, order: Order, _state: AccountState) -> Told:
    request = order.request
    at = plain(request.stop_price or ZERO)
    return request.signal_id, "triggered", None, f"{request.leg} order: its stop price {at} was reached"


def _filled(fact: f.OrderFilled, state: AccountState) -> Told | None:
    fill = fact.fill
    order = state.order(fill.client_order_id)
    if order is None:
        return None
    text = f"{order.request.leg}: {fill.side} {plain(fill.quantity)} at {plain(fill.price)}"
    return order.request.signal_id, "filled", None, text


def _rejected(fact: f.OrderRejected, order: Order, state: AccountState) -> Told:
    request = order.request
    text = f"{request.leg} order rejected by {state.account.venue}: {fact.reason}"
    return request.signal_id, "rejected", None, text


def _ended(fact: f.OrderEnded, order: Order, _: AccountState) -> Told:
    request, word = order.request, "expired" if fact.expired else "cancelled"
    return request.signal_id, word, None, f"{request.leg} order {word}" + (f": {fact.reason}" if fact.reason else "")


def _lost(fact: f.OrderLost, order: Order, state: AccountState) -> Told:
    request = order.request
    return request.signal_id, "unknown", None, f"{request.leg} order: {fact.reason}; asking {state.account.venue}"


def _cancelling(_: f.CancelAsked, order: Order, _state: AccountState) -> Told:
    return order.request.signal_id, "cancelling", None, f"{order.request.leg} order: cancel requested"


def _replacing(fact: t.ReplaceAsked, order: Order, _: AccountState) -> Told:
    text = f"{order.request.leg} order: {worded(fact.replacing.terms)} requested"
    return fact.signal_id, "replacing", None, text


def _replaced(fact: t.OrderReplaced, order: Order, _: AccountState) -> Told:
    return order.request.signal_id, "replaced", None, f"{order.request.leg} order replaced: {worded(fact.terms)}"


def _not_replaced(fact: t.ReplaceFailed, order: Order, _: AccountState) -> Told:
    text = f"{order.request.leg} order not replaced: {fact.reason}"
    return order.request.signal_id, "not_replaced", None, text


_TELLERS: dict[type, Callable[[Any, AccountState], Told | None]] = {
    f.PlanApproved: _approved,
    f.PlanRefused: _refused,
    f.Waiting: _held,
    f.Submitting: _submitting,
    f.OrderResent: _resent,
    f.OrderAccepted: _of_order(_accepted),
    f.OrderTriggered: _of_order(_triggered),
    f.OrderFilled: _filled,
    f.OrderRejected: _of_order(_rejected),
    f.OrderEnded: _of_order(_ended),
    f.OrderLost: _of_order(_lost),
    f.CancelAsked: _of_order(_cancelling),
    t.ReplaceAsked: _of_order(_replacing),
    t.OrderReplaced: _of_order(_replaced),
    t.ReplaceFailed: _of_order(_not_replaced),
    f.TradeOpened: _opened,
    f.Adopted: _opened,
    f.ExitsSet: _adjusted,
    f.StopFollowed: _stop_followed,
    f.ExitDecided: _exit,
    f.TradeClosed: _closed,
    f.TradeVanished: _vanished,
    f.TradeLiquidated: _liquidated,
    f.AccountHalted: _halted,
}
"""Who puts which fact into words; other facts belong in no story."""


def _stop_moved(trade: Trade, state: AccountState) -> str:
    """Return how far the stop has moved since the entry, in words; nothing where it has not."""
    book = state.books.get(trade.symbol)
    stop = book.stop(trade.id, ZERO) if book is not None and trade.id in book else None
    if stop is None or stop == trade.initial_stop:
        return ""
    since = "" if trade.initial_stop is None else f" from {plain(trade.initial_stop)}"
    return f"; the stop had moved{since} to {stop:.{SHOWN}g}"


def _exits_now(trade: Trade, state: AccountState) -> str:
    """Return where a trade's stop and targets stand now, in words."""
    book, exits = state.books.get(trade.symbol), trade.exits
    stop = book.stop(trade.id, ZERO) if book is not None and trade.id in book else None
    targets = "" if exits is None else "".join(f", target {plain(target.price)}" for target in exits.targets)
    trailing = ", trailing" if exits is not None and exits.trail is not None else ""
    return f"{trade.symbol} trade {trade.id}: stop {'none' if stop is None else plain(stop)}{trailing}{targets}"


def worded(terms: OrderTerms) -> str:
    """Return the terms of an order in words."""
    prices = (("limit", terms.limit_price), ("stop", terms.stop_price))
    return plain(terms.quantity) + "".join(f" {name} {plain(price)}" for name, price in prices if price is not None)
