"""The symbols and the direction that an account trades at all."""

from __future__ import annotations

from fnmatch import fnmatchcase

from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Code, Refusal
from tradewire.domain.signal import Open, Side
from tradewire.risk.profile import RiskProfile
from tradewire.risk.view import RiskView


def active(profile: RiskProfile) -> bool:
    return bool(profile.symbols or profile.symbols_denied or profile.direction != "both")


def check(entry: Plan | Open, view: RiskView, profile: RiskProfile) -> Refusal | None:
    symbol = entry.symbol
    if profile.symbols and not _listed(symbol, profile.symbols):
        allowed = ", ".join(profile.symbols)
        return Refusal(Code.SYMBOL_NOT_ALLOWED, f"{symbol} is not among the symbols of this account ({allowed}).")
    if _listed(symbol, profile.symbols_denied):
        return Refusal(Code.SYMBOL_NOT_ALLOWED, f"{symbol} is among the symbols that this account never trades.")
    if profile.direction != "both" and (profile.direction == "long") != (entry.side is Side.BUY):
        return Refusal(Code.ONE_DIRECTION, f"This account takes {profile.direction} entries only, not a {entry.side}.")
    return None


def _listed(symbol: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(symbol, pattern.upper()) for pattern in patterns)
