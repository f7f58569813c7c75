"""What each fact changes in an account's state: the same live, at start-up and in `verify`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from msgspec.structs import replace

from tradewire.domain.ids import client_order_id
from tradewire.domain.numbers import ZERO
from tradewire.domain.order import Leg, Order, OrderEvent
from tradewire.engine import facts as f
from tradewire.engine import terms
from tradewire.engine.positions import grown
from tradewire.engine.state import AccountState
from tradewire.exits.book import ExitBook
from tradewire.risk.rules.duplicate import fingerprint


def apply(state: AccountState, fact: f.AccountFact, seq: int) -> None:
    """Fold one fact that stands in row `seq` of the account's stream. Nothing else changes a state."""
    state.seq = seq
    applier = APPLIERS.get(type(fact))
    if applier is not None:
        applier(state, fact)


def recalled(state: AccountState, fact: f.Recalled) -> None:
    cid = fact.order.request.client_order_id
    if cid not in state.orders:
        state.ended[cid] = fact.order
    if fact.trade is not None and fact.trade.id not in state.trades:
        state.closed[fact.trade.id] = fact.trade


def hold(state: AccountState, fact: f.Waiting) -> None:
    state.waiting[fact.signal_id] = fact


def release(state: AccountState, fact: f.Released) -> None:
    state.waiting.pop(fact.signal_id, None)


def approved(state: AccountState, fact: f.PlanApproved) -> None:
    plan = fact.plan
    cid = client_order_id(plan.signal_id, plan.account, Leg.ENTRY)
    state.reserved[cid] = plan
    state.exposure.reserve(plan, 1)
    state.entry_times.append(fact.ts)
    state.fingerprints.append((fact.ts, fingerprint(plan)))


def submitting(state: AccountState, fact: f.Submitting) -> None:
    request = fact.request
    state.put_order(Order(request=request, updated_at=request.submitted_at))


def order_moved(event: OrderEvent, state: AccountState, fact: f.OrderLost | f.OrderRejected | f.OrderEnded) -> None:
    if (order := state.order(fact.client_order_id)) is not None:
        state.put_order(order.moved(event, fact.ts, fact.reason or None))


def looked_up(state: AccountState, fact: f.OrderLookedUp) -> None:
    if (order := state.order(fact.client_order_id)) is not None:
        state.put_order(replace(order, lookups=order.lookups + 1))


def resent(state: AccountState, fact: f.OrderResent) -> None:
    if (order := state.order(fact.request.client_order_id)) is not None:
        moved = order.moved(OrderEvent.RESENT, fact.ts)
        state.put_order(replace(moved, request=fact.request, sends=order.sends + 1))


def accepted(state: AccountState, fact: f.OrderAccepted) -> None:
    if (order := state.order(fact.client_order_id)) is not None:
        moved = order.moved(OrderEvent.ACCEPTED, fact.ts)
        state.put_order(replace(moved, venue_order_id=fact.venue_order_id or order.venue_order_id))


def triggered(state: AccountState, fact: f.OrderTriggered) -> None:
    if (order := state.orders.get(fact.client_order_id)) is not None:
        state.put_order(replace(order, triggered=True, updated_at=fact.ts))


def ended(state: AccountState, fact: f.OrderEnded) -> None:
    order_moved(OrderEvent.EXPIRED if fact.expired else OrderEvent.CANCELLED, state, fact)


def cancel_asked(state: AccountState, fact: f.CancelAsked) -> None:
    if (order := state.orders.get(fact.client_order_id)) is not None:
        state.put_order(replace(order, cancel_requested=True, cancelled_by=fact.by))


def new_terms(state: AccountState, fact: terms.Fact) -> None:
    if (order := state.order(fact.client_order_id)) is not None:
        state.put_order(order := terms.after(order, fact))
        state.exposure.revise(state.reserved, order)


def filled(state: AccountState, fact: f.OrderFilled) -> None:
    fill = fact.fill
    order = state.order(fill.client_order_id)
    if order is None or fill.exec_id in order.exec_ids:
        return
    fee = fill.fee * fact.fee_rate
    request = order.request
    trade = state.trade(request.trade_id)
    if trade is not None:
        if request.leg is Leg.ENTRY:
            state.put_trade(trade.entered(fill, fee))
        else:
            taken = min(fill.quantity, trade.open_quantity)
            gain = (fill.price - trade.entry_price) * trade.side.sign * taken * fact.multiplier * fact.rate
            state.put_trade(trade.exited(fill, request.leg, pnl=gain, fee=fee))
            state.book_money(gain, fill.ts_init)
    state.book_money(-fee, fill.ts_init)
    state.follow_flat()
    state.put_order(order.with_fill(fill))
    state.move_position(fill.symbol, fill.quantity * fill.side.sign, fill.price, fact.multiplier * fact.rate)
    state.touched.fills.append(fill)


def equity_peaked(state: AccountState, fact: f.EquityPeaked) -> None:
    state.peak_equity = max(state.peak_equity, fact.equity)


def trade_opened(state: AccountState, fact: f.TradeOpened) -> None:
    state.put_trade(fact.trade)
    state.opened_times.append(fact.trade.opened_at)


