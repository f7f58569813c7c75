"""A group writes whole rows, the last one counts, and what cannot be stored takes the whole group with it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum

import pytest
from store_samples import commit, fill, message, order, position

from tradewire.store import Fenced, RowRejected, Store


def test_an_upsert_replaces_the_row_with_its_key_and_no_other(store: Store) -> None:
    with store.transaction() as group:
        group.upsert("orders", [order("o1"), order("o2")])
    with store.transaction() as group:
        group.upsert(
            "orders", [order("o1", status="filled", filled=Decimal("0.00123"), average_price=Decimal("64000"))]
        )
    found = {item["client_order_id"]: item for item in store.queries.orders()}
    assert found["o1"] == order("o1", status="filled", filled=Decimal("0.00123"), average_price=Decimal(64000))
    assert found["o2"] == order("o2")


def test_the_last_row_of_a_key_in_a_group_counts(store: Store) -> None:
    with store.transaction() as group:
        group.upsert("positions", [position("BTCUSDT", Decimal(n)) for n in range(1, 1001)])
        group.upsert("positions", [position("ETHUSDT", Decimal(5)), position("BTCUSDT", Decimal(7))])
    assert [(item["symbol"], item["quantity"]) for item in store.queries.positions()] == [
        ("BTCUSDT", Decimal(7)),
        ("ETHUSDT", Decimal(5)),
    ]


def test_a_row_may_be_a_tuple_in_column_order(store: Store) -> None:
    with store.transaction() as group:
        group.upsert("orders", [tuple(order("o1").values())])
        group.insert("messages", [tuple(message("m1").values()), message("m2")])
    assert store.queries.orders() == [order("o1")]
    assert store.queries.known_messages(["m1", "m2", "m3"]) == {"m1", "m2"}


def test_ten_thousand_rows_are_one_group(store: Store) -> None:
    ids = [f"m{n}" for n in range(10_000)]
    with store.transaction() as group:
        group.insert("messages", [message(id) for id in ids])
        for id in ids:
            group.append("intake", "received", 1, id.encode())
    assert len(store.queries.known_messages([*ids, "m10000"])) == 10_000
    assert store.head("intake").seq == 10_000
    assert store.verify_chain() == []


def test_words_of_an_enum_are_stored_as_their_text(store: Store) -> None:
    class Side(StrEnum):
        BUY = "buy"

    with store.transaction() as group:
        group.upsert("orders", [order("o1", side=Side.BUY)])
    assert store.queries.orders()[0]["side"] == "buy"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"quantity": 0.1}, "orders.quantity: 0.1 is not a finite Decimal"),
        ({"quantity": Decimal("NaN")}, "not a finite Decimal"),
        ({"limit_price": Decimal("Infinity")}, "not a finite Decimal"),
        ({"colour": "red"}, "no such column: colour"),
        ({"symbol": None}, "cannot be stored"),
        ({"ts_created": 2**63}, "cannot be stored"),
        ({"reason": "lone \ud800 surrogate"}, "cannot be stored"),
    ],
)
def test_a_bad_row_takes_its_group_with_it_and_the_store_goes_on(
    store: Store, change: dict[str, object], sentence: str
) -> None:
    with pytest.raises(RowRejected, match=sentence):
        commit(store, "account:a", orders=[order("o1"), order("o2") | change])
    assert store.queries.orders() == []
    assert store.head("account:a").seq == 0
    with store.transaction() as group:
        group.append("account:a", "kept", 1, b"")
        group.upsert("orders", [order("o1")])
    assert store.verify_chain() == []
    assert store.queries.orders() == [order("o1")]


def test_a_row_without_all_columns_is_refused(store: Store) -> None:
    row = order("o1")
    del row["reason"]
    with pytest.raises(RowRejected, match="orders: the row has no reason"), store.transaction() as group:
        group.upsert("orders", [row])
    with pytest.raises(RowRejected, match="2 values for 22 columns"), store.transaction() as group:
        group.upsert("orders", [("o1", "a")])


def test_a_fill_is_written_once(store: Store) -> None:
    with store.transaction() as group:
        group.insert("fills", [fill("e1")])
    with pytest.raises(RowRejected):
        commit(store, "account:a", fills=[fill("e2"), fill("e1")])
    assert store.queries.fills() == [fill("e1")]
    assert store.head("account:a").seq == 0


@pytest.mark.postgres
def test_postgresql_refuses_nul_in_a_text(postgres: Callable[[], str], clock) -> None:
    with Store.open(postgres(), clock=clock) as store:
        with pytest.raises(RowRejected, match="NUL"), store.transaction() as group:
            group.insert("messages", [message("m1", text="buy\x00btc")])
        assert store.queries.messages() == []


def test_a_second_writer_of_a_stream_is_fenced_for_good(url: str, clock) -> None:
    with Store.open(url, clock=clock) as stale, Store.open(url, clock=clock) as owner:
        with owner.transaction() as group:
            group.append("account:a", "owner", 1, b"")
        for _ in range(2):
            with pytest.raises(Fenced, match="another writer"):
                commit(stale, "account:a", orders=[order("o1")])
        assert owner.queries.orders() == []
        with stale.transaction() as group:
            group.append("account:b", "its own", 1, b"")
        with owner.transaction() as group:
            group.append("account:a", "owner", 1, b"")
        assert [row.kind for row in owner.read("account:a")] == ["owner", "owner"]
        assert owner.verify_chain() == []


def test_what_another_writer_added_after_opening_is_read_but_cannot_be_built_on(url: str, clock) -> None:
    with Store.open(url, clock=clock) as stale, Store.open(url, clock=clock) as owner:
        with owner.transaction() as group:
            group.append("account:a", "owner", 1, b"")
        assert [row.seq for row in stale.read("account:a")] == [1]
        with pytest.raises(Fenced), stale.transaction() as group:
            group.append("account:a", "stale", 1, b"")


def test_a_row_that_is_deleted_is_gone_and_another_one_stays(store: Store) -> None:
    with store.transaction() as group:
        group.insert("unread", [(1, "m1"), (2, "m2"), (3, "m3")])
    with store.transaction() as group:
        group.delete("unread", [(1,), (3,), (4,)])
    assert store.queries.unread() == {"m2": 2}
