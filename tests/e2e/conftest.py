"""A browser in front of a real hub; every file of tests gets a hub of its own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tradewire

BUILT = Path(tradewire.__file__).parent / "web" / "index.html"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser, and skip it where there is none."""
    needed = [
        pytest.mark.browser,
        pytest.mark.slow,
        pytest.mark.skipif(not BUILT.is_file(), reason="the dashboard is not built (make web)"),
        pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
    ]
    for item in items:
        if Path(__file__).parent in item.path.parents:
            for mark in needed:
                item.add_marker(mark)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running hub of its own; yields the address that lets the first visit in."""
    command = [sys.executable, "-m", "tradewire", "run", "--data", str(tmp_path_factory.mktemp("data")), "--port", "0"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "200"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as hub:
        assert hub.stdout is not None
        found = next((m for line in hub.stdout if (m := re.search(r"http://\S+token=\S+", line))), None)
        assert found is not None, "the hub ended without printing its address"
        try:
            yield found.group()
            hub.send_signal(signal.SIGTERM)
            assert hub.wait(20) == 0, "the hub did not end cleanly"
        finally:
            hub.kill()


@pytest.fixture(scope="module")
def visit(address: str) -> Iterator[Any]:
    """A browser that has been let in; the address works once."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.new_page().goto(address)
        yield context
        browser.close()


@pytest.fixture
def page(visit: Any, address: str) -> Iterator[Any]:
    page = visit.new_page()
    page.goto(address.partition("?")[0])
    yield page
    page.close()
