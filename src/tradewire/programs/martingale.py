"""`martingale` and `anti-martingale`: the stake is multiplied after a loss, or after a win, and reset by the other."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from tradewire.programs.sequence import Sequence, SequenceParams


class MartingaleParams(SequenceParams):
    """A sequence with a factor."""

    factor: Decimal = Field(default=Decimal(2), gt=1, le=5, description="the stake is multiplied by it at each step")


class Martingale(Sequence[MartingaleParams]):
    """Multiplies the stake after each loss, and begins anew after a win."""

    name = "martingale"
    Params = MartingaleParams
    raises_on = "loss"

    def multiple(self, params: MartingaleParams, step: int) -> Decimal:
        """Return factor ** step."""
        return params.factor**step

    def following(self, step: int, *, won: bool) -> int:
        """Return one step more after a loss."""
        return 0 if won else step + 1


class AntiMartingaleParams(MartingaleParams):
    """A sequence that raises on wins: at its cap it is content, and begins anew."""

    at_cap: Literal["reset", "pause"] = Field(
        default="reset", description="after the last step: begin again with the first stake, or pause"
    )


class AntiMartingale(Sequence[AntiMartingaleParams]):
    """Multiplies the stake after each win, and begins anew after a loss."""

    name = "anti-martingale"
    Params = AntiMartingaleParams
    raises_on = "win"

    def multiple(self, params: AntiMartingaleParams, step: int) -> Decimal:
        """Return factor ** step."""
        return params.factor**step

    def following(self, step: int, *, won: bool) -> int:
        """Return one step more after a win."""
        return step + 1 if won else 0
