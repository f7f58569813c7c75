"""`scheduled`: one command at each slot of a timetable: once, at intervals, daily, weekly, monthly."""

from __future__ import annotations

from pydantic import Field

from tradewire.programs.lines import Command
from tradewire.programs.timed import Timed, TimedParams


class ScheduledParams(TimedParams):
    """A command and its timetable."""

    command: Command = Field(description="what is said at each slot, such as `buy btc 80 -sl 2%` or `close eurusd`")


class Scheduled(Timed[ScheduledParams]):
    """Says one command at each slot of a timetable, exactly once a slot.

    A slot that was missed by more than `schedule.late` (the hub was off, halted, or the program paused) is left out.
    """

    name = "scheduled"
    Params = ScheduledParams

    def line(self, params: ScheduledParams) -> str:
        """Return the command."""
        return params.command
