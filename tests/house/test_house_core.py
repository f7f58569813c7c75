"""The core decides from what it is given: it never reads a clock, draws a number, opens a socket or sees a loop."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src" / "tradewire"
CORE = ("domain", "parsing", "routing", "risk", "oms", "exits", "strategies", "analysis", "sim", "report")
FILES = [SRC / "ports.py", *(path for package in CORE for path in sorted((SRC / package).rglob("*.py")))]

FORBIDDEN_MODULES = frozenset(
    {
        "aiohttp",
        "alembic",
        "anyio",
        "asyncio",
        "ccxt",
        "fastapi",
        "httpx",
        "multiprocessing",
        "os",
        "psycopg",
        "random",
        "redis",
        "requests",
        "secrets",
        "socket",
        "sqlalchemy",
        "sqlite3",
        "starlette",
        "subprocess",
        "threading",
        "time",
        "urllib",
        "uuid",
        "uvicorn",
        "web3",
    }
)
CLOCK_METHODS = frozenset({"now", "today", "utcnow"})
CLOCK_TYPES = frozenset({"datetime", "date", "dt"})


def imported(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def clock_reads(tree: ast.AST) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in CLOCK_METHODS
        and ast.unparse(node.value).split(".")[-1] in CLOCK_TYPES
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SRC)))
def test_the_core_stays_pure(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert not imported(tree) & FORBIDDEN_MODULES
    assert clock_reads(tree) == []


@pytest.mark.parametrize(
    "source", ["import time", "from random import choice", "import datetime\ndatetime.datetime.now()", "date.today()"]
)
def test_the_rule_catches_what_it_is_for(source: str) -> None:
    tree = ast.parse(source)
    assert imported(tree) & FORBIDDEN_MODULES or clock_reads(tree)
