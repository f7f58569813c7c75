"""How many trades may be open at once: in all, in one symbol, and in one underlying over all accounts."""

from __future__ import annotations

from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Code, Refusal
from tradewire.risk.profile import RiskProfile
from tradewire.risk.view import RiskView
from tradewire.risk.words import counted


def active(profile: RiskProfile) -> bool:
    limits = (profile.max_open_trades, profile.max_per_symbol, profile.max_per_underlying)
    return any(limit is not None for limit in limits)


def open_trades(number: int) -> str:
    return counted(number, "trade is", "trades are")


def check(plan: Plan, view: RiskView, profile: RiskProfile) -> Refusal | None:
    limit = profile.max_open_trades
    if limit is not None and view.open_trades >= limit:
        return Refusal(Code.MAX_OPEN_TRADES, f"{open_trades(view.open_trades)} open or pending; the limit is {limit}.")
    limit = profile.max_per_symbol
    if limit is not None and (held := view.open_in(plan.symbol)) >= limit:
        return Refusal(
            Code.MAX_PER_SYMBOL, f"{open_trades(held)} open or pending in {plan.symbol}; the limit is {limit} a symbol."
        )
    limit = profile.max_per_underlying
    if limit is not None and (held := view.open_anywhere(plan.underlying)) >= limit:
        return Refusal(
            Code.MAX_PER_UNDERLYING,
            f"{open_trades(held)} open or pending in {plan.underlying} over all accounts; the limit is {limit}.",
        )
    return None
