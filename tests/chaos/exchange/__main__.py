"""`python -m chaos.exchange DIRECTORY [PORT]`: the fake exchange as a process of its own."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from chaos.exchange.server import serve

if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
