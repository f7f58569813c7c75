"""The core decides from what it is given: it never reads a clock, draws a number, opens a socket or sees a loop."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src" / "tradewire"
CORE = ("domain", "parsing", "routing", "risk", "oms", "exits", "strategies", "programs", "analysis", "sim", "report")
FILES = [SRC / "ports.py", *(path for package in CORE for path in sorted((SRC / package).rglob("*.py")))]

FORBIDDEN = frozenset(
    {
        "aiohttp",
        "alembic",
        "anyio",
        "asyncio",
        "ccxt",
        "datetime.date.today",
        "datetime.datetime.now",
        "datetime.datetime.today",
        "datetime.datetime.utcnow",
        "fastapi",
        "httpx",
        "multiprocessing",
        "numpy.random",
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


def used(tree: ast.AST) -> set[str]:
    """Full names of everything that is imported or reached through an import, each with the modules it lies in."""
    meant: dict[str, str] = {}
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
            roots = {alias.name.partition(".")[0] for alias in node.names if not alias.asname}
            meant |= {name: name for name in roots} | {a.asname: a.name for a in node.names if a.asname}
        elif isinstance(node, ast.ImportFrom) and node.module:
            meant |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    found |= set(meant.values())
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            first, *rest = ast.unparse(node).split(".")
            found.add(".".join([meant.get(first, ""), *rest]))
    return {".".join(parts[:end]) for parts in (name.split(".") for name in found) for end in range(1, len(parts) + 1)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SRC)))
def test_the_core_stays_pure(path: Path) -> None:
    assert used(ast.parse(path.read_text("utf-8"))) & FORBIDDEN == set()


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "from random import choice",
        "import os.path",
        "import urllib.request",
        "import datetime\ndatetime.datetime.now()",
        "import datetime as dt\nmoment = dt.datetime.utcnow",
        "from datetime import date\ndate.today()",
        "from datetime import datetime as moment\nmoment.now(UTC).timestamp()",
        "from numpy import random",
        "from numpy import random as chance",
        "from numpy.random import default_rng",
        "import numpy.random",
        "import numpy.random as chance",
        "import numpy\nnumpy.random.default_rng()",
        "import numpy as np\nnp.random.default_rng(7).normal()",
        "def draw():\n    import numpy as np\n    return np.random.rand()",
    ],
)
def test_the_rule_catches_what_it_is_for(source: str) -> None:
    assert used(ast.parse(source)) & FORBIDDEN


@pytest.mark.parametrize(
    "source",
    ["import numpy as np\nnp.zeros(3)", "from datetime import time\ntime.min", "self.random.now", "path.time.today"],
)
def test_the_rule_leaves_alone_what_only_looks_like_it(source: str) -> None:
    assert not used(ast.parse(source)) & FORBIDDEN
