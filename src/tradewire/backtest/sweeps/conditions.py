"""Conditions that combinations must meet: `fast<slow`, `slow >= 2*fast`, `sl < tp`."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tradewire.backtest.request import BadRequest
from tradewire.domain.symbols import nearest

COMPARED: Final[Mapping[type[ast.cmpop], Callable[[Any, Any], Any]]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
RECKONED: Final[Mapping[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
FIELD = "where"


def names_in(condition: str) -> set[str]:
    """Return the names that a condition speaks of.

    Raises:
        BadRequest: it is no comparison of names and numbers.
    """
    return {node.id for node in ast.walk(_read(condition)) if isinstance(node, ast.Name)}


def known(condition: str, names: Mapping[str, object]) -> None:
    """Return where every name of a condition is one of `names`.

    Raises:
        BadRequest: one is not; the nearest is named.
    """
    for name in sorted(names_in(condition) - set(names)):
        near = nearest(name, names)
        there = f"did you mean {near}?" if near else f"there are {', '.join(names)}"
        raise BadRequest(FIELD, f"{condition!r}: nothing is called {name!r}; {there}")


def met(condition: str, columns: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Return where a condition holds; `columns` are numbers, or arrays of one shape.

    Raises:
        BadRequest: it cannot be reckoned.
    """
    tree = _read(condition)
    sides = [_value(side, columns, condition) for side in (tree.left, *tree.comparators)]
    holds: Any = np.True_
    for at, op in enumerate(tree.ops):
        holds = holds & COMPARED[type(op)](sides[at], sides[at + 1])
    return np.asarray(holds, np.bool_)


def _read(condition: str) -> ast.Compare:
    try:
        tree = ast.parse(condition.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        tree = None
    if not isinstance(tree, ast.Compare) or any(type(op) not in COMPARED for op in tree.ops):
        raise BadRequest(FIELD, f"{condition!r} is no condition: write one such as fast<slow or slow>=2*fast")
    return tree


def _value(node: ast.expr, columns: Mapping[str, Any], condition: str) -> Any:
    if isinstance(node, ast.Name) and node.id in columns:
        return columns[node.id]
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.BinOp) and type(node.op) in RECKONED:
        left, right = _value(node.left, columns, condition), _value(node.right, columns, condition)
        return RECKONED[type(node.op)](left, right)
    raise BadRequest(FIELD, f"{condition!r}: a condition has names, numbers, + - * / and one comparison")
