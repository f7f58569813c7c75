"""Sets up the log: readable lines in a terminal, JSON elsewhere, and never a secret."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from pydantic import SecretBytes, SecretStr

HIDDEN = "**********"
SECRET_WORDS = ("token", "secret", "password", "passphrase", "authorization", "api_key", "cookie")


def set_up(*, level: str = "info", stream: TextIO = sys.stderr) -> None:
    """Configure structlog for this process: colours on a terminal, else one JSON object a line."""
    terminal = stream.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%H:%M:%S" if terminal else "iso", utc=not terminal),
            redact,
            structlog.processors.dict_tracebacks if not terminal else structlog.processors.ExceptionPrettyPrinter(),
            structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer(default=str),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )


def redact(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide what is secret by its type or by its name."""
    for key, value in event.items():
        if isinstance(value, SecretStr | SecretBytes) or any(word in key.lower() for word in SECRET_WORDS):
            event[key] = HIDDEN
    return event
