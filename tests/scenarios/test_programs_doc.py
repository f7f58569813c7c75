"""The examples of docs/programs.md are configurations whose programs begin."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from scenarios.story import D, Story
from scenarios.story_feed import BTC
from tradewire.programs.shipped import SHIPPED, described, kind
from tradewire.settings.load import loads

PAGE = (Path(__file__).parents[2] / "docs" / "programs.md").read_text("utf-8")
EXAMPLES = re.findall(r"```yaml\n(programs:.*?)```", PAGE, re.DOTALL)
MAIN = "accounts: {main: {config: {balance: 10000}}}\nsources: {}\nrisk: {default: {opposite: allow}}\n"


@pytest.mark.parametrize("example", EXAMPLES)
async def test_an_example_begins(tmp_path: Path, example: str) -> None:
    settings = loads(MAIN + example, "example.yaml", tmp_path, {}).settings
    hub = Story(tmp_path, programs=settings.programs, risk=settings.risk)
    hub.offered = (
        BTC,
        replace(BTC, symbol="ETHUSDT", base="ETH"),
        replace(BTC, symbol="EURUSD", base="EUR", quote="USD", tick_size=D("0.00001"), pip_size=D("0.0001")),
    )
    hub.prices = {"BTCUSDT": D(60_000), "ETHUSDT": D(3_000), "EURUSD": D("1.1")}
    async with hub:
        programs = hub.engine.programs
        assert programs.left_out == {}
        assert {name: runner.status for name, runner in programs.runners.items()} == dict.fromkeys(
            settings.programs, "running"
        )


@pytest.mark.parametrize("name", SHIPPED)
def test_every_kind_has_a_section_that_names_its_parameters_and_an_example(name: str) -> None:
    assert any(f"program: {name}\n" in example for example in EXAMPLES)
    section = PAGE.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    assert section
    wanted = {row["parameter"].partition(".")[0] for row in described(kind(name))}
    assert sorted(word for word in wanted if f"`{word}`" not in section) == []
