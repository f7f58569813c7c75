"""Screens get every row once, in order, filtered, with the columns as keys and money as decimals."""

from __future__ import annotations

from decimal import Decimal

import pytest
from store_samples import commit, fill, message, order, position, signal, trade

from tradewire.domain.ids import client_order_id, trade_id
from tradewire.store import Store, UnknownCursor
from tradewire.store.steps import StoredStep, pack
from tradewire.store.tables import positions


def test_pages_lose_and_double_nothing_among_rows_of_one_instant(store: Store) -> None:
    ids = [f"o{n:02}" for n in range(25)]
    with store.transaction() as group:
        group.upsert("orders", [order(id, ts_created=100 + n // 10) for n, id in enumerate(ids)])
    seen: list[str] = []
    while page := store.queries.orders(limit=4, before=seen[-1] if seen else None):
        seen += [item["client_order_id"] for item in page]
    assert seen == sorted(ids, reverse=True)
    assert [item["client_order_id"] for item in store.queries.orders(limit=None)] == seen


def test_pages_of_fills_go_by_their_two_part_key(store: Store) -> None:
    with store.transaction() as group:
        group.insert("fills", [fill(f"e{n}", client_order_id=order) for order in ("a", "b") for n in range(5)])
    seen: list[tuple[str, str]] = []
    while page := store.queries.fills(limit=3, before=seen[-1] if seen else None):
        seen += [(item["client_order_id"], item["exec_id"]) for item in page]
    assert seen == sorted(((order, f"e{n}") for order in ("a", "b") for n in range(5)), reverse=True)


def test_a_page_behind_an_unknown_row_is_an_error(store: Store) -> None:
    with pytest.raises(UnknownCursor, match="trades has no row t9"):
        store.queries.trades(before="t9")


def test_filters_join_and_may_name_several_values(store: Store) -> None:
    with store.transaction() as group:
        group.upsert("orders", [order("o1"), order("o2", status="filled"), order("o3", status="working", account="b")])
    found = store.queries.orders

    def ids(items: list[dict[str, object]]) -> list[object]:
        return [item["client_order_id"] for item in items]

    assert ids(found(status=("submitting", "working"))) == ["o3", "o1"]
    assert ids(found(status=("submitting", "working"), account="b")) == ["o3"]
    assert ids(found(status=())) == []
    assert ids(found(symbol="ETHUSDT")) == []
    assert ids(found(signal_id="s1", trade_id="t1", account="a")) == ["o2", "o1"]


def test_signals_are_found_by_their_message_and_no_others(store: Store) -> None:
    of = {"mab": ["sab-0", "sab-1", "sab-10"], "mabc": ["sabc-0"], "ma": ["sa-0"]}
    with store.transaction() as group:
        for message_id, signals in of.items():
            group.upsert("signals", [signal(id, message_id=message_id) for id in signals])
    for message_id, signals in of.items():
        found = store.queries.signals(message_id=message_id)
        assert sorted(item["id"] for item in found) == signals
    assert store.queries.signals(message_id="mnone") == []


def test_trades_are_found_by_their_signal_on_every_account(store: Store) -> None:
    rows = {
        (signal_id, account): trade(trade_id(client_order_id(signal_id, account, "entry")), signal_id=signal_id)
        for signal_id in ("sab-0", "sab-1")
        for account in ("a", "b")
    }
    born = {"venue": "paper", "mode": "paper", "currency": "USDT", "netting": "hedging", "halted": False}
    money = {"balance": Decimal(1), "peak_balance": Decimal(1), "ts_born": 1, "ts_updated": 1}
    with store.transaction() as group:
        group.upsert("accounts", [{"id": account, **born, **money} for account in ("a", "b")])
        group.upsert("trades", rows.values())
    found = [item["id"] for item in store.queries.trades(signal_id="sab-1")]
    assert sorted(found) == sorted(rows["sab-1", account]["id"] for account in ("a", "b"))
    assert store.queries.trades(signal_id="sab-9") == []


@pytest.mark.parametrize("rows", [0, 1, 2, 7, 300])
def test_the_journal_goes_on_behind_any_position(store: Store, rows: int) -> None:
    for number in range(rows):
        with store.transaction() as group:
            group.append(f"stream {number % 3}", "step", 1, b"%d" % number)
    whole = store.queries.journal_since(0, 1_000)
    assert [row.data for row in whole] == [b"%d" % number for number in range(rows)]
    for place, row in enumerate(whole):
        assert store.queries.journal_since(row.pos, 5) == whole[place + 1 : place + 6]
        assert store.queries.journal_since(row.pos - 1, 5) == whole[place : place + 5]


def test_everything_is_found_by_its_id(store: Store) -> None:
    account = {
        "id": "a",
        "venue": "paper",
        "mode": "paper",
        "currency": "USDT",
        "netting": "netting",
        "halted": True,
        "balance": Decimal("10000.10"),
        "peak_balance": Decimal(10001),
        "ts_born": 1,
        "ts_updated": 2,
    }
    hook = {"name": "tv", "token_hash": b"\x00\xff", "account": None, "ts_created": 1}
    mark = {"account": "a", "symbol": "BTCUSDT", "seq": 3}
    with store.transaction() as group:
        group.insert("messages", [message("m1", text="‘buy’ btc 80\n😀")])
        group.upsert("signals", [signal("s1", data=b"\x00{}")])
        group.upsert("trades", [trade("t1")])
        group.upsert("positions", [position("BTCUSDT", Decimal("0.001"))])
        group.upsert("accounts", [account])
        group.upsert("hooks", [hook])
        group.upsert("exit_marks", [mark])
    ask = store.queries
    assert ask.message("m1") == message("m1", text="‘buy’ btc 80\n😀")
    assert ask.signal("s1") == signal("s1", data=b"\x00{}")
    assert ask.trade("t1") == trade("t1")
    assert ask.position("a", "BTCUSDT") == position("BTCUSDT", Decimal("0.001"))
    assert ask.account("a") == account
    assert ask.account("a")["halted"] is True
    assert ask.accounts() == [account]
    assert ask.hooks() == [hook]
    assert ask.exit_marks(account="a") == [mark]
    assert [ask.message("x"), ask.signal("x"), ask.trade("x"), ask.order("x"), ask.account("x")] == [None] * 5
    assert ask.position("a", "x") is None


def test_an_order_comes_with_its_own_fills_oldest_first(store: Store) -> None:
    with store.transaction() as group:
        group.upsert("orders", [order("o1")])
        group.insert("fills", [fill("e2", ts_init=40), fill("e1", ts_init=50), fill("e3", client_order_id="o2")])
    found = store.queries.order("o1")
    assert found == order("o1") | {"fills": [fill("e2", ts_init=40), fill("e1", ts_init=50)]}


def test_a_trace_is_told_in_the_order_it_happened(store: Store) -> None:
    def packed(pos: int) -> bytes:
        return pack([StoredStep("a", f"stage {pos} {n}", None, "text", 5) for n in (0, 1)])

    with store.transaction() as group:
        group.insert("trace", [("s1", 8, packed(8)), ("s2", 1, packed(1)), ("s1", 7, packed(7))])
    told = store.queries.trace("s1")
    assert [step["stage"] for step in told] == ["stage 7 0", "stage 7 1", "stage 8 0", "stage 8 1"]
    assert told[0] == {
        "signal_id": "s1", "pos": 7, "account": "a", "stage": "stage 7 0", "code": None, "text": "text", "ts": 5
    }  # fmt: skip
    assert store.queries.trace("s3") == []


def test_open_positions_are_those_that_are_not_zero(store: Store) -> None:
    with store.transaction() as group:
        group.upsert("positions", [position("A", Decimal("0")), position("B", Decimal("-0.5"))])
    assert [item["symbol"] for item in store.queries.positions()] == ["A", "B"]
    assert [item["symbol"] for item in store.queries.positions(open_only=True)] == ["B"]


def test_recent_bodies_are_what_a_window_must_remember(store: Store) -> None:
    with store.transaction() as group:
        group.insert(
            "messages",
            [
                message("m1", body_hash=b"old", ts_init=99),
                message("m2", body_hash=b"new", ts_init=100),
                message("m3", body_hash=None, ts_init=101),
            ],
        )
    assert store.queries.recent_bodies(100) == [
        {"id": "m2", "source": "hook", "channel": "tv", "body_hash": b"new", "ts_init": 100}
    ]


def test_readers_see_committed_rows_only(store: Store) -> None:
    with store.transaction() as group:
        group.insert("messages", [message("m1")])
        assert store.queries.messages() == []
    assert store.queries.messages() == [message("m1")]


def test_the_end_and_the_streams_of_the_journal_are_told_whoever_wrote_them(url: str, clock) -> None:
    with Store.open(url, clock=clock) as reader, Store.open(url, clock=clock) as writer:
        assert (reader.queries.journal_end(), reader.queries.journal_streams()) == (0, [])
        commit(writer, "b", "a", "b")
        assert (reader.queries.journal_end(), reader.queries.journal_streams()) == (writer.pos, ["a", "b"])


@pytest.mark.parametrize("count", [0, 1, 500, 501, 1200])
def test_a_scan_meets_every_row_once_by_key(store: Store, count: int) -> None:
    rows = [position(f"S{n:05}", Decimal(n), account=f"a{n % 3}") for n in range(count)]
    commit(store, positions=rows)
    assert list(store.queries.scan(positions)) == sorted(rows, key=lambda row: (row["account"], row["symbol"]))


@pytest.mark.parametrize("count", [0, 1, 2, 8, 9, 64, 65, 512, 513, 1500])
def test_known_messages_are_told_from_new_ones_however_many(store: Store, count: int) -> None:
    ids = [f"m{n}" for n in range(count)]
    with store.transaction() as group:
        group.insert("messages", [message(id) for id in ids[::2]])
    assert store.queries.known_messages(ids) == set(ids[::2])


def test_the_keys_of_what_is_found_are_plain_strings_that_become_a_value_again(store: Store) -> None:
    with store.transaction() as group:
        group.insert("messages", [message("m1")])
    found = store.queries.message("m1")
    assert found is not None
    assert {type(key) for key in found} == {str}
