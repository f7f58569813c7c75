"""From state and facts to the rows that the screens read. Used by the live engine and by `verify` alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from tradewire.domain.message import Message
from tradewire.domain.numbers import ZERO, amount, plain
from tradewire.domain.order import Fill, Order, OrderTerms
from tradewire.domain.signal import Adjust, Adopt, CancelPending, Close, Control, Move, Open, Signal
from tradewire.engine import facts as f
from tradewire.engine import terms as t
from tradewire.engine.inbox import Underway
from tradewire.engine.state import AccountState
from tradewire.engine.trade import Trade

Row = dict[str, Any]
SHOWN = 8
"""Digits of a stop that moved, in words: it moves by fractions of a tick."""

_encode = msgspec.json.Encoder().encode


def message_row(message: Message, status: str, reason: str | None, body_hash: bytes | None) -> Row:
    return {
        "id": message.id,
        "source": message.source,
        "channel": message.channel,
        "external_id": message.external_id,
        "revision": message.revision,
        "reply_to": message.reply_to,
        "author": message.author,
        "account": message.account,
        "text": message.text,
        "body_hash": body_hash,
        "status": status,
        "reason": reason,
        "ts_event": message.ts_event,
        "ts_init": message.ts_init,
    }


def kind_of(signal: Signal) -> str:
    """Return the short word for a signal that lists show."""
    return signal.__struct_config__.tag  # type: ignore[return-value]


def signal_row(underway: Underway) -> Row:
    """Return a signal's row: routing until all accounts have it, held while it waits, refused where none acts on it.

    `reason` says why, also where only some of its accounts refused it.
    """
    fact, refusal = underway.routed, underway.verdict
    signal = fact.signal
    return {
        "id": fact.signal_id,
        "message_id": fact.message_id,
        "kind": signal.action if isinstance(signal, Control) else kind_of(signal),
        "symbol": signal.symbol if isinstance(signal, Open | Close | Adjust | CancelPending | Move | Adopt) else None,
        "side": signal.side if isinstance(signal, Open | Close) else None,
        "text": fact.text,
        "data": _encode(fact),
        "status": underway.status,
        "code": None if refusal is None else refusal.code,
        "reason": underway.partly if refusal is None else refusal.sentence,
        "ts": underway.read_at,
    }


def order_row(state: AccountState, order: Order) -> Row:
    request = order.request
    return {
        "client_order_id": request.client_order_id,
        "account": request.account,
        "mode": state.account.mode,
        "signal_id": request.signal_id,
        "trade_id": request.trade_id,
        "leg": request.leg,
        "symbol": request.symbol,
        "side": request.side,
        "type": request.type,
        "quantity": request.quantity,
        "limit_price": request.limit_price,
        "stop_price": request.stop_price,
        "tif": request.tif,
        "reduce_only": request.reduce_only,
        "status": order.status,
        "filled": order.filled,
        "average_price": order.average_price,
        "fees": order.fees,
        "venue_order_id": order.venue_order_id,
        "reason": order.reason,
        "ts_created": request.submitted_at,
        "ts_updated": order.updated_at,
    }


def fill_row(state: AccountState, fill: Fill) -> Row:
    return {
        "account": state.account.id,
        "exec_id": fill.exec_id,
        "mode": state.account.mode,
        "client_order_id": fill.client_order_id,
        "symbol": fill.symbol,
        "side": fill.side,
        "quantity": fill.quantity,
        "price": fill.price,
        "fee": fill.fee,
        "fee_currency": fill.fee_currency,
        "ts_event": fill.ts_event,
        "ts_init": fill.ts_init,
    }


def trade_row(state: AccountState, trade: Trade, managed_by: str) -> Row:
    return {
        "id": trade.id,
        "account": state.account.id,
        "mode": state.account.mode,
        "signal_id": trade.signal_id,
        "symbol": trade.symbol,
        "side": trade.side,
        "status": trade.status,
        "quantity": trade.quantity,
        "open_quantity": trade.open_quantity,
        "entry_price": trade.entry_price,
        "exit_price": trade.exit_price,
        "initial_stop": trade.initial_stop,
        "exits": _encode(trade.exits),
        "exit_reason": trade.exit_reason,
        "managed_by": managed_by,
        "pnl": trade.pnl,
        "fees": trade.fees,
        "currency": state.account.currency,
        "ts_opened": trade.opened_at,
        "ts_closed": trade.closed_at,
    }


def position_row(state: AccountState, symbol: str, ts: int) -> Row:
    position = state.positions[symbol]
    return {
        "account": state.account.id,
        "symbol": symbol,
        "mode": state.account.mode,
        "quantity": position.quantity,
        "average_price": position.average_price,
        "realised": position.realised,
        "ts_updated": ts,
    }


def account_row(state: AccountState, ts: int) -> Row:
    return {
        "id": state.account.id,
        "venue": state.account.venue,
        "mode": state.account.mode,
        "currency": state.account.currency,
        "netting": state.account.netting,
        "halted": state.halted,
        "balance": state.balance,
        "peak_balance": state.peak_balance,
        "ts_born": state.born_at,
        "ts_updated": ts,
    }


def hook_row(fact: f.HookMade, ts: int) -> Row:
    return {"name": fact.name, "token_hash": fact.token_hash, "account": fact.account, "ts_created": ts}


def account_rows(state: AccountState) -> dict[str, list[Row]]:
    """Return the rows that the facts since the last call made stale, by table."""
    touched = state.take_touched()
    rows: dict[str, list[Row]] = {}
    if touched.orders:
        known = ((cid, state.order(cid)) for cid in touched.orders)
        rows["orders"] = [order_row(state, order) for _, order in known if order is not None]
    if touched.fills:
        rows["fills"] = [fill_row(state, fill) for fill in touched.fills]
    if touched.trades:
        trades = (state.trade(trade_id) for trade_id in touched.trades)
        rows["trades"] = [trade_row(state, t, "venue" if t.stop_order else "hub") for t in trades if t is not None]
    if touched.positions:
        rows["positions"] = [position_row(state, symbol, ts) for symbol, ts in touched.positions.items()]
    if touched.marks:
        rows["exit_marks"] = [
            {"account": state.account.id, "symbol": symbol, "seq": state.marks[symbol]} for symbol in touched.marks
        ]
    if touched.account is not None:
        rows["accounts"] = [account_row(state, touched.account)]
    return rows


def story(fact: f.InboxFact | f.AccountFact, state: AccountState) -> tuple[str, str, str | None, str] | None:
    """Return (signal id, stage, code, sentence) of a fact that belongs in a signal's trace, or None."""
    match fact:
        case f.PlanApproved(plan=plan):
            stop = "" if plan.stop is None else f", stop {plain(plan.stop)}"
            targets = "".join(f", target {plain(t)}" for t in plan.targets)
            price = plain(plan.reference_price)
            text = f"{plan.side} {plain(plan.quantity)} {plan.symbol} {plan.order_type} at about {price}{stop}{targets}"
            return plan.signal_id, "approved", None, text
        case f.PlanRefused(signal_id=signal_id, refusal=refusal):
            return signal_id, "refused", refusal.code, refusal.sentence
        case f.Waiting(signal_id=signal_id, until_closed=trades):
            what = f"until {', '.join(trades)} is closed" if trades else "until the account is ready"
            return signal_id, "held", None, f"held {what}"
        case f.TradeOpened(trade):
            text = f"opened {trade.side} {plain(trade.quantity)} {trade.symbol} at {plain(trade.entry_price)}"
            return trade.signal_id, "opened", None, text
        case f.TradeClosed(trade_id=trade_id):
            closed = state.trade(trade_id)
            if closed is None:
                return None
            result, fees = amount(fact.pnl), amount(fact.fees)
            text = f"closed by {fact.reason}: {result} {state.account.currency} before fees of {fees}"
            return closed.signal_id, "closed", fact.reason, text
        case f.TradeVanished(trade_id=trade_id):
            gone = state.trade(trade_id)
            text = f"the venue shows that {plain(fact.quantity)} were closed elsewhere, at about {plain(fact.price)}"
            return None if gone is None else (gone.signal_id, "vanished", None, text)
        case f.TradeLiquidated(trade_id=trade_id, reason=reason):
            gone = state.trade(trade_id)
            return None if gone is None else (gone.signal_id, "liquidated", None, f"{state.account.venue}: {reason}")
        case f.Adopted(trade):
            text = f"adopted {trade.side} {plain(trade.quantity)} {trade.symbol} at {plain(trade.entry_price)}"
            return trade.signal_id, "adopted", None, text
        case f.StopFollowed(trade_id=trade_id):
            trade_now = state.trade(trade_id)
            text = f"the stop has moved to {fact.stop:.{SHOWN}g}"
            return None if trade_now is None else (trade_now.signal_id, "moved", None, text)
        case f.ExitDecided(trade_id=trade_id):
            trade_now = state.trade(trade_id)
            at = "" if fact.price is None else f" at {plain(fact.price)}"
            text = f"{fact.reason}{at}: close {plain(fact.quantity)}"
            if trade_now is None:
                return "", "exit", fact.reason, text
            text += f" {trade_now.symbol}{stop_moved(trade_now, state)}"
            return trade_now.signal_id, "exit", fact.reason, text
        case f.ExitsSet(trade_id=trade_id) if fact.by != "entry":
            trade_now = state.trade(trade_id)
            return None if trade_now is None else (trade_now.signal_id, "adjusted", None, changed(trade_now, state))
        case f.AccountHalted(halted):
            return "", "halted" if halted else "resumed", None, "new entries " + ("halted" if halted else "allowed")
        case _:
            return order_story(fact, state)


