"""An exchange's markets as instruments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from tradewire.domain.instrument import AssetClass, Instrument
from tradewire.domain.numbers import ONE, ZERO
from tradewire.domain.symbols import canonical
from tradewire.feeds.ccxt.config import Market

_FINEST: Final = Decimal("1e-8")
"""What is taken where an exchange does not tell its steps."""


def listed(
    markets: Iterable[Mapping[str, Any]], market: Market, precision_mode: int
) -> dict[str, tuple[str, Instrument]]:
    """Return ccxt's name and the instrument of each market that trades, by our symbol.

    `precision_mode` is ccxt's: how the exchange tells its steps. Quantities are in base units, so the steps of a
    perpetual that counts contracts are multiplied by their size.
    """
    found: dict[str, tuple[str, Instrument]] = {}
    for one in markets:
        wanted = one.get("spot") if market is Market.SPOT else one.get("swap") and one.get("linear")
        symbol = canonical(one["symbol"]) if wanted and one.get("active") is not False else None
        if symbol is not None and symbol not in found:
            found[symbol] = one["symbol"], _instrument(symbol, one, precision_mode)
    return found


def _instrument(symbol: str, market: Mapping[str, Any], precision_mode: int) -> Instrument:
    limits = market.get("limits") or {}
    contract = _decimal(market.get("contractSize")) or ONE
    tick = _step((market.get("precision") or {}).get("price"), precision_mode)
    step = _step((market.get("precision") or {}).get("amount"), precision_mode) * contract
    most = _decimal((limits.get("amount") or {}).get("max"))
    return Instrument(
        symbol=symbol,
        asset_class=AssetClass.CRYPTO,
        base=market["base"],
        quote=market["quote"],
        tick_size=tick,
        qty_step=step,
        min_qty=max((_decimal((limits.get("amount") or {}).get("min")) or ZERO) * contract, step),
        max_qty=most * contract if most else None,
        min_notional=_decimal((limits.get("cost") or {}).get("min")) or ZERO,
        pip_size=tick,
    )


def _step(told: Any, precision_mode: int) -> Decimal:
    """Return a step: told as itself, or as a number of decimal places; significant digits tell none."""
    from ccxt import DECIMAL_PLACES, TICK_SIZE

    value = _decimal(told)
    if precision_mode == TICK_SIZE and value is not None and value > 0:
        return value
    if precision_mode == DECIMAL_PLACES and value is not None:
        return Decimal(1).scaleb(-int(value))
    return _FINEST


def _decimal(told: Any) -> Decimal | None:
    return None if told is None else Decimal(str(told))
