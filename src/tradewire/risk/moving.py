"""The gate for a resting entry that is to have other prices or another size: judged anew, but no further entry."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from tradewire.domain.numbers import ZERO
from tradewire.domain.order import Order, OrderTerms
from tradewire.domain.plan import Approved, Plan, Refused, Verdict, revised
from tradewire.domain.refusal import Code, Refusal
from tradewire.domain.signal import Move, Open
from tradewire.risk.closing import asked_quantity
from tradewire.risk.gate import check_move
from tradewire.risk.levels import resolved
from tradewire.risk.planner import pending_prices
from tradewire.risk.profile import RiskProfile
from tradewire.risk.sizing import Basis, tradable
from tradewire.risk.unplannable import Unplannable
from tradewire.risk.view import RiskView


def moved(signal: Move, order: Order, plan: Plan, view: RiskView, profile: RiskProfile) -> Verdict:
    """Return the order's plan as it would be, if it may. `view` shows the account as if the order were not there."""
    try:
        return check_move(_moved(signal, order, plan, view), view, profile)
    except Unplannable as reason:
        return Refused(reason.refusal)


def _moved(signal: Move, order: Order, plan: Plan, view: RiskView) -> Plan:
    request, instrument = order.request, view.instrument
    for name, asked, now in (
        ("limit price", signal.limit_price, request.limit_price),
        ("stop price", signal.stop_price, request.stop_price),
    ):
        if asked is not None and now is None:
            raise Unplannable(Code.UNSUPPORTED_ORDER, f"A {request.type} order has no {name} to change.")
    wanted = Open(
        symbol=request.symbol,
        side=request.side,
        order_type=request.type,
        limit_price=signal.limit_price or request.limit_price,
        stop_price=signal.stop_price or request.stop_price,
    )
    limit_price, stop_price = pending_prices(wanted, instrument)
    rate = view.convert(Decimal(1), instrument.quote, view.currency)
    if rate is None:
        raise Unplannable(Code.NO_CONVERSION, f"No price says what a {instrument.quote} is worth in {view.currency}.")
    basis = Basis(
        instrument=instrument,
        currency=view.currency,
        price=limit_price or stop_price or plan.reference_price,
        stop=None,
        atr=view.atr,
        equity=view.equity,
        free_margin=view.free_margin,
        leverage=plan.leverage or view.leverage,
        unit_value=instrument.multiplier * rate,
    )
    units = asked_quantity(None, signal.size, ZERO, request.symbol, instrument, basis.price, rate)
    if isinstance(units, Refusal):
        raise Unplannable(units.code, units.sentence)
    quantity = request.quantity if units is None else tradable(units, basis)
    new = revised(plan, OrderTerms(quantity=quantity, limit_price=limit_price, stop_price=stop_price))
    levels = resolved(plan.exits, plan.side, new.reference_price, view)
    stop = levels.initial_stop
    return replace(
        new,
        stop=stop,
        targets=tuple(target.price for target in levels.targets),
        shares=tuple(target.fraction for target in levels.targets),
        risk=None if stop is None else quantity * abs(new.reference_price - stop) * basis.unit_value,
    )


def terms_of(verdict: Approved) -> OrderTerms:
    """Return what the venue is asked for."""
    plan = verdict.plan
    return OrderTerms(quantity=plan.quantity, limit_price=plan.limit_price, stop_price=plan.stop_price)
