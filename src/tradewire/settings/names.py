"""How things of the configuration are called."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
"""Names of accounts, profiles and plug-ins: they appear in commands, so they are short and lower-case."""
Symbol = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,20}$")]
