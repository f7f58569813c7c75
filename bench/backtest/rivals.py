"""The peers: how each is started, how much it can finish, and which of our policies has its rules."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bench.backtest.ours import FIX, TRAIL, percent
from tradewire.backtest.policy import BACKTESTING, VECTORBT, FillPolicy
from tradewire.domain.signal import ExitSpec, Target
from tradewire.exits.kernel import RAISE_AFTER, RAISE_BEFORE, RAISE_CLOSE, STOP_ALWAYS, STOP_LAST


@dataclass(frozen=True, slots=True)
class Rival:
    """One peer. `exact` ones must agree in every trade; of the others `rule` says why some trades differ."""

    name: str
    environment: str
    script: str
    policy: FillPolicy
    bars: int
    rule: str
    arguments: tuple[str, ...] = ()
    exact: bool = False
    tolerance: float = 1e-9
    """Relative: what rounding to its digits may change in a price."""
    fix: ExitSpec = FIX

    @property
    def variants(self) -> dict[str, ExitSpec]:
        return {"fix": self.fix, "trail": TRAIL}


NET_OF_FEES = percent((Decimal("1.04") * Decimal("1.001") / Decimal("0.999") - 1) * 100)
VECTORBT_RULE = "preset vectorbt: a stop acts from the bar after the entry, and before a signal's exit at the open"

RIVALS = (
    *(
        Rival(
            f"vectorbt {engine}",
            "vectorbt",
            "vectorbt_peer.py",
            VECTORBT,
            1_000_000,
            VECTORBT_RULE,
            (engine,),
            exact=True,
            tolerance=1e-12,
        )
        for engine in ("rust", "numba")
    ),
    Rival(
        "backtesting.py",
        "backtesting",
        "backtesting_peer.py",
        BACKTESTING,
        100_000,
        "preset backtesting: stop and target are set once the fill is seen and act from the next bar on",
        exact=True,
        tolerance=1e-12,
    ),
    Rival(
        "backtrader",
        "backtrader",
        "backtrader_peer.py",
        FillPolicy(entry_bar=False, stop_first=STOP_ALWAYS, raises=RAISE_AFTER, close_at_end=False),
        20_000,
        "its trailing stop follows the close, ours the high",
    ),
    Rival(
        "nautilus_trader",
        "nautilus",
        "nautilus_peer.py",
        FillPolicy(at_close=True, entry_bar=False, stop_first=STOP_LAST, raises=RAISE_CLOSE, close_at_end=False),
        100_000,
        "a bar is four prices: what the open jumps over fills at its level (ours: at the open), "
        "and the open itself raises the trailing stop",
        tolerance=1e-8,
    ),
    Rival(
        "freqtrade",
        "freqtrade",
        "freqtrade_peer.py",
        FillPolicy(stop_first=STOP_ALWAYS, raises=RAISE_BEFORE),
        100_000,
        "a bar below the stop already does not raise it; in the entry bar a trailing stop fills as far below the open; "
        "an open beyond the stop fills at the stop where the bar comes back to it; what is open at the end leaves "
        "at the last open (two trades on the hot set leave a bar later: not traced)",
        tolerance=1e-8,
        fix=ExitSpec(stop=FIX.stop, targets=(Target(NET_OF_FEES),)),
    ),
)
