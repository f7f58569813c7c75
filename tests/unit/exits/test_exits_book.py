"""The book of one symbol's open trades: what it triggers, keeps, refuses and remembers."""

from __future__ import annotations

import subprocess
import sys
from base64 import b64encode
from decimal import Decimal as D
from math import inf, nan
from struct import pack

import msgspec
import pytest

from tradewire.domain.instrument import AssetClass, Instrument
from tradewire.domain.signal import Breakeven, Distance, ExitSpec, Side, Target, Trailing, Unit
from tradewire.exits.book import BookDump, ExitBook, StaleMoves
from tradewire.exits.kernel import State
from tradewire.exits.moves import ExitReason, Moves, Trigger
from tradewire.exits.resolve import resolve

BTC = Instrument(
    symbol="BTCUSDT",
    asset_class=AssetClass.CRYPTO,
    base="BTC",
    quote="USDT",
    tick_size=D("0.1"),
    qty_step=D("0.001"),
    min_qty=D("0.001"),
    pip_size=D(1),
)
STOP = ExitSpec(stop=D(95))
SHORT_STOP = ExitSpec(stop=D(105))
TRAIL = ExitSpec(trailing=Trailing(Distance(D(10), Unit.PERCENT)))
LADDER = ExitSpec(
    stop=D(90),
    targets=(Target(D(110), D("0.5")), Target(D(120), D("0.3")), Target(D(130), D("0.2"))),
    breakeven=Breakeven(after_target=1),
)


def add(book: ExitBook, trade_id: str, spec: ExitSpec, side: Side = Side.BUY) -> None:
    plan = resolve(spec, side, D(100), BTC, atr=None, opened_at=0)
    book.add(trade_id, side, *plan.kernel())


def watching(*specs: ExitSpec) -> ExitBook:
    book = ExitBook()
    for number, spec in enumerate(specs):
        add(book, f"t{number}", spec)
    return book


def decided(book: ExitBook, bid: float, ask: float | None = None, ts: int = 1) -> Moves:
    moves = book.on_quote(bid, bid if ask is None else ask, ts)
    assert moves is not None
    return moves


def test_an_empty_book_ignores_every_price() -> None:
    book = ExitBook()
    assert book.on_quote(1.0, 2.0, 3) is None
    assert len(book) == 0


def test_long_trades_look_at_the_bid_and_short_ones_at_the_ask() -> None:
    book = watching(STOP)
    add(book, "short", SHORT_STOP, Side.SELL)
    assert book.on_quote(95.1, 104.9, 1) is None
    assert [each.trade_id for each in decided(book, 95.0, 104.9).triggers] == ["t0"]
    (short,) = decided(book, 95.1, 105.3).triggers
    assert (short.trade_id, short.price, short.reason, short.rest) == ("short", 105.3, ExitReason.STOP, True)


def test_deciding_changes_nothing_until_it_is_applied() -> None:
    book = watching(TRAIL)
    before = book.dump()
    moves = decided(book, 110.0)
    assert book.dump() == before
    assert book.on_quote(110.0, 110.0, 1) == moves
    book.apply(moves)
    assert book.state("t0").stop == 99.0
    assert book.on_quote(110.0, 110.0, 1) is None


def test_a_quote_is_decided_once_while_the_book_stays_as_it_is() -> None:
    book = watching(TRAIL, STOP)
    moves = decided(book, 110.0)
    assert decided(book, 110.0) is moves
    assert decided(book, 110.0, ts=2) is not moves
    assert decided(book, 111.0) != moves


def test_a_decision_is_forgotten_when_the_book_changes() -> None:
    book = watching(TRAIL, LADDER)
    assert decided(book, 130.0).triggers
    book.suspend("t1")
    assert not decided(book, 130.0).triggers
    book.resume("t1")
    assert decided(book, 130.0).triggers
    book.remove("t1")
    moves = decided(book, 130.0)
    assert not moves.triggers
    book.apply(moves)
    assert book.on_quote(130.0, 130.0, 1) is None


def test_targets_close_their_fractions_and_breakeven_follows() -> None:
    book = watching(LADDER)
    moves = decided(book, 121.0)
    assert moves.triggers == (
        Trigger(
            trade_id="t0",
            reason=ExitReason.TARGET,
            price=121.0,
            fraction=0.8,
            rest=False,
            first_target=0,
            next_target=2,
        ),
    )
    book.apply(moves)
    assert book.state("t0") == State(100.0, 130.0, 2)
    (last,) = decided(book, 130.0).triggers
    assert (last.rest, last.fraction, last.reason, last.first_target, last.next_target) == (
        True,
        1.0,
        ExitReason.TARGET,
        2,
        3,
    )
    (even,) = decided(book, 99.0).triggers
    assert even.reason is ExitReason.BREAKEVEN


