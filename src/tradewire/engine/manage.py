"""Signals that act on what is there: close, adjust, cancel, adopt, and the words to the account itself."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from msgspec.structs import replace

from tradewire.domain.ids import client_order_id, trade_id
from tradewire.domain.numbers import ZERO
from tradewire.domain.order import Leg, Order, OrderStatus
from tradewire.domain.refusal import Code, Refusal
from tradewire.domain.signal import Adjust, Adopt, CancelPending, Close, Control, ExitSpec, Side
from tradewire.engine import exiting
from tradewire.engine import facts as f
from tradewire.engine.step import Step
from tradewire.engine.trade import Trade
from tradewire.exits.adjust import adjusted
from tradewire.exits.kernel import State
from tradewire.exits.levels import ExitError, NoExits
from tradewire.exits.plan import ExitPlan
from tradewire.risk.closing import asked_quantity
from tradewire.risk.levels import code_of
from tradewire.risk.planner import endless


def matching(step: Step, symbol: str | None, ref: str | None) -> list[Trade]:
    """Return the open trades that a signal means, oldest first."""
    return [
        trade
        for trade in step.state.trades.values()
        if (symbol is None or trade.symbol == symbol) and (ref is None or ref in (trade.id, trade.tag, trade.entry))
    ]


def on_close(step: Step, signal_id: str, signal: Close) -> None:
    """Close all, a percentage, or a quantity of what is open, oldest trade first."""
    meant = [
        trade
        for trade in matching(step, signal.symbol, signal.trade)
        if signal.side in (None, trade.side) and signal.tag in (None, trade.tag)
    ]
    trades = [trade for trade in meant if trade.closeable]
    if not trades:
        text = "What is open is being closed already." if meant else nothing_open(signal)
        step.refuse(signal_id, Code.NOTHING_TO_CLOSE, text)
        return
    closed, refusal = ZERO, None
    for trade in trades:
        asked = asked_of(step, trade, signal)
        if signal.quantity is not None and isinstance(asked, Decimal):
            asked -= closed
            if asked <= 0:
                break
        answer = asked if isinstance(asked, Refusal) else exiting.close(step, trade, asked, "signal")
        if isinstance(answer, Refusal):
            refusal = refusal or answer
        else:
            closed += answer.quantity
    if refusal is not None and not closed:
        step.say(f.PlanRefused(signal_id=signal_id, refusal=refusal))


def nothing_open(signal: Close | Adjust) -> str:
    """Say that there is nothing of what a signal means."""
    if signal.trade is not None:
        return f"There is no open trade {signal.trade}."
    side = signal.side if isinstance(signal, Close) else None
    word = {None: "", Side.BUY: " long", Side.SELL: " short"}[side]
    tagged = f" tagged {signal.tag}" if isinstance(signal, Close) and signal.tag else ""
    return f"Nothing{tagged} is open{word}{f' in {signal.symbol}' if signal.symbol else ''}."


def asked_of(step: Step, trade: Trade, signal: Close) -> Decimal | Refusal | None:
    """Return how many units of a trade a signal closes (None: all)."""
    instrument, quote = step.around.instrument(trade.symbol), step.around.quote(trade.symbol)
    return asked_quantity(
        signal.percent,
        signal.quantity,
        trade.open_quantity,
        trade.symbol,
        instrument,
        None if quote is None else quote.mid,
        None if instrument is None else step.around.rate(instrument.quote, step.state.account.currency),
    )


def on_adjust(step: Step, signal_id: str, signal: Adjust) -> None:
    """Change the exits of all trades that are meant, or of none; only `be` moves those that it can."""
    trades = matching(step, signal.symbol, signal.trade)
    if not trades:
        step.refuse(signal_id, Code.NOTHING_TO_ADJUST, nothing_open(signal))
        return
    new: list[tuple[Trade, ExitPlan, State]] = []
    failed: list[tuple[Trade, ExitError]] = []
    for trade in trades:
        try:
            new.append((trade, *new_exits(step, trade, signal)))
        except ExitError as error:
            failed.append((trade, error))
    if failed and not (signal.breakeven_now and new):
        first, reason = failed[0]
        others = "the other trade" if len(trades) == 2 else f"the other {len(trades) - 1} trades"
        rest = f"; nothing was changed in {others}" if len(trades) > 1 else ""
        step.refuse(signal_id, code_of(reason), f"{first.symbol} trade {first.id}: {reason}{rest}.")
        return
    for trade, exits, state in new:
        step.say(
            f.ExitsSet(
                trade_id=trade.id,
                spec=merged(trade, signal, exits),
                exits=exits,
                state=state,
                by=signal_id,
                ts=step.around.now,
            )
        )
        exiting.keep_native_stop(step, trade.id)


def new_exits(step: Step, trade: Trade, signal: Adjust) -> tuple[ExitPlan, State]:
    """Return the exits of one trade as the signal wants them, with what it already went through.

    Raises:
        ExitError: they cannot be, in plain words.
    """
    instrument, quote = step.around.instrument(trade.symbol), step.around.quote(trade.symbol)
    book = step.state.books.get(trade.symbol)
    if trade.exits is None or instrument is None or book is None or trade.id not in book:
        raise NoExits("it has no exits to change yet")
    return adjusted(
        trade.exits,
        book.state(trade.id),
        signal,
        instrument=instrument,
        atr=step.around.atr(trade.symbol) or trade.atr,
        price=None if quote is None else quote.bid if trade.side.sign > 0 else quote.ask,
        loosen=signal.force,
    )


def merged(trade: Trade, signal: Adjust, exits: ExitPlan) -> ExitSpec:
    """Return the exits as a person has now said them, so that a later fill of the entry keeps them.

    A stop moved to the entry stays there; a trailing stop or breakeven that a looser stop has ended does not come back.
    """
    spec = trade.spec
    moved = signal.breakeven_now and trade.exits is not None and exits.stop != trade.exits.stop
    even = None if signal.breakeven_now else signal.breakeven
    return replace(
        spec,
        stop=signal.stop if signal.stop is not None else exits.stop if moved else spec.stop,
        targets=signal.targets if signal.targets is not None else spec.targets,
        trailing=signal.trailing or (None if signal.force and exits.trail is None else spec.trailing),
        breakeven=even or (None if signal.force and exits.breakeven is None else spec.breakeven),
    )


def pending_entries(step: Step, symbol: str | None, ref: str | None) -> Sequence[Order]:
    """Return the entry orders that still work (or may: unknown ones too)."""
    return [
        order
        for order in step.state.orders.values()
        if order.request.leg is Leg.ENTRY
        and (symbol is None or order.request.symbol == symbol)
        and (ref is None or ref in (order.request.client_order_id, order.request.trade_id, tag(step, order)))
    ]


def tag(step: Step, order: Order) -> str | None:
    plan = step.state.reserved.get(order.request.client_order_id)
    return None if plan is None else plan.tag


def is_meant(held: f.Waiting, signal: CancelPending) -> bool:
    """Tell whether a cancel means an entry that is held: by its symbol, its signal's id or its tag."""
    if signal.ref is not None:
        return signal.ref in (held.signal_id, getattr(held.signal, "tag", None))
    return signal.symbol in (None, getattr(held.signal, "symbol", None))


