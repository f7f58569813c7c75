"""The stops that moved, as the journal keeps them: short, and the same again to the last bit, whatever they are."""

from __future__ import annotations

from struct import pack

import msgspec
import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tradewire.exits.arrays import ArrayTable
from tradewire.exits.condense import BUCKETS, MOST, condense
from tradewire.exits.jit import compiled
from tradewire.exits.kernel import NO_RULES, NOWHERE, WIDTH, Row
from tradewire.exits.moves import Moves
from tradewire.exits.table import ListTable, Table, each_stop, moved_stops

ODD = 0x9E3779B97F4A7C15
Moved = list[tuple[int, float]]


def float_of(bits: int) -> float:
    value: float = np.array([bits % 2**64], "<u8").view("<f8")[0].item()
    return value


def bits_of(moved: Moved) -> list[tuple[int, bytes]]:
    return [(slot, pack("<d", stop)) for slot, stop in moved]


any_float = st.one_of(
    st.floats(), st.integers(0, 2**64 - 1).map(float_of), st.sampled_from([0.0, -0.0, NOWHERE, -NOWHERE, 58_320.0])
)


@st.composite
def moves_of_stops(draw: st.DrawFn) -> Moved:
    """Few or many slots, all of them or with gaps, with few or many different stops, in runs or in turns."""
    pool = draw(st.lists(any_float, min_size=1, max_size=8))
    kinds = draw(st.sampled_from([1, 2, 7, MOST - 1, MOST, MOST + 1, 600]))
    pool += [float_of(number * ODD) for number in range(kinds - len(pool))]
    count, first, gap = draw(st.integers(0, 700)), draw(st.integers(0, 40)), draw(st.integers(1, 14))
    stride = draw(st.integers(1, 97))
    whole = draw(st.booleans())
    slots = range(count) if whole else range(first, first + count * gap, gap)
    return [(slot, pool[number * stride % len(pool)]) for number, slot in enumerate(slots)]


def columns(moved: Moved) -> Moves:
    return Moves(generation=1, **moved_stops([slot for slot, _ in moved], [stop for _, stop in moved])._asdict())


@settings(deadline=None)
@given(moves_of_stops())
@example([(0, float_of(0x7FF0000000000001)), (1, float_of(0xFFF8DEADBEEF0001)), (2, -0.0), (3, 0.0), (4, 5e-324)])
def test_what_is_read_back_is_what_moved_and_never_longer_than_it_was(moved: Moved) -> None:
    moves = columns(moved)
    again = msgspec.json.decode(msgspec.json.encode(moves), type=Moves)
    assert again == moves
    assert bits_of(list(each_stop(again))) == bits_of(moved)
    assert sum(map(len, (moves.slots, moves.stops, moves.levels, moves.places))) <= 12 * len(moved)
    assert moves.changes == bool(moved)


@settings(deadline=None)
@given(moves_of_stops())
def test_stops_are_condensed_alike_plain_and_jitted(moved: Moved) -> None:
    slots = np.array([slot for slot, _ in moved], "<u4")
    bits = np.array([stop for _, stop in moved], "<f8").view("<i8")
    span = int(slots[-1]) + 1 if moved else 0
    levels, places, seen = np.full(MOST, 7), np.full(span, 7, "u1"), np.zeros(BUCKETS, np.int64)
    count = compiled(condense)(slots, bits, len(moved), levels, places, seen)
    plain_levels, plain_places, plain_seen = [7] * MOST, [7] * span, [0] * BUCKETS
    assert count == condense(slots.tolist(), bits.tolist(), len(moved), plain_levels, plain_places, plain_seen)
    if count:
        assert levels.tolist()[:count] == plain_levels[:count]
        assert places.tolist() == plain_places


def filled(table: Table, count: int) -> Table:
    for _ in range(count):
        table.append(Row(1.0, -NOWHERE, NOWHERE, 0, 1, NO_RULES), (NOWHERE,) * WIDTH)
    return table


@settings(deadline=None, max_examples=50)
@given(moves_of_stops())
def test_every_form_sets_lists_and_arrays_alike_and_as_the_plain_columns_do(moved: Moved) -> None:
    count = moved[-1][0] + 3 if moved else 3
    plain = Moves(
        generation=1,
        slots=b"".join(pack("<I", slot) for slot, _ in moved),
        stops=b"".join(pack("<d", stop) for _, stop in moved),
    )
    packed = []
    for moves in (plain, columns(moved)):
        for table in (filled(ListTable(), count), filled(ArrayTable(), count)):
            table.set(moves)
            packed.append(table.pack())
    assert packed == packed[:1] * 4


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(any_float, st.booleans()), min_size=1, max_size=40))
@example([(number, True) for number in range(MOST)])
@example([(number, True) for number in range(MOST + 1)])
@example([(number, number > 0) for number in range(MOST + 2)])
def test_arrays_sweep_into_the_same_columns_as_lists(trades: list[tuple[float, bool]]) -> None:
    """Each trade trails at a distance of its own, and follows at this price or not."""
    tables = ListTable(), ArrayTable()
    for table in tables:
        for distance, follows in trades:
            rules = NO_RULES._replace(trail_gap=abs(distance), trail_from=-NOWHERE if follows else NOWHERE)
            table.append(Row(1.0, -NOWHERE, NOWHERE, 0, 1, rules), (NOWHERE,) * WIDTH)
    lists, arrays = (table.sweep(100.0, 100.5, 1) for table in tables)
    assert arrays.moved == lists.moved
