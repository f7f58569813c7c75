"""How a mistake in a text is told: where it is, what is wrong with it, and the nearest thing that would be right."""

from __future__ import annotations

from tradewire.domain.signal import Unclear


class Mistake(Exception):
    """A text cannot be read with certainty. `position` is its 0-based character, None where no place is at fault."""

    def __init__(self, reason: str, position: int | None = None, suggestion: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position
        self.suggestion = suggestion

    def unclear(self) -> Unclear:
        """Return the reading that tells this mistake."""
        return Unclear(reason=self.reason, position=self.position, suggestion=self.suggestion)
