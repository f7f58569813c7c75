"""The file that `tradewire new strategy NAME` writes: a strategy that works, and says what to change."""

from __future__ import annotations

import re
from string import Template

from tradewire.strategies.shipped import SHIPPED

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

_TEMPLATE = Template('''"""`$name`: buys a close above its average, sells one below it. Make it yours."""

from __future__ import annotations

from pydantic import Field

from tradewire.analysis.averages import sma
from tradewire.domain.bars import Bars
from tradewire.strategies.base import Params, Signals, Strategy


class ${made}Params(Params):
    """What can be set: each with a default, bounds and a description. Forms and sweeps are made from them."""

    length: int = Field(50, ge=2, le=1000, description="Bars of the average.")
    band: float = Field(0.2, ge=0, le=10, description="How far from the average a close must be, in per cent.")


class $made(Strategy[${made}Params]):
    """Long above the average, short below it.

    Keep it a pure function of the bars: no clock, no files, no memory between calls. Live it is called when a bar
    closes, with its warm-up and that bar; on history once, with all bars.
    """

    name = "$name"
    Params = ${made}Params

    def warmup(self, params: ${made}Params) -> int:
        """Return how many bars before a bar its answer needs. An EMA never forgets: see `ema_memory`."""
        return params.length - 1

    def signals(self, bars: Bars, params: ${made}Params) -> Signals:
        """Return four arrays of bool, one element a bar: what is said when that bar has closed.

        An answer may look at its bar and at earlier ones, never at later ones. `tradewire strategy check` tells.
        """
        average = sma(bars.close, params.length)  # NaN until there are `length` bars: comparisons are false there
        above = bars.close > average * (1 + params.band / 100)
        below = bars.close < average * (1 - params.band / 100)
        return Signals(
            long_entry=above,
            long_exit=below,
            short_entry=below,
            short_exit=above,
            # size=…           units of an entry (NaN: the account's own sizing)
            # stop_distance=…  how far from the price its stop is (NaN: no stop of the strategy's)
        )
''')


def written(name: str) -> str:
    """Return the text of a new strategy's file.

    Raises:
        ValueError: the name cannot be that of a strategy, or is that of a shipped one.
    """
    if name in SHIPPED:
        raise ValueError(f"{name} is the name of a strategy that is shipped: take another")
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot be a strategy's name: small letters, digits and - between them: my-idea")
    return _TEMPLATE.substitute(name=name, made=class_name(name))


def class_name(name: str) -> str:
    """Return the name of the class: `my-idea` gives `MyIdea`."""
    return "".join(part.capitalize() for part in name.split("-"))


def file_name(name: str) -> str:
    """Return the name of the file: `my-idea` gives `my_idea.py`."""
    return f"{name.replace('-', '_')}.py"
