"""Writes notices into the hub's own log."""

from __future__ import annotations

import structlog
from pydantic import BaseModel, ConfigDict

from tradewire.ports import Notice

LEVELS = {"info": "info", "warning": "warning", "error": "error"}


class Config(BaseModel):
    """Nothing to set: the log is always there."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class LogNotifier:
    """One line of log a notice; an unknown severity counts as a warning."""

    def __init__(self, id: str, config: Config) -> None:
        self.id = id
        self._log = structlog.get_logger("notice", notifier=id)

    async def send(self, notice: Notice) -> None:
        write = getattr(self._log, LEVELS.get(notice.severity, "warning"))
        write(notice.title, body=notice.body, account=notice.account, ts=notice.ts)