def exits_set(state: AccountState, fact: f.ExitsSet) -> None:
    trade = state.trades.get(fact.trade_id)
    if trade is None:
        return
    book = state.books.get(trade.symbol)
    if book is None:
        book = state.books[trade.symbol] = ExitBook()
    params = fact.exits.params()
    if trade.id in book:
        book.replace(trade.id, params, fact.state)
    else:
        book.add(trade.id, trade.side, params, fact.state)
    state.on_book(trade.symbol)
    state.put_trade(trade.with_exits(fact.spec, fact.exits, at_entry=fact.by == "entry"))


def stops_moved(state: AccountState, fact: f.StopsMoved) -> None:
    state.books[fact.symbol].apply(state.fresh_moves or fact.moves)
    state.marks[fact.symbol] = state.seq
    state.touched.marks.add(fact.symbol)


def exit_decided(state: AccountState, fact: f.ExitDecided) -> None:
    trade = state.trades.get(fact.trade_id)
    if trade is not None:
        state.put_trade(
            replace(
                trade,
                closing_quantity=trade.closing_quantity + fact.quantity,
                owed=max(ZERO, trade.owed - fact.quantity),
                closings=trade.closings + 1,
                exit_reason=fact.reason,
            )
        )


def trade_closed(state: AccountState, fact: f.TradeClosed) -> None:
    trade = state.closed.get(fact.trade_id)
    if trade is not None:
        state.put_trade(replace(trade, exit_reason=fact.reason))
    if fact.pnl - fact.fees < 0:
        state.losses_in_row += 1
        state.last_loss_at = fact.ts
    else:
        state.losses_in_row = 0
    state.touched.account = state.updated_at


def vanished(state: AccountState, fact: f.TradeVanished) -> None:
    trade = state.trades.get(fact.trade_id)
    if trade is not None:
        state.put_trade(trade.vanished(fact.quantity, fact.price, trade.multiplier * fact.rate, fact.ts))
        signed = -fact.quantity * trade.side.sign
        held = state.positions.get(trade.symbol)
        state.positions[trade.symbol] = grown(held, trade.symbol, signed, held.average_price if held else ZERO)
        state.touched.positions[trade.symbol] = state.updated_at


def liquidated(state: AccountState, fact: f.TradeLiquidated) -> None:
    trade = state.trades.get(fact.trade_id)
    if trade is None:
        return
    worth = trade.multiplier * fact.rate
    after = trade.vanished(fact.quantity, fact.price, worth, fact.ts)
    state.put_trade(replace(after, fees=trade.fees + fact.fee))
    state.book_money(after.pnl - trade.pnl - fact.fee, fact.ts)
    state.follow_flat()
    state.move_position(trade.symbol, -fact.quantity * trade.side.sign, fact.price, worth)


def stop_rests(state: AccountState, fact: f.StopRests) -> None:
    trade = state.trades.get(fact.trade_id)
    if trade is not None:
        made = trade.closings + (fact.client_order_id is not None)
        state.put_trade(replace(trade, stop_order=fact.client_order_id, closings=made))


def money_adjusted(state: AccountState, fact: f.MoneyAdjusted) -> None:
    state.book_money(fact.amount, fact.ts)
    state.follow_flat()


def halt(state: AccountState, fact: f.AccountHalted) -> None:
    state.halted = fact.halted
    state.touched.account = state.updated_at


def foreign_seen(state: AccountState, fact: f.ForeignSeen) -> None:
    state.foreign.pop(fact.symbol, None)
    if fact.quantity:
        state.foreign[fact.symbol] = fact.quantity


def adopted(state: AccountState, fact: f.Adopted) -> None:
    trade = fact.trade
    state.put_trade(trade)
    state.foreign.pop(trade.symbol, None)
    signed = trade.quantity * trade.side.sign
    state.positions[trade.symbol] = grown(state.positions.get(trade.symbol), trade.symbol, signed, trade.entry_price)
    state.touched.positions[trade.symbol] = state.updated_at


APPLIERS: dict[type, Callable[[AccountState, Any], None]] = {
    f.Recalled: recalled,
    f.Waiting: hold,
    f.Released: release,
    f.PlanApproved: approved,
    f.Submitting: submitting,
    f.OrderLost: partial(order_moved, OrderEvent.LOST),
    f.OrderLookedUp: looked_up,
    f.OrderResent: resent,
    f.OrderAccepted: accepted,
    f.OrderTriggered: triggered,
    f.OrderRejected: partial(order_moved, OrderEvent.REJECTED),
    f.OrderFilled: filled,
    f.OrderEnded: ended,
    f.CancelAsked: cancel_asked,
    **dict.fromkeys(terms.FACTS, new_terms),
    f.TradeOpened: trade_opened,
    f.ExitsSet: exits_set,
    f.StopsMoved: stops_moved,
    f.ExitDecided: exit_decided,
    f.TradeClosed: trade_closed,
    f.TradeVanished: vanished,
    f.TradeLiquidated: liquidated,
    f.StopRests: stop_rests,
    f.MoneyAdjusted: money_adjusted,
    f.EquityPeaked: equity_peaked,
    f.AccountHalted: halt,
    f.ForeignSeen: foreign_seen,
    f.Adopted: adopted,
}
