"""Fills in `${NAME}`, `${NAME:-default}` and `${file:PATH}`, so that no secret has to stand in the configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

_REFERENCE = re.compile(r"\$\$|\$\{([^}]*)\}?")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Missing(ValueError):
    """A reference that leads to nothing."""


class Interpolator:
    """Resolves references against an environment and, for files, against the folder of the configuration."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self._environment = environment
        self._folder = folder

    def resolve(self, text: str) -> str:
        """Return `text` with its references filled in; `$$` stands for one dollar sign.

        Raises:
            Missing: an environment variable or a file that is not there, or a reference that cannot be read.
        """
        return _REFERENCE.sub(self._one, text)

    def _one(self, match: re.Match[str]) -> str:
        whole, inside = match[0], match[1]
        if whole == "$$":
            return "$"
        if not whole.endswith("}"):
            raise Missing(f"{whole!r} is not closed: write ${{NAME}}")
        if inside.startswith("file:"):
            return self._file(inside.removeprefix("file:"))
        name, separator, default = inside.partition(":-")
        if not _NAME.fullmatch(name):
            raise Missing(f"{whole!r} cannot be read: write ${{NAME}}, ${{NAME:-default}} or ${{file:PATH}}")
        value = self._environment.get(name)
        if separator:
            return value or default
        if value is None:
            raise Missing(f"the environment variable {name} is not set")
        return value

    def _file(self, name: str) -> str:
        path = self._folder / Path(name).expanduser()
        try:
            return path.read_text("utf-8").rstrip("\r\n")
        except OSError as error:
            raise Missing(f"the file {path} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise Missing(f"the file {path} is not UTF-8 text") from None
