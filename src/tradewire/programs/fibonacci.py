"""`fibonacci`: the stake goes up the Fibonacci numbers after losses, and begins anew after a win."""

from __future__ import annotations

from decimal import Decimal

from tradewire.programs.sequence import Sequence, SequenceParams


class Fibonacci(Sequence[SequenceParams]):
    """Raises the stake along 1, 1, 2, 3, 5, 8 … after each loss, and begins anew after a win."""

    name = "fibonacci"
    Params = SequenceParams
    raises_on = "loss"

    def multiple(self, params: SequenceParams, step: int) -> Decimal:
        """Return the Fibonacci number at `step`, counted from 0."""
        number, after = 1, 1
        for _ in range(step):
            number, after = after, number + after
        return Decimal(number)

    def following(self, step: int, *, won: bool) -> int:
        """Return one step more after a loss."""
        return 0 if won else step + 1
