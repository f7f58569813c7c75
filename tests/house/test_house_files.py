"""Files stay small, named for what they hold, documented, and free of what belongs to one machine."""

from __future__ import annotations

import ast
import json
import re
import statistics
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "tradewire"
MODULES = sorted(path for path in SRC.rglob("*.py") if "versions" not in path.parts)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TRACKED = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True).stdout.split("\0")

relative = {"ids": lambda path: str(path.relative_to(ROOT))}


@pytest.mark.parametrize("path", MODULES, **relative)
def test_a_module_is_small_named_and_says_why_it_exists(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 400
    assert path.stem not in {"helpers", "utils", "util", "misc", "common"}
    assert ast.get_docstring(ast.parse(text)), "a module begins with one sentence on what it is for"


@pytest.mark.parametrize("path", MODULES, **relative)
def test_a_module_keeps_no_leftovers(path: Path) -> None:
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    assert not re.search(r"#.*\b(TODO|FIXME|XXX|HACK)\b", text)
    assert not re.search(r"^\s*# ?[-=#*─━]{2,}", text, re.MULTILINE), "no banner comments"
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assert)], "assert is not validation"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            assert ast.get_docstring(node) != "", f"empty docstring at line {node.lineno}"


def test_the_median_file_is_short() -> None:
    assert statistics.median(len(path.read_text("utf-8").splitlines()) for path in MODULES) <= 120


@pytest.mark.parametrize("path", TESTS, **relative)
def test_tests_neither_sleep_to_pass_nor_patch(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    called = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert "time.sleep" not in called
    assert not [name for name in called if name.endswith("monkeypatch.setattr") or name.startswith("mock.")]


def test_test_files_have_unique_names() -> None:
    names = Counter(path.name for path in TESTS if path.name not in {"conftest.py", "__main__.py", "__init__.py"})
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("name", [name for name in TRACKED if name.endswith((".txt", ".in", ".json", ".toml", "file"))])
def test_no_lock_or_setting_names_a_registry(name: str) -> None:
    text = (ROOT / name).read_text("utf-8") if (ROOT / name).exists() else ""
    assert not re.search(r"--(extra-)?index-url|--find-links|\"resolved\": \"https?:|/simple/", text)


def test_the_lock_of_the_page_is_whole_on_every_platform() -> None:
    packages = json.loads((ROOT / "web" / "package-lock.json").read_text("utf-8"))["packages"]
    locked = {path.rpartition("node_modules/")[2] for path in packages}
    kinds = ("dependencies", "devDependencies", "optionalDependencies")
    wanted = {name for package in packages.values() for kind in kinds for name in package.get(kind, ())}
    assert sorted(wanted - locked) == [], "`npm ci` refuses such a lock: take a version that the registry has for all"


def test_importing_the_package_does_nothing() -> None:
    code = "import sys; before = set(sys.modules); import tradewire; print(sorted(set(sys.modules) - before))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": str(ROOT / "src")}
    )
    assert done.stdout.strip() == "['tradewire']"
