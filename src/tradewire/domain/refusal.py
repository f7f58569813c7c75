"""Why something was not done: every refusal has a code, a sentence and a page in the docs."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Code(StrEnum):
    """Refusal codes; `docs/refusals.md` has a section for each, held by a test."""

    UNCLEAR = "unclear"
    NOT_A_SIGNAL = "not_a_signal"
    NO_ROUTE = "no_route"
    UNKNOWN_ACCOUNT = "unknown_account"
    UNKNOWN_SYMBOL = "unknown_symbol"
    SYMBOL_NOT_ALLOWED = "symbol_not_allowed"
    HALTED = "halted"
    NOT_READY = "not_ready"
    NO_QUOTE = "no_quote"
    STALE_QUOTE = "stale_quote"
    STALE_SIGNAL = "stale_signal"
    CLOCK_SKEW = "clock_skew"
    DUPLICATE = "duplicate"
    OUTSIDE_HOURS = "outside_hours"
    REGIME = "regime"
    NEWS_BLACKOUT = "news_blackout"
    WRONG_SIDE_STOP = "wrong_side_stop"
    WRONG_SIDE_TARGET = "wrong_side_target"
    WRONG_SIDE_ENTRY = "wrong_side_entry"
    PRICE_TOO_FAR = "price_too_far"
    DECIMAL_SLIP = "decimal_slip"
    SPREAD_TOO_WIDE = "spread_too_wide"
    BAD_EXITS = "bad_exits"
    NO_STOP = "no_stop"
    NO_SIZE = "no_size"
    NO_ATR = "no_atr"
    NO_CONVERSION = "no_conversion"
    BELOW_MINIMUM = "below_minimum"
    ABOVE_MAXIMUM = "above_maximum"
    UNSUPPORTED_ORDER = "unsupported_order"
    MAX_OPEN_TRADES = "max_open_trades"
    MAX_PER_SYMBOL = "max_per_symbol"
    MAX_PER_UNDERLYING = "max_per_underlying"
    MAX_EXPOSURE = "max_exposure"
    MAX_LEVERAGE = "max_leverage"
    MAX_ORDER_VALUE = "max_order_value"
    MAX_RISK = "max_risk"
    ORDER_RATE = "order_rate"
    TRADES_PER_DAY = "trades_per_day"
    DAILY_LOSS = "daily_loss"
    DRAWDOWN = "drawdown"
    COOL_DOWN = "cool_down"
    ONE_DIRECTION = "one_direction"
    OPPOSITE_IGNORED = "opposite_ignored"
    SUPERSEDED = "superseded"
    INSUFFICIENT_MARGIN = "insufficient_margin"
    NOTHING_TO_CLOSE = "nothing_to_close"
    NOTHING_TO_CANCEL = "nothing_to_cancel"
    NOTHING_TO_MOVE = "nothing_to_move"
    NOTHING_TO_ADJUST = "nothing_to_adjust"
    NOTHING_TO_ADOPT = "nothing_to_adopt"
    STOP_LOOSENED = "stop_loosened"
    PLUGIN_FAILED = "plugin_failed"
    FORBIDDEN = "forbidden"


class Refusal(Struct, frozen=True):
    """A refusal with its reason: `code` for machines, `sentence` (with the figures that decided) for people."""

    code: Code
    sentence: str