def also_about(record: f.Record, fact: f.InboxFact | f.AccountFact, state: AccountState) -> Iterator[str | None]:
    """Yield the other signals whose story a fact belongs in: those that asked for the closing or the cancelling."""
    match fact:
        case f.TradeClosed(trade_id=trade_id):
            fills = (other.fill for other in record.facts if isinstance(other, f.OrderFilled))
            for order in (state.order(fill.client_order_id) for fill in fills):
                if order is not None and order.request.trade_id == trade_id:
                    yield order.request.signal_id
        case f.OrderEnded(client_order_id=cid) | f.OrderFilled(fill=Fill(client_order_id=cid)):
            order = state.order(cid)
            yield None if order is None else order.cancelled_by


def stop_moved(trade: Trade, state: AccountState) -> str:
    """Return how far the stop has moved since the entry, in words; nothing where it has not."""
    book = state.books.get(trade.symbol)
    stop = book.stop(trade.id, ZERO) if book is not None and trade.id in book else None
    if stop is None or stop == trade.initial_stop:
        return ""
    since = "" if trade.initial_stop is None else f" from {plain(trade.initial_stop)}"
    return f"; the stop had moved{since} to {stop:.{SHOWN}g}"


def changed(trade: Trade, state: AccountState) -> str:
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


