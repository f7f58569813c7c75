"""In CI a test that skips itself fails, unless its reason is on the list."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

SKIPPING = """
import pytest

@pytest.mark.skip(reason="{reason}")
def test_something():
    raise RuntimeError
"""


@pytest.mark.parametrize(
    ("reason", "ci", "outcome"),
    [
        ("no chromium", "true", {"errors": 1}),
        ("no chromium", "", {"skipped": 1}),
        ("set TRADEWIRE_SHARED", "true", {"skipped": 1}),
    ],
)
def test_a_skip_in_ci(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, reason: str, ci: str, outcome: dict[str, int]
) -> None:
    monkeypatch.setenv("CI", ci)
    pytester.makeconftest((Path(__file__).parents[1] / "conftest.py").read_text("utf-8"))
    pytester.makepyfile(SKIPPING.format(reason=reason))
    pytester.runpytest("-p", "no:randomly").assert_outcomes(**outcome)
