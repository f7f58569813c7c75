"""The one way out of planning: a reason, raised where it is found and handed on as `Refused` by the planner."""

from __future__ import annotations

from tradewire.domain.refusal import Code, Refusal


class Unplannable(Exception):
    """A signal cannot become an order on this account."""

    def __init__(self, code: Code, sentence: str) -> None:
        super().__init__(sentence)
        self.refusal = Refusal(code, sentence)
