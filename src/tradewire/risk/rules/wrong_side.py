"""Stops, targets and stop entries that lie on the wrong side of the price, where they would trigger at once."""

from __future__ import annotations

from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Code, Refusal
from tradewire.domain.signal import OrderType, Side
from tradewire.risk.profile import RiskProfile
from tradewire.risk.view import RiskView
from tradewire.risk.words import figure


def active(profile: RiskProfile) -> bool:
    """Hold always: such an order can only be a mistake."""
    return True


def check(plan: Plan, view: RiskView, profile: RiskProfile) -> Refusal | None:
    quote, reference = view.quote, plan.reference_price
    if quote is None:
        return None
    long = plan.side is Side.BUY
    way_out = reference
    if plan.order_type is OrderType.MARKET:
        way_out = quote.bid if long else quote.ask
    stop = plan.stop
    if stop is not None and (stop >= way_out if long else stop <= way_out):
        return Refusal(
            Code.WRONG_SIDE_STOP,
            f"The stop {figure(stop)} of a {plan.side} must be {'below' if long else 'above'} {figure(way_out)}.",
        )
    for target in plan.targets:
        if target <= reference if long else target >= reference:
            return Refusal(
                Code.WRONG_SIDE_TARGET,
                f"The target {figure(target)} of a {plan.side} must be {'above' if long else 'below'} "
                f"{figure(reference)}.",
            )
    trigger = plan.stop_price
    if trigger is not None and (trigger <= quote.ask if long else trigger >= quote.bid):
        return Refusal(
            Code.WRONG_SIDE_ENTRY,
            f"A {plan.side} stop order at {figure(trigger)} must be {'above' if long else 'below'} the price "
            f"{figure(quote.ask if long else quote.bid)}; it would trigger at once.",
        )
    return None
