"""From state and facts to the rows that the screens read. Used by the live engine and by `verify` alike."""

from __future__ import annotations

from typing import Any

import msgspec

from tradewire.domain.message import Message
from tradewire.domain.order import Fill, Order
from tradewire.domain.signal import Adjust, Adopt, CancelPending, Close, Control, Move, Open, Signal
from tradewire.engine import facts as f
from tradewire.engine.inbox import Underway
from tradewire.engine.state import AccountState
from tradewire.engine.trade import Trade

Row = dict[str, Any]

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
