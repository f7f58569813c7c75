"""The words of JSON bodies: every key and action that is understood, each with its usual spellings."""

from __future__ import annotations

from types import MappingProxyType

KEYS = MappingProxyType(
    {
        "action": "action signal order_action",
        "side": "side direction",
        "symbol": "symbol ticker pair instrument",
        "trade": "trade trade_id position_id",
        "order": "order_id ref",
        "type": "type order_type ordertype",
        "size": "size",
        "units": "qty quantity units contracts shares",
        "lots": "lots lot",
        "quote": "quote quote_amount notional cost",
        "percent": "percent equity_percent",
        "risk": "risk risk_percent",
        "close_percent": "close_percent close_pct",
        "price": "price",
        "limit": "limit lim limit_price",
        "trigger": "trigger trigger_price stop_price",
        "stop": "stop",
        "stop_loss": "sl stop_loss stoploss",
        "targets": "tp tps take_profit take_profits takeprofit targets",
        "trailing": "tsl trail trailing trailing_stop",
        "breakeven": "be breakeven break_even",
        "leverage": "lev leverage",
        "tif": "tif time_in_force",
        "time_limit": "time_limit",
        "session_end": "session_end eod",
        "post_only": "post_only post",
        "accounts": "e account accounts exchange exchanges venue venues destinations",
        "tag": "tag",
        "inert": "id time timenow timestamp bar_time timeframe interval comment note",
    }
)
"""What a key means, and its spellings. `inert` ones change no order: they are kept with the message."""

KEY_OF = MappingProxyType({spelling: key for key, spellings in KEYS.items() for spelling in spellings.split()})

ACTIONS = MappingProxyType(
    {
        "buy": "buy long",
        "sell": "sell short",
        "open": "open entry enter",
        "close": "close exit flat partial_close",
        "close_long": "close_long closelong exit_long",
        "close_short": "close_short closeshort exit_short",
        "cancel": "cancel",
        "move": "move replace amend",
        "modify": "modify adjust update move_stop",
        "breakeven": "breakeven be",
        "adopt": "adopt",
        "flatten": "flatten",
        "halt": "halt",
        "resume": "resume",
    }
)
ACTION_OF = MappingProxyType(
    {spelling: action for action, spellings in ACTIONS.items() for spelling in spellings.split()}
)

ORDER_TYPES = MappingProxyType(
    {"market": "market", "limit": "limit", "stop": "stop", "stop_limit": "stop_limit", "stoplimit": "stop_limit"}
)

_EXITS = frozenset({"stop_loss", "targets", "trailing", "breakeven"})
_SIZES = frozenset({"size", "units", "lots", "quote"})
_PRICES = frozenset({"type", "price", "limit", "trigger", "stop"})
_EVERYWHERE = frozenset({"action", "side", "symbol", "accounts", "inert"})

ALLOWED = MappingProxyType(
    {
        "open": _EVERYWHERE
        | _EXITS
        | _SIZES
        | _PRICES
        | {"percent", "risk", "leverage", "tif", "time_limit", "session_end", "post_only", "tag"},
        "close": _EVERYWHERE | _SIZES | {"trade", "tag", "percent", "close_percent", "price", "type"},
        "cancel": frozenset({"action", "symbol", "accounts", "inert", "order", "trade", "tag"}),
        "move": frozenset({"action", "symbol", "accounts", "inert", "order", "trade", "tag"})
        | _SIZES
        | {"limit", "trigger"},
        "modify": frozenset({"action", "symbol", "accounts", "inert", "trade"}) | _EXITS,
        "breakeven": frozenset({"action", "symbol", "accounts", "inert", "trade"}),
        "adopt": frozenset({"action", "symbol", "accounts", "inert", "time_limit", "session_end"}) | _EXITS,
        "control": frozenset({"action", "accounts", "inert"}),
    }
)
"""Which keys an instruction of each kind may have: one that would be ignored is a mistake, not a detail."""