def order_story(fact: f.InboxFact | f.AccountFact, state: AccountState) -> tuple[str, str, str | None, str] | None:
    """The part of `story` that tells of orders."""
    match fact:
        case f.Submitting(request):
            price = "".join(
                f" {name} {plain(p)}" for name, p in (("limit", request.limit_price), ("stop", request.stop_price)) if p
            )
            what = f"{request.leg} {request.side} {plain(request.quantity)} {request.symbol} {request.type}{price}"
            return request.signal_id, "submitting", None, f"{what}, order {request.client_order_id}"
        case f.OrderResent(request=request):
            return (
                request.signal_id,
                "resent",
                None,
                f"{request.client_order_id}: proven unknown to the venue, sent again",
            )
    cid = fact.fill.client_order_id if isinstance(fact, f.OrderFilled) else getattr(fact, "client_order_id", None)
    order = None if cid is None else state.order(cid)
    if order is None:
        return None
    signal_id, leg = order.request.signal_id, order.request.leg
    match fact:
        case f.OrderAccepted():
            return signal_id, "accepted", None, f"{leg} order accepted by {state.account.venue}"
        case f.OrderTriggered():
            at = plain(order.request.stop_price or ZERO)
            return signal_id, "triggered", None, f"{leg} order: its stop price {at} was reached"
        case f.OrderFilled(fill=fill):
            return signal_id, "filled", None, f"{leg}: {fill.side} {plain(fill.quantity)} at {plain(fill.price)}"
        case f.OrderRejected():
            return signal_id, "rejected", None, f"{leg} order rejected by {state.account.venue}: {fact.reason}"
        case f.OrderEnded():
            word = "expired" if fact.expired else "cancelled"
            return signal_id, word, None, f"{leg} order {word}" + (f": {fact.reason}" if fact.reason else "")
        case f.OrderLost():
            return signal_id, "unknown", None, f"{leg} order: {fact.reason}; asking {state.account.venue}"
        case t.ReplaceAsked():
            return fact.signal_id, "replacing", None, f"{leg} order: {worded(fact.replacing.terms)} requested"
        case t.OrderReplaced():
            return signal_id, "replaced", None, f"{leg} order replaced: {worded(fact.terms)}"
        case t.ReplaceFailed():
            return signal_id, "not_replaced", None, f"{leg} order not replaced: {fact.reason}"
        case f.CancelAsked():
            return signal_id, "cancelling", None, f"{leg} order: cancel requested"
    return None
