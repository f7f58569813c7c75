"""The combinations of a sweep: which there are, in which order, and what each stands for.

A combination is a number from 0: its strategy's point times the number of ways, plus its way. The last axis of each
kind turns fastest. Only the points and the ways are kept, never the combinations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

import numpy as np
from pydantic import TypeAdapter, ValidationError

from tradewire.backtest.choices import Lane
from tradewire.backtest.request import BadRequest
from tradewire.backtest.sweeps.conditions import FIELD, known, met, names_in
from tradewire.backtest.sweeps.spec import Axis, Sweep, Value
from tradewire.backtest.sweeps.ways import ONCE, VARIED, Way, way_of
from tradewire.backtest.sweeps.written import NONE, number_in, values_of
from tradewire.domain.bars import Integers
from tradewire.domain.symbols import nearest
from tradewire.strategies.base import Params, Strategy
from tradewire.strategies.finding import BadParams, NoStrategy, make, read_params

MOST_POINTS: Final = 10_000_000
"""Points of a strategy that a sweep may have before conditions."""


@dataclass(frozen=True, slots=True, eq=False)
class Space:
    """`points` are the allowed places in the whole grid of the strategy's axes; `ways` all allowed ways of trading.

    `refused` points were left out because the strategy itself does not take them; `refusal` is what it said of one.
    """

    strategy: Strategy[Any]
    base: Mapping[str, Any]
    own: tuple[Axis, ...]
    outer: tuple[Axis, ...]
    points: Integers
    ways: tuple[Way, ...]
    way_places: Integers
    refused: int
    refusal: str

    def __len__(self) -> int:
        return len(self.points) * len(self.ways)

    @property
    def axes(self) -> tuple[Axis, ...]:
        """All axes, those of the strategy first."""
        return self.own + self.outer

    def params(self, point: int) -> Params:
        """Return the strategy's parameters at the n-th point."""
        return read_params(type(self.strategy), {**self.base, **_chosen(self.own, int(self.points[point]))})

    def places(self, numbers: Integers) -> Integers:
        """Return for each combination its place on each axis: an array (axes, combinations)."""
        point, way = np.divmod(np.asarray(numbers, np.int64), len(self.ways))
        own = np.unravel_index(self.points[point], _shape(self.own))
        outer = np.unravel_index(self.way_places[way], _shape(self.outer))
        shape = (len(self.axes), len(point))
        return np.array([*own[: len(self.own)], *outer[: len(self.outer)]], np.int64).reshape(shape)

    def numbers(self, places: Integers) -> Integers:
        """Return the combinations at places (axes, combinations); -1 where there is none."""
        inside = np.ones(places.shape[1], np.bool_)
        for row, axis in zip(places, self.axes, strict=True):
            inside &= (row >= 0) & (row < len(axis.values))
        clipped = [np.where(inside, row, 0) for row in places]
        split = len(self.own)
        own = _ravelled(clipped[:split], self.own, places.shape[1])
        outer = _ravelled(clipped[split:], self.outer, places.shape[1])
        point, way = np.searchsorted(self.points, own), np.searchsorted(self.way_places, outer)
        there = inside & (point < len(self.points)) & (way < len(self.ways))
        point, way = np.where(there, point, 0), np.where(there, way, 0)
        there &= (self.points[point] == own) & (self.way_places[way] == outer)
        return np.where(there, point * len(self.ways) + way, -1)

    def values(self, number: int) -> dict[str, Value]:
        """Return what a combination sets."""
        places = self.places(np.array([number]))[:, 0].tolist()
        return {axis.name: axis.values[at] for axis, at in zip(self.axes, places, strict=True)}


def read_axes(strategy: str, given: Sequence[tuple[str, str]]) -> tuple[dict[str, Any], dict[str, Any], list[Axis]]:
    """Return (parameters that are fixed, words of the request that are fixed, axes) of what somebody wrote.

    A name is a parameter of the strategy, else a word of a backtest's request.

    Raises:
        BadRequest: an unknown name (the nearest is told), a value that is not taken, an empty range.
    """
    made = _made(strategy)
    fields = made.Params.model_fields
    fixed: dict[str, Any] = {}
    words: dict[str, Any] = {}
    axes: list[Axis] = []
    for name, text in given:
        if name not in fields and name not in (*VARIED, *ONCE):
            raise _unknown(name, made)
        if name in fixed or name in words or name in {axis.name for axis in axes}:
            raise BadRequest("param", f"{name} is given twice; write all its values at once, such as {name}=1,2,3")
        if name not in fields and name in ONCE:
            words[name] = None if text == NONE else text
            continue
        values = tuple(_typed(made, name, value) for value in values_of(name, text))
        if len(values) > 1:
            axes.append(Axis(name=name, values=values))
        elif name in fields:
            fixed[name] = values[0]
        else:
            words[name] = values[0]
    return fixed, words, axes


