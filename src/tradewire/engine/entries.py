"""Entries: from a signal to an approved order, a refusal, or a wait."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tradewire.domain.account import Netting
from tradewire.domain.order import Leg, Order
from tradewire.domain.plan import Approved, Plan, Refused
from tradewire.domain.policy import AS_PROFILED, Opposite, Overrides
from tradewire.domain.refusal import Code, Refusal
from tradewire.domain.signal import Adjust, Adopt, CancelPending, Close, Move, Open, OrderType, Side, Signal
from tradewire.domain.symbols import nearest_symbol
from tradewire.engine import exiting, manage, moving
from tradewire.engine import facts as f
from tradewire.engine.state import AccountState
from tradewire.engine.step import Step, Surroundings
from tradewire.engine.trade import Trade
from tradewire.engine.view import View, entered
from tradewire.oms import requests
from tradewire.ports import Capabilities
from tradewire.risk.gate import decide
from tradewire.risk.opposite import CloseOnly, CloseThenOpen, Ignore, Proceed, opposite

PROCEED = Proceed()


def on_signal(step: Step, event: f.SignalArrived, signal: Signal) -> None:
    """Act on a routed signal. What only shrinks risk is never held back; an entry waits until the account is ready."""
    match signal:
        case Open():
            if step.around.ready:
                open_or_refuse(step, event.signal_id, signal, event.route, event.age_from)
            else:
                hold(step, event, signal, ())
        case Close():
            manage.on_close(step, event.signal_id, signal)
        case Adjust():
            manage.on_adjust(step, event.signal_id, signal)
        case CancelPending():
            manage.on_cancel(step, event.signal_id, signal)
        case Move():
            moving.on_move(step, event.signal_id, signal)
        case Adopt():
            manage.on_adopt(step, event.signal_id, signal)
        case _:
            manage.on_control(step, event.signal_id, signal)


def hold(step: Step, event: f.SignalArrived, signal: Open, until_closed: tuple[str, ...]) -> None:
    """Keep a signal for later; a restart keeps it too."""
    step.say(
        f.Waiting(
            signal_id=event.signal_id,
            signal=signal,
            route=event.route,
            received_at=event.age_from,
            until_closed=until_closed,
        )
    )


def evaluate(
    state: AccountState,
    around: Surroundings,
    signal_id: str,
    signal: Open,
    route: Overrides,
    received_at: int,
    gone: Collection[str] = (),
) -> Approved | Refused:
    """Say what would become of an entry now; changes nothing. The preview and the real thing share this.

    `gone`: trades (ids) that it ends first; it is judged as if they were closed and their entries withdrawn.
    """
    instrument = around.instrument(signal.symbol)
    if instrument is None:
        near = nearest_symbol(signal.symbol, around.known_symbols())
        hint = f" Did you mean {near}?" if near else ""
        return Refused(
            Refusal(Code.UNKNOWN_SYMBOL, f"{state.account.venue} has no instrument called {signal.symbol}.{hint}")
        )
    view = View(state, around, instrument, received_at, gone)
    verdict = decide(signal, signal_id, state.account, view, around.profile, route)
    if isinstance(verdict, Approved) and (lacking := beyond(around.capabilities, verdict.plan)):
        return Refused(Refusal(Code.UNSUPPORTED_ORDER, f"{state.account.venue} {lacking}."), verdict.plan)
    return verdict


def beyond(capabilities: Capabilities, plan: Plan) -> str | None:
    """Return what the venue cannot do of a plan, in words; None where it can do all."""
    if plan.order_type not in capabilities.order_types:
        return f"takes no {plan.order_type} orders"
    if plan.tif not in capabilities.times_in_force:
        return f"knows no time in force {plan.tif}"
    if plan.post_only and not capabilities.post_only:
        return "has no post-only orders"
    if plan.post_only and plan.order_type is not OrderType.LIMIT:
        return "takes post-only for limit orders alone: others never rest"
    return None


def opposing(state: AccountState, signal: Open) -> list[Trade]:
    """Return the open trades of the symbol that point the other way."""
    sums = state.sums.get(signal.symbol)
    if sums is None or not (sums.short_count if signal.side is Side.BUY else sums.long_count):
        return []
    return [t for t in state.trades.values() if t.symbol == signal.symbol and t.side is not signal.side]


def resting_against(state: AccountState, signal: Open) -> list[Order]:
    """Return the entries of the symbol under way that would open, or add to, a trade the other way."""
    entries = (order for order in state.orders.values() if order.request.leg is Leg.ENTRY)
    return [o for o in entries if o.request.symbol == signal.symbol and o.request.side is not signal.side]


def reversals(state: AccountState, signal: Open) -> list[tuple[f.Waiting, Open]]:
    """Return the reversals of the symbol that wait for the end of what they close."""
    return [
        (waiting, waiting.signal)
        for waiting in state.waiting.values()
        if waiting.until_closed and isinstance(waiting.signal, Open) and waiting.signal.symbol == signal.symbol
    ]


def open_or_refuse(step: Step, signal_id: str, signal: Open, route_name: str, received_at: int) -> None:
    """Decide an entry now. One that comes while a reversal of its symbol is held waits for the same end."""
    route = step.around.route(route_name) or AS_PROFILED
    against = opposing(step.state, signal)
    resting = resting_against(step.state, signal) if against else []
    match opposite(signal, against, policy_of(step)) if against else PROCEED:
        case Ignore(refusal):
            step.say(f.PlanRefused(signal_id=signal_id, refusal=refusal))
            return
        case CloseOnly():
            leave(step, against, resting, "opposite")
            return
        case Proceed():
            against, resting = [], []
        case CloseThenOpen():
            pass
    held = reversals(step.state, signal)
    ending = [trade.id for trade in against] + [order.request.trade_id for order in resting]
    ending += [trade_id for waiting, _ in held for trade_id in waiting.until_closed]
    gone = tuple(dict.fromkeys(ending))
    verdict = evaluate(step.state, step.around, signal_id, signal, route, received_at, gone)
    if not gone or isinstance(verdict, Refused):
        enter(step, verdict, signal_id)
        return
    for waiting, other in held:
        if other.side is not signal.side:
            supersede(step, waiting, signal)
    event = f.SignalArrived(signal_id=signal_id, route=route_name, received_at=received_at)
    hold(step, event, signal, gone)
    leave(step, against, resting, "reverse")


def supersede(step: Step, waiting: f.Waiting, later: Open) -> None:
    """Refuse a reversal that a later signal turns around before anything is opened."""
    step.say(f.Released(waiting.signal_id))
    sentence = f"A later {later.side} of {later.symbol} came before the trade could be opened: the last word counts."
    step.refuse(waiting.signal_id, Code.SUPERSEDED, sentence)


def leave(step: Step, trades: Sequence[Trade], resting: Sequence[Order], reason: str) -> None:
    """Close trades, and withdraw entries that would bring them back."""
    for order in resting:
        exiting.withdraw(step, order.request.client_order_id)
    for trade in trades:
        exiting.close(step, trade, None, reason)


def close_unwanted(step: Step, trade_id: str) -> None:
    """Close what an entry filled after all while a reversal waits for its end."""
    trade = step.state.trades.get(trade_id)
    if trade is not None and any(trade_id in waiting.until_closed for waiting in step.state.waiting.values()):
        exiting.close(step, trade, None, "reverse")


def policy_of(step: Step) -> Opposite:
    """Return what an entry against open trades does. A netting venue holds one side: there, beside means reverse."""
    policy = step.around.profile.opposite
    netting = step.state.account.netting is Netting.NETTING
    return Opposite.REVERSE if netting and policy is Opposite.ALLOW else policy


def enter(step: Step, verdict: Approved | Refused, signal_id: str) -> None:
    """Turn the verdict into an order or a refusal."""
    if isinstance(verdict, Refused):
        step.say(f.PlanRefused(signal_id=signal_id, refusal=verdict.refusal))
        return
    step.say(f.PlanApproved(plan=verdict.plan, ts=step.around.now))
    around, day_end = step.around, step.around.day_end(verdict.plan.symbol)
    step.submit(requests.entry(verdict, around.now, around.capabilities.request_expiry_ns, day_end))


def unfinished(state: AccountState, trade_ids: Collection[str]) -> bool:
    """Tell whether any of these trades is open, or may still be opened or added to by its entry."""
    return any(trade_id in state.trades for trade_id in trade_ids) or any(
        entered(state, cid) in trade_ids for cid in state.reserved
    )


def release_waiting(step: Step) -> None:
    """Decide what waited, once nothing that it waits for is left."""
    if not step.around.ready:
        return
    for waiting in list(step.state.waiting.values()):
        if waiting.signal_id not in step.state.waiting:
            continue  # One before it took its place.
        if waiting.until_closed and unfinished(step.state, waiting.until_closed):
            continue
        step.say(f.Released(waiting.signal_id))
        if isinstance(waiting.signal, Open):
            route = step.around.route(waiting.route) or AS_PROFILED
            verdict = evaluate(step.state, step.around, waiting.signal_id, waiting.signal, route, waiting.received_at)
            if waiting.until_closed:
                enter(step, verdict, waiting.signal_id)
            else:
                open_or_refuse(step, waiting.signal_id, waiting.signal, waiting.route, waiting.received_at)
