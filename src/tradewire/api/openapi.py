"""`python -m tradewire.api.openapi` prints the API's description; the dashboard's types are generated from it."""

from __future__ import annotations

import json
import sys

from tradewire.api.app import framework


def document() -> str:
    """Return the OpenAPI document; the same code always gives the same bytes."""
    return json.dumps(framework().openapi(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