def space_of(spec: Sweep) -> Space:
    """Return the combinations of a sweep.

    Raises:
        BadRequest: something asked cannot be, or no combination is left.
    """
    if spec.request.lane is not Lane.FAST:
        raise BadRequest("lane", "sweeps are run in the fast lane; run the best in the other one afterwards")
    strategy = _made(spec.request.strategy)
    fields = strategy.Params.model_fields
    for axis in spec.axes:
        if axis.name not in fields and axis.name not in VARIED:
            raise _unknown(axis.name, strategy)
    own = tuple(axis for axis in spec.axes if axis.name in fields)
    outer = tuple(axis for axis in spec.axes if axis.name not in fields)
    base = dict(spec.request.params)
    default = {name: base.get(name, field.default) for name, field in fields.items()}
    default |= {name: getattr(spec.request, name) for name in VARIED if name not in fields}
    inner, outside = _sorted_out(spec.where, own, outer, default)
    points, refused, refusal = _taken(strategy, base, own, _allowed(own, inner, default))
    places = _allowed(outer, outside, default)
    if not len(points) or not len(places):
        why = f"the strategy refuses each: {refusal}" if refused else f"none meets {' and '.join(spec.where)}"
        raise BadRequest("param", f"no combination is left: {why}")
    ways = tuple(way_of(spec.request, _chosen(outer, int(place))) for place in places)
    return Space(strategy, base, own, outer, points, ways, places, refused, refusal)


def _made(name: str) -> Strategy[Any]:
    try:
        return make(name)
    except NoStrategy as error:
        raise BadRequest("strategy", str(error)) from None


def _unknown(name: str, strategy: Strategy[Any]) -> BadRequest:
    own = list(strategy.Params.model_fields)
    near = nearest(name, [*own, *VARIED, *ONCE])
    hint = f" (nearest: {near})" if near else ""
    return BadRequest(
        "param",
        f"{strategy.name} has no parameter {name!r}{hint}; it has {', '.join(own) or 'none'}, and a backtest "
        f"has {', '.join((*VARIED, *ONCE))}",
    )


def _typed(strategy: Strategy[Any], name: str, text: str) -> Value:
    field = strategy.Params.model_fields.get(name)
    if field is None:
        return None if text == NONE else text
    try:
        kind: Any = Annotated[field.annotation, *field.metadata]
        value: Value = TypeAdapter(kind).validate_python(text)
    except ValidationError as error:
        raise BadRequest("param", f"{name} = {text}: {error.errors()[0]['msg']}") from None
    return value


def _shape(axes: Sequence[Axis]) -> tuple[int, ...]:
    return tuple(len(axis.values) for axis in axes) or (1,)


def _ravelled(places: Sequence[Integers], axes: Sequence[Axis], count: int) -> Integers:
    if not axes:
        return np.zeros(count, np.int64)
    return np.ravel_multi_index(tuple(places), _shape(axes)).astype(np.int64)


def _chosen(axes: Sequence[Axis], place: int) -> dict[str, Value]:
    at = np.unravel_index(place, _shape(axes))
    return {axis.name: axis.values[int(n)] for axis, n in zip(axes, at, strict=False)}


def _sorted_out(
    where: Sequence[str], own: Sequence[Axis], outer: Sequence[Axis], default: Mapping[str, Any]
) -> tuple[list[str], list[str]]:
    inner: list[str] = []
    outside: list[str] = []
    for condition in where:
        known(condition, default)
        names = names_in(condition)
        of_own, of_outer = names & {axis.name for axis in own}, names & {axis.name for axis in outer}
        if of_own and of_outer:
            told = f"{', '.join(sorted(of_own))} with {', '.join(sorted(of_outer))}"
            raise BadRequest(FIELD, f"{condition!r} compares {told}: parameters of the strategy stay among themselves")
        (outside if of_outer else inner).append(condition)
    return inner, outside


def _allowed(axes: Sequence[Axis], where: Sequence[str], default: Mapping[str, Any]) -> Integers:
    """Return the places in the grid of these axes at which every condition holds."""
    count = 1
    for axis in axes:
        count *= len(axis.values)
    if count > MOST_POINTS:
        raise BadRequest("param", f"{count:,} combinations are more than {MOST_POINTS:,}: take larger steps")
    places = np.arange(count, dtype=np.int64)
    if not where:
        return places
    at = np.unravel_index(places, _shape(axes))
    own = {axis.name for axis in axes}
    named = {name: value for name, value in default.items() if name not in own and _named(name, where)}
    columns: dict[str, Any] = {name: _number(name, value, where) for name, value in named.items()}
    for axis, on in zip(axes, at, strict=False):
        if _named(axis.name, where):
            columns[axis.name] = np.array([_number(axis.name, value, where) for value in axis.values])[on]
    holds = np.ones(count, np.bool_)
    for condition in where:
        holds &= met(condition, columns)
    return places[holds]


def _named(name: str, where: Sequence[str]) -> bool:
    return any(name in names_in(condition) for condition in where)


def _number(name: str, value: Any, where: Sequence[str]) -> float:
    number = number_in(value)
    if number is None:
        raise BadRequest(FIELD, f"{' and '.join(where)}: {name} is {value}, which is no number to compare")
    return number


def _taken(
    strategy: Strategy[Any], base: Mapping[str, Any], own: Sequence[Axis], places: Integers
) -> tuple[Integers, int, str]:
    """Return the places whose parameters the strategy takes, how many it refuses, and what it says of one."""
    kept = np.ones(len(places), np.bool_)
    refusal = ""
    for row, place in enumerate(places.tolist()):
        try:
            read_params(type(strategy), {**base, **_chosen(own, place)})
        except BadParams as error:
            kept[row], refusal = False, str(error)
    return places[kept], int(len(places) - kept.sum()), refusal
