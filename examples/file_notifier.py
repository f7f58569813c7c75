"""Appends every notice to a file, one JSON object a line."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from tradewire.ports import Clock, Finding, Kind, Manifest, Misconfigured, Notice, Topic, TryLater

MANIFEST = Manifest(
    id="file",
    kind=Kind.NOTIFIER,
    title="File",
    summary="Appends each notice to a file, as one JSON object a line.",
    docs="https://example.org/file-notifier",
)


class Config(BaseModel):
    """Where to write."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path = Field(description="The file; it is made when the first notice comes")


async def check(config: Config, clock: Clock) -> Sequence[Finding]:
    """See whether the file could be written, without writing it."""
    folder = config.path.parent
    if config.path.is_dir():
        raise Misconfigured("path", f"{config.path} is a folder")
    if not folder.is_dir():
        return [Finding(False, Topic.REACHABLE, f"there is no folder {folder}", "make it, or choose another path")]
    target = config.path if config.path.exists() else folder
    if not os.access(target, os.W_OK):
        return [Finding(False, Topic.PERMISSIONS, f"{target} may not be written", "let the hub's user write there")]
    return [Finding(True, Topic.PERMISSIONS, f"{config.path} can be written")]


class FileNotifier:
    """One line a notice: `{"severity", "title", "body", "account", "ts"}`, `ts` in epoch nanoseconds."""

    def __init__(self, id: str, config: Config) -> None:
        self.id = id
        self._path = config.path

    async def send(self, notice: Notice) -> None:
        """Append it.

        Raises:
            TryLater: the file cannot be written at the moment.
        """
        fields = {name: getattr(notice, name) for name in ("severity", "title", "body", "account", "ts")}
        try:
            await asyncio.to_thread(self._append, json.dumps(fields))
        except OSError as error:
            raise TryLater(60.0) from error

    def _append(self, line: str) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