def test_a_stop_triggers_again_until_its_exit_is_under_way() -> None:
    book = watching(STOP)
    assert decided(book, 94.0).changes is False
    assert decided(book, 94.0).triggers[0].reason is ExitReason.STOP
    book.suspend("t0")
    assert book.is_suspended("t0")
    assert book.on_quote(94.0, 94.0, 1) is None
    book.resume("t0")
    assert not book.is_suspended("t0")
    assert decided(book, 94.0).triggers


def test_a_suspended_trades_stop_still_follows_the_price() -> None:
    book = watching(TRAIL)
    book.suspend("t0")
    moves = decided(book, 120.0)
    assert moves.triggers == ()
    book.apply(moves)
    assert book.state("t0").stop == 108.0
    book.resume("t0")
    (trigger,) = decided(book, 107.0).triggers
    assert trigger.reason is ExitReason.TRAILING


def test_a_new_peak_inside_the_trailing_step_is_not_a_move() -> None:
    spec = ExitSpec(trailing=Trailing(Distance(D(10), Unit.PIPS), step=Distance(D(2), Unit.PIPS)))
    book = watching(spec)
    assert book.on_quote(101.9, 101.9, 1) is None
    book.apply(decided(book, 102.0))
    assert book.state("t0").stop == 92.0


def test_the_deadline_triggers_at_any_price() -> None:
    book = watching(ExitSpec(time_limit_s=1))
    assert book.on_quote(100.0, 100.0, 999_999_999) is None
    (trigger,) = decided(book, 100.0, ts=1_000_000_000).triggers
    assert (trigger.reason, trigger.rest, trigger.price) == (ExitReason.TIME_LIMIT, True, 100.0)


def test_removing_a_trade_gives_its_slot_to_the_last_one() -> None:
    book = watching(STOP, TRAIL, LADDER)
    book.remove("t0")
    assert "t0" not in book
    assert book.dump().ids == ("t2", "t1")
    book.apply(decided(book, 110.0))
    assert book.state("t2").rung == 1
    assert book.stops() == {"t2": 100.0, "t1": 99.0}
    book.remove("t1")
    book.remove("t2")
    assert len(book) == 0
    with pytest.raises(KeyError):
        book.remove("t0")


def test_a_trade_is_watched_once() -> None:
    book = watching(STOP)
    with pytest.raises(ValueError, match="t0 is watched already"):
        add(book, "t0", STOP)


def test_replaced_exits_count_from_the_next_price() -> None:
    book = watching(STOP)
    assert book.on_quote(97.0, 97.0, 1) is None
    plan = resolve(ExitSpec(stop=D(98)), Side.BUY, D(100), BTC, atr=None, opened_at=0)
    book.suspend("t0")
    book.replace("t0", *plan.kernel())
    assert book.is_suspended("t0")
    book.resume("t0")
    assert decided(book, 97.0).triggers


@pytest.mark.parametrize("change", ["add", "remove", "replace"])
def test_moves_decided_for_another_book_are_refused(change: str) -> None:
    book = watching(TRAIL, STOP)
    moves = decided(book, 110.0)
    if change == "add":
        add(book, "new", STOP)
    elif change == "remove":
        book.remove("t1")
    else:
        plan = resolve(TRAIL, Side.BUY, D(100), BTC, atr=None, opened_at=0)
        book.replace("t0", *plan.kernel())
    with pytest.raises(StaleMoves, match="generation 2 do not fit a book of generation 3"):
        book.apply(moves)


def test_the_stop_for_the_venue_is_on_its_tick_and_never_looser() -> None:
    book = watching(ExitSpec(trailing=Trailing(Distance(D("2.8"), Unit.PERCENT))), ExitSpec())
    add(book, "short", ExitSpec(trailing=Trailing(Distance(D("2.8"), Unit.PERCENT))), Side.SELL)
    book.apply(decided(book, 103.3, 98.7))
    assert book.stop("t0", D("0.1")) == D("100.5")  # 100.4076
    assert book.stop("short", D("0.1")) == D("101.4")  # 101.4636
    assert book.stop("t1", D("0.1")) is None
    assert book.stops()["t1"] is None


def test_binary_noise_does_not_move_the_venues_stop_by_a_tick() -> None:
    book = watching(ExitSpec(trailing=Trailing(Distance(D("0.3"), Unit.PIPS))))
    book.apply(decided(book, 100.4))
    assert book.state("t0").stop != 100.1
    assert book.stop("t0", D("0.1")) == D("100.1")


