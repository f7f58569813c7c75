"""Killed at any boundary, a hub acts once on each bar and once on each slot of a schedule; the controls are caught."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from chaos.hubs import ENVIRONMENT

pytestmark = [pytest.mark.chaos, pytest.mark.slow, pytest.mark.timeout(600)]


async def swept(directory: Path, mode: str) -> dict[str, Any]:
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-m", "chaos.clocked", str(directory), mode)
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe, env=ENVIRONMENT)
    try:
        said, failed = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0, failed.decode()
    found: dict[str, Any] = json.loads(said)
    return found


async def test_a_bar_and_a_slot_are_acted_on_once_wherever_the_hub_is_killed(tmp_path: Path) -> None:
    found = await swept(tmp_path, "sound")
    assert found["struck"] > 25
    assert found["faults"] == {}


@pytest.mark.parametrize(("mode", "symptom"), [("forgetful", "fired 2 times"), ("late", "bars were spoken of")])
async def test_a_hub_that_forgets_or_is_late_is_caught(tmp_path: Path, mode: str, symptom: str) -> None:
    found = await swept(tmp_path, mode)
    assert any(symptom in sentence for told in found["faults"].values() for sentence in told)
