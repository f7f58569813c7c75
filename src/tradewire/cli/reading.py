"""`parse`: what messages mean, without a hub."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, BinaryIO

import typer


class _Unreadable(Exception):
    """A line that is no message; the text says why, `id` is what the line calls itself, if it says so."""

    def __init__(self, reason: str, identity: Any = None) -> None:
        super().__init__(reason)
        self.id = identity


def parse(
    file: Annotated[
        typer.FileBinaryRead,
        typer.Argument(metavar="[FILE|-]", help="JSON lines; - or nothing reads from the terminal."),
    ] = "-",  # type: ignore[assignment]
) -> None:
    """Read messages and print what each would be taken for. Works offline; nothing is sent.

    In: one JSON object a line, {"id", "text", "context"?}. Out: {"id", "pred": {…}}, line by line. A line that is no
    message is named on standard error, answered as unclear where it has an id, and makes the command end with 1.
    """
    ended_well = True
    for number, line in _lines(file):
        try:
            answer = _answer(line)
        except _Unreadable as error:
            ended_well = False
            typer.echo(f"tradewire: line {number} {error}", err=True)
            if error.id is None:
                continue
            answer = {"id": error.id, "pred": {"action": "unclear", "reason": f"the line {error}"}}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    if not ended_well:
        raise typer.Exit(1)


def _lines(file: BinaryIO | Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    return ((number, line) for number, line in enumerate(file, 1) if line.strip())


def _answer(line: bytes) -> Mapping[str, Any]:
    from tradewire.parsing.corpus import predict

    try:
        record = json.loads(line.decode())
    except UnicodeDecodeError:
        raise _Unreadable("is not UTF-8 text") from None
    except (ValueError, RecursionError) as error:
        raise _Unreadable(f"is not JSON: {error}") from None
    if not isinstance(record, dict):
        raise _Unreadable("is not a JSON object with id and text")
    identity, text, context = record.get("id"), record.get("text"), record.get("context")
    if identity is None or not isinstance(text, str):
        raise _Unreadable("has no id and text", identity)
    if not isinstance(context, str | None):
        raise _Unreadable("has a context that is no text", identity)
    return {"id": identity, "pred": predict(text, context)}