@pytest.mark.parametrize(("bid", "ask"), [(inf, inf), (nan, 100.0), (100.0, -inf)])
def test_a_price_that_is_none_is_refused(bid: float, ask: float) -> None:
    with pytest.raises(ValueError, match="must be finite"):
        watching(STOP).on_quote(bid, ask, 1)


def test_inside_its_watch_a_book_changes_nothing_and_outside_it_looks() -> None:
    book = watching(STOP, ExitSpec(targets=(Target(D(110)),), time_limit_s=1))
    assert book.on_quote(100.0, 101.0, 1) is None
    assert (book.watch.bid_above, book.watch.bid_below, book.watch.before) == (95.0, 110.0, 1_000_000_000)


def test_journaled_moves_give_a_rebuilt_book_the_same_state() -> None:
    live, rebuilt = watching(TRAIL, LADDER, STOP), watching(TRAIL, LADDER, STOP)
    for price in (101.0, 112.5, 93.0, 125.0):
        moves = decided(live, price)
        live.apply(moves)
        journal = msgspec.json.encode(moves.encode())
        assert b"trade_id" not in journal
        rebuilt.apply(msgspec.json.decode(journal, type=Moves))
    assert rebuilt.dump() == live.dump()
    assert rebuilt.on_quote(125.0, 125.0, 9) == live.on_quote(125.0, 125.0, 9)


def test_like_trades_journal_the_stop_that_they_share_once() -> None:
    moves = decided(watching(TRAIL, TRAIL, STOP, TRAIL), 110.0)
    assert (moves.levels, moves.places) == (pack("<d", 99.0), b"\x01\x01\x00\x01")
    assert (moves.slots, moves.stops) == (b"", b"")


def test_stops_that_all_moved_and_all_differ_need_no_slots() -> None:
    trails = [ExitSpec(trailing=Trailing(Distance(D(10 + n) / 10, Unit.PIPS))) for n in range(300)]
    moves = decided(watching(*trails), 110.0)
    assert (len(moves.stops), moves.slots, moves.levels, moves.places) == (300 * 8, b"", b"", b"")
    book = watching(*trails)
    book.apply(moves)
    assert (book.state("t0").stop, book.state("t299").stop) == (109.0, 110.0 - 30.9)


def test_a_row_that_names_each_slot_with_its_stop_can_still_be_read() -> None:
    """The form of the journal before levels and places."""
    slots, stops = b64encode(pack("<2I", 0, 2)).decode(), b64encode(pack("<2d", 99.0, 98.5)).decode()
    row = f'{{"generation":3,"slots":"{slots}","stops":"{stops}"}}'
    book = watching(TRAIL, STOP, TRAIL)
    book.apply(msgspec.json.decode(row, type=Moves))
    assert book.stops() == {"t0": 99.0, "t1": 95.0, "t2": 98.5}


def test_moves_with_their_triggers_have_an_exact_json_form_too() -> None:
    moves = decided(watching(TRAIL, LADDER, STOP), 112.5)
    assert msgspec.json.decode(msgspec.json.encode(moves), type=Moves) == moves


def test_a_snapshot_brings_the_book_back() -> None:
    book = watching(TRAIL, LADDER, STOP)
    book.suspend("t2")
    book.apply(decided(book, 112.5))
    again = ExitBook.load(msgspec.json.decode(msgspec.json.encode(book.dump()), type=BookDump))
    assert again.dump() == book.dump()
    assert again.is_suspended("t2")
    again.apply(decided(again, 125.0))
    book.apply(decided(book, 125.0))
    assert again.dump() == book.dump()


def test_a_big_book_moves_to_arrays_once_they_are_warm() -> None:
    book = ExitBook()
    for number in range(17):
        add(book, f"t{number}", TRAIL)
    few = book.dump()
    ExitBook.warm()
    assert not book.wants_warm
    moves = decided(book, 110.0)
    assert len(moves.places) == 17
    assert book.dump() == few
    book.apply(moves)
    for number in range(100):
        add(book, f"u{number}", STOP)
    book.suspend("u99")
    book.remove("t0")
    assert book.dump().ids[0] == "u99"
    assert book.is_suspended("u99")
    assert book.stops()["t16"] == 99.0
    assert book.stop("u99", D("0.1")) == D(95)


def test_importing_the_exits_brings_neither_numba_nor_numpy() -> None:
    code = (
        "import sys, tradewire.exits.book as b, tradewire.exits.adjust; book = b.ExitBook(few=-1);"
        "assert book.wants_warm; book.on_quote(1.0, 1.0, 1); assert not {'numba', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
