"""Prices too far from the market, or from the entry, to be meant."""

from __future__ import annotations

from decimal import Decimal

from tradewire.domain.numbers import HUNDRED
from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Code, Refusal
from tradewire.domain.signal import OrderType
from tradewire.risk.profile import RiskProfile
from tradewire.risk.view import RiskView
from tradewire.risk.words import figure


def active(profile: RiskProfile) -> bool:
    limits = (profile.max_entry_distance, profile.max_stop_distance, profile.max_target_distance)
    return any(limit is not None for limit in limits)


def check(plan: Plan, view: RiskView, profile: RiskProfile) -> Refusal | None:
    entry = plan.reference_price
    if plan.order_type is not OrderType.MARKET and view.quote is not None:
        market = view.quote.mid
        for price in (plan.limit_price, plan.stop_price):
            refusal = _refuse("entry", price, market, profile.max_entry_distance)
            if refusal is not None:
                return refusal
    refusal = _refuse("stop", plan.stop, entry, profile.max_stop_distance)
    if refusal is not None:
        return refusal
    for target in plan.targets:
        refusal = _refuse("target", target, entry, profile.max_target_distance)
        if refusal is not None:
            return refusal
    return None


def _refuse(name: str, price: Decimal | None, base: Decimal, limit: Decimal | None) -> Refusal | None:
    if price is None or limit is None:
        return None
    distance = abs(price - base)
    if distance * HUNDRED <= limit * base:
        return None
    return Refusal(
        Code.PRICE_TOO_FAR,
        f"The {name} {figure(price)} is {figure(distance * HUNDRED / base)} % away from {figure(base)}; "
        f"at most {figure(limit)} % is allowed.",
    )
