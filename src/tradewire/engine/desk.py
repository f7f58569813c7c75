"""A desk: one account's only writer. One event goes in, facts and commands come out."""

from __future__ import annotations

from msgspec import Struct

from tradewire.domain.numbers import ZERO
from tradewire.domain.signal import Signal
from tradewire.engine import answers, entries, exiting
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
            if signal is not None:
                entries.on_signal(step, event, signal)
        case f.VenueSaid():
            answers.on_venue(step, event)
        case f.QuoteBroke():
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
    """Do what a `Ring` asked to be reminded of."""
    verb, trade_id, reason = what.split(":", 2)
    if verb == "close":
        exiting.on_retry(step, trade_id, reason)


def on_findings(state: AccountState, findings: tuple[Finding, ...], around: Surroundings, seq: int) -> Decision:
    """Act on a reconciliation: look up what is unclear, show what is foreign, tell a person what is neither."""
    step = Step(state, around, seq)
    seen = dict(state.foreign)
    for finding in findings:
        match finding:
            case NeedsLookUp(cid):
                order = state.order(cid)
                since = order.request.submitted_at if order is not None else 0
                step.ask(LookUp(cid, since, around.now, always=True))
            case PositionDrift(symbol, _, _):
                if seen.pop(symbol, None) != finding.foreign:
                    step.say(f.ForeignSeen(symbol=symbol, quantity=finding.foreign))
            case LostOrder(order=shown):
                step.alert(
                    "warning",
                    f"{state.account.venue} holds order {shown.client_order_id}, which this hub does not know",
                    "It has our prefix: a restored backup or a second hub may have placed it. It is left alone.",
                )
            case ForeignOrder():
                pass
    for symbol in seen:
        step.say(f.ForeignSeen(symbol=symbol, quantity=ZERO))
    return Decision(tuple(step.facts), tuple(step.commands))