def on_cancel(step: Step, signal_id: str, signal: CancelPending) -> None:
    """Ask for resting entries to be withdrawn; a fill may still win."""
    orders = pending_entries(step, signal.symbol, signal.ref)
    held = [w for w in step.state.waiting.values() if is_meant(w, signal)]
    for waiting in held:
        step.say(f.Released(waiting.signal_id))
        step.refuse(
            waiting.signal_id, Code.NOTHING_TO_CANCEL, f"Cancelled by signal {signal_id} before it was acted on."
        )
    if not orders and not held:
        named = f" called {signal.ref}" if signal.ref else f" in {signal.symbol}" if signal.symbol else ""
        step.refuse(signal_id, Code.NOTHING_TO_CANCEL, f"No entry order{named} is resting.")
        return
    for order in orders:
        exiting.withdraw(step, order.request.client_order_id)


def on_adopt(step: Step, signal_id: str, signal: Adopt) -> None:
    """Make a foreign position a trade of ours, at the price of now: what it gained before is not ours to report."""
    quantity = step.state.foreign.get(signal.symbol)
    quote, instrument = step.around.quote(signal.symbol), step.around.instrument(signal.symbol)
    if not quantity:
        step.refuse(signal_id, Code.NOTHING_TO_ADOPT, f"The venue shows no foreign position in {signal.symbol}.")
        return
    if quote is None or instrument is None:
        step.refuse(signal_id, Code.NO_QUOTE, f"There is no price of {signal.symbol} yet.")
        return
    if signal.exits.session_end and instrument.session is None:
        step.refuse(signal_id, Code.BAD_EXITS, endless(instrument))
        return
    side = Side.BUY if quantity > 0 else Side.SELL
    trade = Trade(
        id=trade_id(client_order_id(signal_id, step.state.account.id, Leg.ENTRY)),
        entry=None,
        signal_id=signal_id,
        symbol=signal.symbol,
        underlying=instrument.underlying,
        side=side,
        spec=signal.exits,
        quantity=abs(quantity),
        open_quantity=abs(quantity),
        entry_price=quote.bid if side is Side.BUY else quote.ask,
        leverage=step.around.leverage(signal.symbol),
        multiplier=instrument.multiplier,
        atr=step.around.atr(signal.symbol),
        opened_at=step.around.now,
    )
    try:
        exiting.plan_exits(step, trade, signal.exits)
    except ExitError as error:
        text = str(error)
        step.refuse(signal_id, code_of(error), f"{text[:1].upper()}{text[1:]}; the position is not adopted.")
        return
    step.say(f.Adopted(trade))
    exiting.set_exits(step, trade.id, signal.exits, by=signal_id)
    exiting.keep_native_stop(step, trade.id)


def on_control(step: Step, signal_id: str, signal: Control) -> None:
    """Halt, resume or flatten this account."""
    match signal.action:
        case "halt":
            halt(step, True)
        case "resume":
            halt(step, False)
        case "flatten":
            flatten(step)


def halt(step: Step, halted: bool) -> None:
    """Halt new entries at once, or allow them again. What is held is refused; exits go on."""
    if step.state.halted != halted:
        step.say(f.AccountHalted(halted))
    if halted:
        for signal_id in list(step.state.waiting):
            step.say(f.Released(signal_id))
            step.refuse(signal_id, Code.HALTED, "Entries were halted while the signal was held.")


def flatten(step: Step) -> None:
    """Halt, withdraw every resting order of ours, and close every open trade."""
    halt(step, True)
    for cid, order in list(step.state.orders.items()):
        if order.request.type != "market" or order.status in (OrderStatus.UNKNOWN, OrderStatus.PARTIALLY_FILLED):
            exiting.withdraw(step, cid)
    for trade in list(step.state.trades.values()):
        exiting.close(step, trade, None, "flatten")
