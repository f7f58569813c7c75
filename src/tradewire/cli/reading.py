"""`parse`: what messages mean, without a hub."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from tradewire.cli.options import fail


def parse(
    file: Annotated[
        typer.FileText, typer.Argument(metavar="[FILE|-]", help="JSON lines; - or nothing reads from the terminal.")
    ] = "-",  # type: ignore[assignment]
) -> None:
    """Read messages and print what each would be taken for. Works offline; nothing is sent.

    In: one JSON object a line, {"id", "text", "context"?}. Out: {"id", "pred": {…}}, line by line.
    """
    from tradewire.parsing.corpus import predict

    for number, record in _records(file):
        try:
            line = {"id": record["id"], "pred": predict(record["text"], record.get("context"))}
        except (KeyError, TypeError):
            fail(f"line {number} has no id and text")
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def _records(lines: Any) -> Iterator[tuple[int, Any]]:
    try:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield number, json.loads(line)
    except UnicodeDecodeError:
        fail("the input is not UTF-8 text")
    except ValueError as error:
        fail(f"line {number} is not JSON: {error}")
