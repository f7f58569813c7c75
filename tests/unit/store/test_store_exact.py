"""Decimals come back to the last digit from both databases, whatever is written."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_samples import position

from tradewire.store import Store

decimals = st.decimals(allow_nan=False, allow_infinity=False) | st.builds(
    lambda digits, exponent, sign: Decimal((sign, tuple(digits), exponent)),
    st.lists(st.integers(0, 9), min_size=1, max_size=60),
    st.integers(-80, 80),
    st.integers(0, 1),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.lists(decimals, min_size=1, max_size=20))
def test_every_decimal_round_trips_exactly(store: Store, values: list[Decimal]) -> None:
    with store.transaction() as group:
        group.upsert("positions", [position(str(n), value) for n, value in enumerate(values)])
    found = {item["symbol"]: item["quantity"] for item in store.queries.positions()}
    assert all(isinstance(value, Decimal) for value in found.values())
    assert [found[str(n)] for n in range(len(values))] == values


def test_a_decimal_that_a_float_would_bend_stays_straight(store: Store) -> None:
    value = Decimal("0.100000000000000001")
    with store.transaction() as group:
        group.upsert("positions", [position("A", value)])
    assert str(store.queries.positions()[0]["quantity"]) == "0.100000000000000001"
