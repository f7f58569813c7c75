"""Compares what was acknowledged, what the trader's books say, and what the exchange's own ledger proves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from decimal import Decimal

import msgspec

from chaos.books import IN_DOUBT, Booked, Books
from chaos.exchange.ledger import Line
from chaos.sender import Alert

ZERO = Decimal(0)


class Findings(msgspec.Struct, kw_only=True):
    """What the comparison found. Everything in `FAULTS` must be empty for a trader that keeps its promise.

    `lost`: acknowledged, and neither ordered nor ended in words, or said to be at the exchange and is not.
    `doubled`: taken more than once. `ghosts`: executed, and the books deny it, know less of it, or never heard of it.
    `unsettled`: still in doubt after all was quiet. `drifted`: positions that differ.
    `parked`: in doubt for ever, and known to be, at an exchange that keeps no client ids.
    """

    lost: list[str] = []
    doubled: list[str] = []
    ghosts: list[str] = []
    unsettled: list[str] = []
    drifted: list[str] = []
    implausible: list[str] = []
    parked: int = 0
    ended: dict[str, int] = {}
    taken: int = 0
    executed: int = 0

    @property
    def faults(self) -> dict[str, list[str]]:
        """Return what must not be, by name."""
        named = {name: getattr(self, name) for name in FAULTS}
        return {name: found for name, found in named.items() if found}


FAULTS = ("lost", "doubled", "ghosts", "unsettled", "drifted", "implausible")
LEAST_TAKEN = 0.5
"""Share of the entries that the exchange must have taken: a harness that compares two empty lists proves nothing."""


def audit(
    sent: Sequence[Alert],
    acknowledged: Mapping[str, Set[str]],
    books: Books,
    ledger: Sequence[Line],
    *,
    may_park: bool = False,
) -> Findings:
    """Compare all three. `may_park`: the exchange keeps no client ids, so doubt may stay, but must be admitted."""
    findings = Findings(lost=[], doubled=[], ghosts=[], unsettled=[], drifted=[], implausible=[], ended={})
    taken: dict[str, int] = {}
    executed: dict[str, Decimal] = {}
    net: dict[str, Decimal] = {}
    seen: set[str] = set()
    for line in ledger:
        if line.what == "accepted":
            taken[line.tag] = taken.get(line.tag, 0) + 1
        elif line.what == "executed":
            if line.execution in seen:
                findings.implausible.append(f"the ledger has execution {line.execution} twice")
            seen.add(line.execution)
            executed[line.tag] = executed.get(line.tag, ZERO) + Decimal(line.quantity)
            net[line.symbol] = net.get(line.symbol, ZERO) + Decimal(line.quantity)
    findings.taken, findings.executed = len(taken), len(executed)

    _signals(findings, sent, acknowledged, books)
    for tag, times in taken.items():
        if times > 1:
            findings.doubled.append(f"{tag} was taken {times} times")
    for tag, booked in books.orders.items():
        _order(findings, booked, taken.get(tag, 0), executed.get(tag, ZERO), may_park=may_park)
    findings.ghosts += [f"{tag} was executed and is not in the books" for tag in executed if tag not in books.orders]
    if not may_park:
        for symbol in sorted({*net, *books.positions}):
            ours, theirs = books.positions.get(symbol, ZERO), net.get(symbol, ZERO)
            if ours != theirs:
                findings.drifted.append(f"{symbol}: the books say {ours}, the ledger {theirs}")
    entries = sum(alert.entry for alert in sent)
    if findings.taken < LEAST_TAKEN * entries:
        findings.implausible.append(f"the exchange took {findings.taken} orders for {entries} entries")
    return findings


def _signals(findings: Findings, sent: Sequence[Alert], acknowledged: Mapping[str, Set[str]], books: Books) -> None:
    for alert in sent:
        messages = acknowledged.get(alert.id, frozenset())
        handled = books.signals.get(alert.id)
        if not messages:
            findings.implausible.append(f"{alert.id} was never acknowledged")
        elif handled is None:
            findings.lost.append(f"{alert.id} was acknowledged and is not in the books")
        elif len(messages) > 1 or len(handled.entries) > 1:
            findings.doubled.append(f"{alert.id} became messages {sorted(messages)}, orders {handled.entries}")
        elif handled.ended is not None:
            findings.ended[handled.ended] = findings.ended.get(handled.ended, 0) + 1
        elif not handled.entries:
            findings.lost.append(f"{alert.id} ({alert.text}) has neither an order nor an end")


def _order(findings: Findings, booked: Booked, taken: int, executed: Decimal, *, may_park: bool) -> None:
    tag, status = booked.tag, booked.status
    open_ = status in IN_DOUBT or status in ("working", "partially_filled")
    if may_park and open_:
        findings.parked += 1
        return
    if status in IN_DOUBT:
        findings.unsettled.append(f"{tag} is {status}")
    elif abs(booked.filled) < abs(executed):
        findings.ghosts.append(f"{tag} ({status}) has {booked.filled} in the books, the ledger {executed}")
    elif booked.filled != executed:
        findings.lost.append(f"{tag} ({status}) has {booked.filled} in the books, the ledger {executed}")
    elif not taken and status != "rejected" and not (status == "cancelled" and booked.withdrawable):
        findings.lost.append(f"{tag} is {status} in the books and was never taken")
