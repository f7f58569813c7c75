"""What holds for all tests: where the shared material lies, and that no test skips itself unseen in CI."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")

MAY_SKIP_IN_CI = ("TRADEWIRE_SHARED",)
"""A reason that contains one of these may skip a test even in CI: the material does not belong to the repository."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if os.environ.get("CI") == "true" and report.skipped and not hasattr(report, "wasxfail"):
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        if not any(word in reason for word in MAY_SKIP_IN_CI):
            report.outcome = "failed"
            report.longrepr = f"Nothing may be skipped in CI, but {item.nodeid} was: {reason}"
    return report


@pytest.fixture(scope="session")
def shared() -> Path:
    """The material that lies beside the project; a test that asks for it is skipped where it is absent."""
    root = Path(os.environ.get("TRADEWIRE_SHARED", Path(__file__).parents[2] / "shared"))
    if not root.is_dir():
        pytest.skip("no shared material: set TRADEWIRE_SHARED")
    return root
