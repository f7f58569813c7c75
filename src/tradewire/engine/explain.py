"""Plans in plain words, for previews."""

from __future__ import annotations

from typing import Any

from tradewire.domain.numbers import plain
from tradewire.domain.plan import Plan


def orders_of(plan: Plan) -> tuple[dict[str, Any], ...]:
    """Return the orders that a plan would place, the entry first; money as text."""
    price = plan.limit_price or plan.stop_price or plan.reference_price
    about = "" if plan.limit_price or plan.stop_price else "about "
    entry = {
        "leg": "entry",
        "side": plan.side.value,
        "type": plan.order_type.value,
        "symbol": plan.symbol,
        "quantity": plain(plan.quantity),
        "price": plain(price),
        "value": plain(plan.value),
        "text": f"{plan.side} {plain(plan.quantity)} {plan.symbol} {plan.order_type} at {about}{plain(price)}",
    }
    exits = []
    closing = plan.side.opposite.value
    if plan.stop is not None:
        trailing = " (trailing)" if plan.exits.trailing is not None else ""
        text = f"{closing} all at stop {plain(plan.stop)}{trailing}"
        exits.append({"leg": "stop", "side": closing, "price": plain(plan.stop), "text": text})
    exits += [
        {"leg": "target", "side": closing, "price": plain(target), "text": f"{closing} at target {plain(target)}"}
        for target in plan.targets
    ]
    return (entry, *exits)
