"""A desk: one account's only writer. One event goes in, facts and commands come out."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from tradewire.domain.numbers import ONE, ZERO, plain
from tradewire.domain.signal import Side, Signal
from tradewire.domain.venue_events import Snapshot
from tradewire.engine import answers, deadlines, entries, exiting, peaks
from tradewire.engine import facts as f
from tradewire.engine.state import AccountState
from tradewire.engine.step import Command, LookUp, Step, Surroundings
from tradewire.oms.reconcile import Finding, ForeignOrder, LostOrder, PositionDrift
from tradewire.oms.reconcile import LookUp as NeedsLookUp


class Decision(Struct, frozen=True):
    """What one event led to."""

    facts: tuple[f.AccountFact, ...]
    commands: tuple[Command, ...]


def decide(
    state: AccountState,
    event: f.Event,
    around: Surroundings,
    seq: int,
    *,
    signal: Signal | None = None,
    recalled: f.Recalled | None = None,
) -> Decision:
    """Decide one event and fold what was decided into `state`.

    `seq` is the journal row that the record will become. `signal` comes with a `SignalArrived`, whose record leaves it
    to the inbox's; `recalled` with a word about an order that is not at hand any more.
    """
    step = Step(state, around, seq)
    if recalled is not None:
        step.say(recalled)
    match event:
        case f.SignalArrived():
            step.acting = event.signal_id
            if signal is not None:
                entries.on_signal(step, event, signal)
        case f.VenueSaid():
            for said in (event.event, *event.then):
                answers.on_venue(step, said)
        case f.PriceCrossed():
            exiting.on_quote(step, event)
        case f.SubmitEnded():
            answers.on_submit_ended(step, event)
        case f.LookedUp():
            answers.on_looked_up(step, event)
        case f.LookupFailed():
            answers.on_lookup_failed(step, event)
        case f.TimerRang(what):
            on_timer(step, what)
        case f.BecameReady():
            entries.release_waiting(step)
            exiting.on_ready(step)
        case _:
            pass
    return Decision(tuple(step.facts), tuple(step.commands))


def on_timer(step: Step, what: str) -> None:
    """Do what a `Ring` asked to be reminded of, or what is due every so often."""
    if what == peaks.LOOK:
        peaks.on_look(step)
        return
    verb, about, reason = what.split(":", 2)
    if verb == "close":
        exiting.on_retry(step, about, reason)
    elif verb == "late":
        deadlines.on_deadline(step, about)
    elif verb == "cancel":
        exiting.withdraw_again(step, about)


def on_findings(
    state: AccountState,
    findings: tuple[Finding, ...],
    snapshot: Snapshot,
    around: Surroundings,
    seq: int,
    *,
    confirmed: frozenset[str] = frozenset(),
) -> Decision:
    """Act on a reconciliation: look up what is unclear, show what is foreign, tell a person what is neither."""
    step = Step(state, around, seq)
    seen = dict(state.foreign)
    for finding in findings:
        match finding:
            case NeedsLookUp(cid):
                order = state.order(cid)
                since = order.request.submitted_at if order is not None else 0
                if order is not None and cid in state.orders:
                    seen.pop(order.request.symbol, None)  # No position is judged where an order is in doubt.
                step.ask(LookUp(cid, since, around.now, always=True))
            case PositionDrift(symbol, _, _):
                foreign = finding.foreign
                if finding.missing:
                    if symbol in confirmed:
                        vanish(step, finding, frozenset(p.ref for p in snapshot.positions if p.ref is not None))
                    foreign = finding.beyond
                if seen.pop(symbol, ZERO) != foreign:
                    see_foreign(step, symbol, foreign)
            case LostOrder(order=shown):
                step.alert(
                    "warning",
                    f"{state.account.venue} holds order {shown.client_order_id}, which this hub does not know",
                    "It has our prefix: a restored backup or a second hub may have placed it. It is left alone.",
                )
            case ForeignOrder():
                pass
    for symbol in seen:
        see_foreign(step, symbol, ZERO)
    for shown in snapshot.open_orders:
        exiting.withdraw_again(step, shown.client_order_id)
    return Decision(tuple(step.facts), tuple(step.commands))


def see_foreign(step: Step, symbol: str, quantity: Decimal) -> None:
    """Note a position that was opened elsewhere, and tell of it; one of ZERO is gone."""
    step.say(f.ForeignSeen(symbol=symbol, quantity=quantity))
    if quantity:
        step.alert(
            "warning",
            f"{step.state.account.venue} holds {plain(quantity)} {symbol} that the hub did not open",
            f"It is left alone, with no stop of the hub's; `adopt {symbol.lower()}` makes it a trade.",
        )


def vanish(step: Step, drift: PositionDrift, refs: frozenset[str]) -> None:
    """Close in our books what the venue has shown, twice, to be gone: first the trades whose position it lacks."""
    state, around = step.state, step.around
    left = drift.missing
    side = Side.BUY if drift.ours > 0 else Side.SELL
    trades = [trade for trade in state.trades.values() if trade.symbol == drift.symbol and trade.side is side]
    for trade in sorted(trades, key=lambda trade: trade.entry in refs):
        taken = min(left, trade.open_quantity)
        if taken <= 0:
            break
        left -= taken
        quote, instrument = around.quote(trade.symbol), around.instrument(trade.symbol)
        price = trade.entry_price if quote is None else quote.bid if side is Side.BUY else quote.ask
        rate = (around.rate(instrument.quote, state.account.currency) if instrument else None) or ONE
        step.say(f.TradeVanished(trade_id=trade.id, quantity=taken, price=price, rate=rate, ts=around.now))
        exiting.gone(step, trade.id, "closed_at_venue")
        exiting.on_retry(step, trade.id, trade.exit_reason or "closed")
        step.alert(
            "warning",
            f"{trade.symbol} trade {trade.id} was closed at {state.account.venue}",
            "The venue shows less than the hub's trades add up to: closed by hand, or liquidated. The books follow it.",
        )
    entries.release_waiting(step)
