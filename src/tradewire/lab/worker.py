"""`python -m tradewire.lab.worker`: does the Lab's jobs, a line of JSON each, and leaves with its hub.

Whatever a strategy prints goes to the error output: standard output belongs to the frames.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Callable
from typing import Any, BinaryIO

import msgspec

from tradewire.lab import frames
from tradewire.lab.frames import Frame

GENTLE = 10
"""How far workers stand back behind the hub when both want a processor (a nice value)."""

Say = Callable[[Frame], None]


def main() -> None:
    """Do jobs until the input ends; the hub's death ends it too, also in the middle of a job."""
    out = _private_output()
    if hasattr(os, "nice"):
        os.nice(GENTLE)
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(lines,), daemon=True).start()
    while True:
        do(msgspec.json.decode(lines.get()), lambda frame: frames.write(out, frame))


def do(job: dict[str, Any], say: Say) -> None:
    """Do one job and say what came of it, last of all an answer, a refusal or a failure."""
    from tradewire.backtest.data.problems import BadHistory
    from tradewire.backtest.performing import StrategyFailed
    from tradewire.backtest.request import BadRequest
    from tradewire.lab import jobs
    from tradewire.strategies.finding import told

    try:
        answer = jobs.JOBS[job.pop("job")](say=say, **job)
    except BadRequest as error:
        say(Frame("refused", error.field, data=error.reason.encode()))
    except BadHistory as error:
        say(Frame("refused", "data", data=str(error).encode()))
    except StrategyFailed as error:
        say(Frame("refused", "strategy", data=str(error).encode()))
    except MemoryError:
        say(Frame("failed", data=b"there is not enough memory for this history"))
    except Exception as error:  # a defect, or a strategy that fails where nobody expects it: told, with its line
        say(Frame("failed", data=told(error).encode()))
    else:
        say(Frame("answer", data=msgspec.json.encode(answer)))


def _private_output() -> BinaryIO:
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return out


def _listen(lines: queue.SimpleQueue[bytes]) -> None:
    for line in sys.stdin.buffer:
        lines.put(line)
    os._exit(0)


if __name__ == "__main__":
    main()
