"""From a signal to the exact order that it would be on one account, with its exits and what it costs."""

from __future__ import annotations

from decimal import Decimal

from tradewire.domain.account import Account
from tradewire.domain.instrument import Instrument, Quote
from tradewire.domain.numbers import ONE, ZERO, Rounding, to_step
from tradewire.domain.plan import Plan, Refused
from tradewire.domain.policy import AS_PROFILED, Overrides
from tradewire.domain.refusal import Code
from tradewire.domain.signal import ExitSpec, Open, OrderType, Side, TimeInForce
from tradewire.risk import plugin
from tradewire.risk.levels import resolved, with_defaults
from tradewire.risk.profile import RiskProfile
from tradewire.risk.sizing import Basis, quantity
from tradewire.risk.unplannable import Unplannable
from tradewire.risk.view import RiskView
from tradewire.risk.words import figure


def plan(
    signal: Open,
    signal_id: str,
    account: Account,
    view: RiskView,
    profile: RiskProfile,
    route: Overrides = AS_PROFILED,
) -> Plan | Refused:
    """Return the plan, or why there can be none. Limits are not judged here; `gate.check` does that."""
    try:
        return _plan(signal, signal_id, account, view, profile, route)
    except Unplannable as reason:
        return Refused(reason.refusal)


def _plan(
    signal: Open, signal_id: str, account: Account, view: RiskView, profile: RiskProfile, route: Overrides
) -> Plan:
    instrument, quote = view.instrument, view.quote
    if signal.exits.session_end and instrument.session is None:
        raise Unplannable(Code.BAD_EXITS, endless(instrument))
    if quote is None:
        raise Unplannable(Code.NO_QUOTE, f"There is no price of {signal.symbol} yet.")
    limit_price, stop_price = pending_prices(signal, instrument)
    reference = limit_price or stop_price or (quote.ask if signal.side is Side.BUY else quote.bid)
    exits = _exits(signal, instrument, quote, reference, view, profile, route)
    levels = resolved(exits, signal.side, reference, view)
    stop = levels.initial_stop
    wanted_leverage = signal.leverage or profile.leverage
    leverage = wanted_leverage or view.leverage
    unit_value = instrument.multiplier * _rate(instrument.quote, view)
    basis = Basis(
        instrument=instrument,
        currency=view.currency,
        price=reference,
        stop=stop,
        atr=view.atr,
        equity=view.equity,
        free_margin=view.free_margin,
        leverage=leverage,
        unit_value=unit_value,
    )
    units = quantity(signal.size, route.sizing or profile.sizing, route.multiplier, basis)
    value = units * reference * unit_value
    return Plan(
        signal_id=signal_id,
        account=account.id,
        symbol=instrument.symbol,
        underlying=instrument.underlying,
        side=signal.side,
        order_type=signal.order_type,
        quantity=units,
        limit_price=limit_price,
        stop_price=stop_price,
        tif=signal.tif or TimeInForce.GTC,
        expire_s=signal.expire_s,
        post_only=signal.post_only,
        leverage=wanted_leverage,
        reference_price=reference,
        exits=exits,
        stop=stop,
        targets=tuple(target.price for target in levels.targets),
        shares=tuple(target.fraction for target in levels.targets),
        notional=units * reference * instrument.multiplier,
        value=value,
        margin=value / leverage,
        risk=None if stop is None else units * abs(reference - stop) * unit_value,
        tag=signal.tag,
    )


def endless(instrument: Instrument) -> str:
    """Say that no session's end will close a trade of an instrument."""
    return f"{instrument.symbol} trades around the clock: there is no end of a session to close at. Use a time limit."


def pending_prices(signal: Open, instrument: Instrument) -> tuple[Decimal | None, Decimal | None]:
    """Put the prices of a pending order on the tick: a limit never worse than asked, a trigger never earlier."""
    kind, buys = signal.order_type, signal.side is Side.BUY
    limit_price = stop_price = None
    if kind in (OrderType.LIMIT, OrderType.STOP_LIMIT):
        limit_price = _on_tick(signal.limit_price, "limit price", instrument, Rounding.DOWN if buys else Rounding.UP)
    if kind in (OrderType.STOP, OrderType.STOP_LIMIT):
        stop_price = _on_tick(signal.stop_price, "stop price", instrument, Rounding.UP if buys else Rounding.DOWN)
    return limit_price, stop_price


def _on_tick(price: Decimal | None, name: str, instrument: Instrument, rounding: Rounding) -> Decimal:
    if price is None:
        raise Unplannable(Code.UNSUPPORTED_ORDER, f"The order has no {name}.")
    rounded = to_step(price, instrument.tick_size, rounding)
    if rounded <= ZERO:
        raise Unplannable(Code.PRICE_TOO_FAR, f"The {name} {figure(price)} is not a price.")
    return rounded


def _exits(
    signal: Open,
    instrument: Instrument,
    quote: Quote,
    entry: Decimal,
    view: RiskView,
    profile: RiskProfile,
    route: Overrides,
) -> ExitSpec:
    defaults = route.exits or profile.exits
    if defaults.plugin is None:
        return with_defaults(signal.exits, defaults)
    request = plugin.ExitRequest(signal=signal, instrument=instrument, quote=quote, entry=entry, atr=view.atr)
    return with_defaults(signal.exits, defaults, plugin.ask(defaults.plugin, request))


def _rate(quote_currency: str, view: RiskView) -> Decimal:
    if quote_currency == view.currency:
        return ONE
    rate = view.convert(ONE, quote_currency, view.currency)
    if rate is None:
        raise Unplannable(
            Code.NO_CONVERSION,
            f"No price says what a {quote_currency} is worth in {view.currency}, the account's currency.",
        )
    return rate
