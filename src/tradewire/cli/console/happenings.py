"""Turns the hub's event stream into lines worth a glance; what moves every second is left to the dashboard."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct

from tradewire.domain.numbers import amount


class ServerEvent(Struct, frozen=True):
    """One server-sent event."""

    kind: str
    data: str
    id: str | None = None


def server_events(lines: Iterable[str]) -> Iterator[ServerEvent]:
    """Read server-sent events from the lines of a response."""
    fields: dict[str, list[str]] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(":")
            fields.setdefault(name, []).append(value.removeprefix(" "))
            continue
        if "data" in fields:
            kind = fields.get("event", ["message"])[-1]
            yield ServerEvent(kind, "\n".join(fields["data"]), fields["id"][-1] if "id" in fields else None)
        fields = {}


def _never(message_id: str) -> bool:
    return False


def happenings(event: ServerEvent, answered: Callable[[str], bool] = _never) -> Iterator[str]:
    """Yield a sentence for each fact of a journal row that a person at the keyboard wants to see.

    `answered` tells of a message whether its story was shown here; what is wrong with it is not said a second time.
    """
    try:
        record = json.loads(event.data)
    except ValueError:
        return
    facts = record.get("facts") if isinstance(record, dict) else None
    for fact in facts or ():
        sentence = _sentence(fact)
        if sentence is not None and not (_is_no(fact) and answered(fact.get("message_id", ""))):
            yield sentence


def _is_no(fact: Mapping[str, Any]) -> bool:
    """Tell whether a fact says of a whole message or signal why nothing comes of it."""
    return fact["type"] == "message_read" or (fact["type"] == "signal_routed" and bool(fact.get("refusal")))


def _sentence(fact: Mapping[str, Any]) -> str | None:
    match fact:
        case {"type": "signal_routed", "refusal": {"sentence": why, "code": code}, "text": text}:
            return f"✗ {text}: {why} [{code}]"
        case {"type": "signal_routed", "text": text, "accounts": accounts}:
            return f"» {text} → {', '.join(accounts)}"
        case {"type": "message_read", "status": "unclear", "reason": why}:
            return f"? not understood: {why}"
        case {"type": "plan_refused", "refusal": {"sentence": why, "code": code}}:
            return f"✗ refused: {why} [{code}]"
        case {"type": "trade_opened", "trade": trade}:
            what = f"{trade['side']} {trade['quantity']} {trade['symbol']} at {trade['entry_price']}"
            return f"● opened {what} ({trade['id']})"
        case {"type": "trade_closed", "trade_id": trade, "reason": why, "pnl": pnl}:
            return f"○ closed {trade} by {why}: {amount(Decimal(pnl))}"
        case {"type": "order_rejected", "client_order_id": order, "reason": why}:
            return f"✗ {order} rejected: {why}"
        case {"type": "order_lost", "client_order_id": order, "reason": why}:
            return f"! {order} is unknown ({why}); asking the venue"
        case {"type": "account_halted", "halted": halted}:
            return "■ halted" if halted else "▶ open for new trades"
        case {"type": "alerted", "title": title, "body": body}:
            return f"! {title}: {body}"
    return None
