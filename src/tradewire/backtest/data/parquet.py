"""Writing a Parquet file in pieces: only one is in memory, and the file is there at once or not at all.

Importing it costs what polars costs.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import polars as pl

ROW_GROUP: Final = 131_072
"""Rows that are read together: a piece of a file costs little more than itself."""


def write_pieces(path: Path, pieces: Iterable[pl.DataFrame]) -> int:
    """Write frames of one schema, one after the other, as a file; return how many rows it has.

    What was there stays until the new file is whole and on the disk.

    Raises:
        OSError, PolarsError: it cannot be written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    rows = 0
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=path.parent) as folder:
        parts: list[Path] = []
        for frame in pieces:
            parts.append(Path(folder) / f"{len(parts)}.parquet")
            frame.write_parquet(parts[-1], compression="lz4", row_group_size=ROW_GROUP)
            rows += len(frame)
        made = parts[0]
        if len(parts) > 1:
            made = Path(folder) / "all.parquet"
            whole = pl.concat([pl.scan_parquet(part) for part in parts])
            whole.sink_parquet(made, compression="lz4", row_group_size=ROW_GROUP)
        with made.open("rb") as file:
            os.fsync(file.fileno())
        made.replace(path)
    return rows
