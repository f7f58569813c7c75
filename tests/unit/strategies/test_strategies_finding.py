"""A strategy is found by its id, its module or its file; what is wrong is named, with the nearest right word."""

from __future__ import annotations

from pathlib import Path

import pytest

from tradewire.strategies.finding import BadParams, NoStrategy, find, read_params
from tradewire.strategies.sma_cross import SmaCross

OWN = """
from tradewire.strategies.base import Params, Strategy

class Mine(Strategy[Params]):
    name = "mine"
    Params = Params
    def warmup(self, params):
        return 1
    def signals(self, bars, params):
        raise NotImplementedError
"""


def test_by_id_and_by_module() -> None:
    assert find("sma-cross") is SmaCross
    assert find("tradewire.strategies.sma_cross:SmaCross") is SmaCross


def test_by_file_with_and_without_the_class(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(OWN)
    assert find(f"{file}:Mine").name == "mine"
    assert find(str(file)).name == "mine"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("sma-crss", "nearest: sma-cross"),
        ("tradewire.strategies.sma_cross:SmaCros", "nearest: SmaCross"),
        ("tradewire.nowhere:Thing", "tradewire.nowhere cannot be loaded: ModuleNotFoundError"),
        ("tradewire.strategies.sma_cross:Field", "is not a Strategy"),
        ("tradewire.strategies.base:Strategy", "does not define signals, warmup"),
        ("no/such.py:Thing", "there is no file no/such.py"),
    ],
)
def test_what_cannot_be_found_is_named(name: str, sentence: str) -> None:
    with pytest.raises(NoStrategy) as caught:
        find(name)
    assert sentence in str(caught.value)


def test_a_file_that_fails_shows_its_line(tmp_path: Path) -> None:
    file = tmp_path / "broken.py"
    file.write_text("x = 1\ny = x / 0\n")
    with pytest.raises(NoStrategy, match=r"ZeroDivisionError: division by zero \(line 2 of broken.py: y = x / 0\)"):
        find(f"{file}:Mine")


def test_a_file_that_ends_the_program_is_told(tmp_path: Path) -> None:
    file = tmp_path / "ending.py"
    file.write_text("import sys\nsys.exit(3)\n")
    with pytest.raises(NoStrategy, match=r"SystemExit: 3 \(line 2 of ending.py: sys.exit\(3\)\)"):
        find(str(file))


def test_parameters_are_read_from_text() -> None:
    assert read_params(SmaCross, {"fast": "5"}).model_dump() == {"fast": 5, "slow": 100}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"fastt": 5}, "sma-cross has no parameter 'fastt' (nearest: fast); it has fast, slow"),
        ({"fast": 0}, "fast = 0: Input should be greater than or equal to 1"),
        ({"fast": "x"}, "fast = x: Input should be a valid integer"),
        ({"fast": 200}, "fast (200) must be less than slow (100)"),
    ],
)
def test_a_wrong_parameter_is_named(given: dict[str, object], sentence: str) -> None:
    with pytest.raises(BadParams) as caught:
        read_params(SmaCross, given)
    assert sentence in str(caught.value)
