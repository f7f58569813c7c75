"""Files that come in pieces over the network: onto the disk, never into the hub's memory."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from tradewire.api.lab import LARGEST_FILE, LabRefused

AT_ONCE: Final = 1 << 20
SUFFIXES: Final = (".csv", ".txt", ".gz", ".zip", ".parquet", ".feather", ".arrow")


@asynccontextmanager
async def received(root: Path, name: str, chunks: AsyncIterator[bytes]) -> AsyncIterator[Path]:
    """Yield a file with what came in, under the name that its owner gave it; afterwards it is gone.

    Raises:
        LabRefused: a name that no history has, more than `LARGEST_FILE` bytes, none, or no room.
    """
    plain = file_name(name)
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="upload-", dir=root))
    try:
        path = folder / plain
        try:
            size = await _write(path, chunks)
        except OSError as error:
            raise LabRefused("file", f"{plain} cannot be kept here: {error.strerror}") from error
        if not size:
            raise LabRefused("file", f"{plain} is empty")
        yield path
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def file_name(name: str) -> str:
    """Return the plain name of a file, without any directory.

    Raises:
        LabRefused: it is not the name of a file that can be imported.
    """
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name.replace("\\", "/").rpartition("/")[2]).lstrip(".")[-100:]
    if not plain.lower().endswith(SUFFIXES):
        raise LabRefused("name", f"{name!r} does not end like a file of bars: {', '.join(SUFFIXES)}")
    return plain


async def _write(path: Path, chunks: AsyncIterator[bytes]) -> int:
    size = 0
    waiting = bytearray()
    with path.open("wb") as file:
        async for chunk in chunks:
            size += len(chunk)
            if size > LARGEST_FILE:
                raise LabRefused(
                    "file", f"a file may have {LARGEST_FILE >> 20} MB at most; `tradewire data import` takes any"
                )
            waiting += chunk
            if len(waiting) >= AT_ONCE:
                await asyncio.to_thread(file.write, bytes(waiting))
                waiting.clear()
        await asyncio.to_thread(file.write, bytes(waiting))
    return size
