"""One program: its state as the journal has it, what it has to be told yet, and the steps that follow."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
import structlog
from msgspec import Raw, Struct

from tradewire.engine import facts as f
from tradewire.engine import program_facts as p
from tradewire.engine.contract import LiveProgram, ProgramAction
from tradewire.engine.group import Group
from tradewire.engine.programs.ears import told
from tradewire.programs.base import BarWatch, Interest, Program, Result, State, saying
from tradewire.programs.events import Event, Moment, Price
from tradewire.programs.shipped import kind as kind_of

log = structlog.get_logger(__name__)

NOTHING = Interest()

Own = tuple[int, f.AnyFact, int]
"""The number of a saying, a fact about what came of it, and when that was decided (epoch ns)."""


class Setup(Struct, frozen=True, kw_only=True):
    """What the configuration says of a program: its kind, its account, its parameters as plain values."""

    kind: str
    account: str
    params: Mapping[str, Any]


class Mark(Struct, frozen=True):
    """Up to where a program has heard the journal although nothing came of it: a start reads on from there."""

    heard: int
    orders: dict[int, p.OpenOrder]


class CannotGoOn(Exception):
    """A program's stream does not lead to a state with this version of the hub."""


class Runner:
    """A program at work. What changes is written into a group; `load` goes back to what the journal says."""

    def __init__(self, name: str, stands: p.ProgramStands, began: p.ProgramBegan, mark: Mark | None) -> None:
        """Take up a program where its journal has left it.

        Raises:
            CannotGoOn: its kind, parameters or state are not what this version knows.
        """
        self.name = name
        self.setup = Setup(kind=began.kind, account=began.account, params=began.params)
        try:
            self.kind: Program[Any, Any] = kind_of(began.kind)
            self.params = self.kind.Params.model_validate(began.params)
            self.state: State = msgspec.json.decode(stands.state, type=self.kind.Memory)
            interest = self.kind.interest(self.params, self.state)
        except Exception as error:  # A program's defect, or another version's, must not keep the hub from starting.
            raise CannotGoOn(f"what the journal has of it cannot be taken up by this version: {error}") from error
        self.status, self.reason, self.began = stands.status, stands.reason, stands.began
        self.unsaid = {saying.n: saying for saying in (*stands.unsaid, *stands.say)}
        self.heard = stands.heard if mark is None else mark.heard
        self.orders = dict(stands.orders if mark is None else mark.orders)
        self.interest = interest if self.is_running else NOTHING
        self._own: deque[tuple[int, Sequence[Own]]] = deque()
        """Rows of the journal (their positions) with what they say of its own; each is told whole."""
        self.let_pass = False
        """It did nothing at the moment that it was told last."""
        self._woken: dict[str, Event] = {}
        """Prices, bars and a moment to be told, one of each."""

    @property
    def watches(self) -> tuple[BarWatch, ...]:
        """Return the bars that it watches."""
        return () if self.has_ended else self.kind.bars(self.params)

    @property
    def is_running(self) -> bool:
        return self.status == "running"

    @property
    def has_ended(self) -> bool:
        return self.status in ("stopped", "done")

    @property
    def waits(self) -> bool:
        """Tell whether something is to be told that it may be told now."""
        return self.is_running and bool(self._own or self._woken)

    def live(self, *, asleep: bool) -> LiveProgram:
        """Return how it stands, for people."""
        return LiveProgram(
            name=self.name,
            kind=self.setup.kind,
            account=self.setup.account,
            status=self.status,
            reason=self.reason,
            asleep=asleep and self.is_running,
            told=self.kind.told(self.params, self.state),
            warning=self.kind.warning(self.params),
            said=self.state.said,
            ts_next=self.interest.moment,
            params=self.setup.params,
            state=msgspec.json.decode(msgspec.json.encode(self.state)),
        )

    def hears(self, pos: int, own: Sequence[Own]) -> None:
        """Take in what the journal's row at `pos` says of its orders and trades."""
        if not self.has_ended and pos > self.heard:
            self._own.append((pos, own))

    def is_up_to(self, pos: int) -> None:
        """Know that nothing up to `pos` is to be told besides what waits."""
        if not self._own and not self.has_ended:
            self.heard = pos

    def wake(self, key: str, event: Event) -> None:
        """Take in a price, a bar or a moment that it has asked for; of each kind the first counts until it is told."""
        if self.is_running:
            self._woken.setdefault(key, event)

    def is_touched(self, symbol: str, price: Price) -> bool:
        """Tell whether a price leaves the band in which the program sleeps."""
        band = self.interest.prices.get(symbol)
        return band is not None and band.is_left(price.bid, price.ask)

    def mark(self) -> bytes | None:
        """Return where it stands in the journal; None while something is to be told that the journal has."""
        return None if self._own else msgspec.json.encode(Mark(self.heard, self.orders))

    def next(self, group: Group, now: int, moment: Moment) -> list[p.Saying]:
        """Tell it the next thing, write what follows, and return what it says now.

        What the journal says of its own stays to be told where the program's code fails: it is told when a person lets
        the program go on.
        """
        orders, pos = dict(self.orders), self.heard
        events: list[Event]
        if self._own:
            pos, own = self._own[0]
            events = [about for n, fact, ts in own if (about := told(n, fact, orders, ts)) is not None]
        else:
            waking = self._woken.pop(next(iter(self._woken)))
            events = [moment if isinstance(waking, Moment) else waking]
        try:
            steps = list(self._steps(events))
        except Exception as error:  # A program's defect is its own: it is paused, and the hub runs on.
            log.exception("a defect of a program: it is paused", program=self.name)
            reason = f"a defect of the program, see the log: {type(error).__name__}: {error}"
            return self.write(group, p.ProgramFailed(self.name, reason), Result(self.state, pause=reason), now)
        if self._own:
            self._own.popleft()
        self.heard, self.orders = pos, orders
        self.let_pass = bool(events) and not steps and isinstance(events[0], Moment)
        said: list[p.Saying] = []
        for event, result in steps:
            said += self.write(group, p.ProgramTold(self.name, event), result, now)
        return said

    def _steps(self, events: Sequence[Event]) -> Iterator[tuple[Event, Result[Any]]]:
        """Yield the steps that change something. Whatever fails, fails here, before anything is written."""
        state = self.state
        for event in events:
            result = self.kind.step(self.params, state, event)
            if result.state.said != state.said + len(result.say):
                raise ValueError(f"it says {len(result.say)} lines and counts from {state.said} to {result.state.said}")
            if result != Result(state):
                self.kind.interest(self.params, result.state)
                yield event, result
            state = result.state
            if result.done is not None:
                return

    def write(self, group: Group, event: p.Event, result: Result[Any], now: int) -> list[p.Saying]:
        """Write a step, fold it, and return what is said."""
        said = [p.Saying(n, text, now) for n, text in enumerate(result.say, result.state.said - len(result.say) + 1)]
        if isinstance(event, p.ProgramBegan):
            self.began = group.head(stream_of(self.name)) + 1
        if result.done is not None:
            self.status, self.reason = "done", result.done
        elif result.pause is not None:
            self.status, self.reason = "paused", result.pause
        stands = p.ProgramStands(
            status=self.status,
            reason=self.reason,
            began=self.began,
            state=Raw(msgspec.json.encode(result.state)),
            say=tuple(said),
            unsaid=tuple(self.unsaid.values()),
            orders=self.orders,
            heard=self.heard,
        )
        group.note(stream_of(self.name), event, (stands,), now)
        self.state = result.state
        self.unsaid |= {saying.n: saying for saying in said}
        self.interest = self.kind.interest(self.params, self.state) if self.is_running else NOTHING
        if not self.is_running:
            self._woken.clear()
        return said

    def ask(self, group: Group, action: ProgramAction, now: int) -> list[p.Saying]:
        """Do what a person asks for, and return what is said."""
        last = self.kind.finish(self.params, self.state) if action == "stop" else ()
        match action:
            case "pause":
                self.status, self.reason = "paused", "by you"
            case "resume":
                self.status, self.reason = "running", None
            case "stop":
                self.status, self.reason = "stopped", "by you"
        return self.write(group, p.ProgramAsked(self.name, action), saying(self.state, *last), now)


def begin(
    group: Group, name: str, setup: Setup, before: Runner | None, heard: int, now: int
) -> tuple[Runner, list[p.Saying]]:
    """Write that a program begins, and return it with what it says at once. `before`: its run that has ended.

    Raises:
        CannotGoOn: the configuration asks for a kind, or for parameters, that there are not.
    """
    blank = State(name=name, account=setup.account, said=0 if before is None else before.state.said)
    try:
        kind = kind_of(setup.kind)
        params = kind.Params.model_validate(setup.params)
        first = kind.start(params, blank, now)
    except Exception as error:  # A program's defect must not keep the hub from starting.
        raise CannotGoOn(f"it cannot begin: {error}") from error
    plain = params.model_dump(mode="json")
    began = p.ProgramBegan(program=name, kind=setup.kind, account=setup.account, params=plain)
    stands = p.ProgramStands(
        status="running",
        reason=None,
        began=0,
        state=Raw(msgspec.json.encode(first.state)),
        unsaid=() if before is None else tuple(before.unsaid.values()),
        heard=heard,
    )
    runner = Runner(name, stands, began, None)
    return runner, runner.write(group, began, first, now)


def watches_of(setup: Setup) -> tuple[BarWatch, ...]:
    """Return the bars that a program as configured would watch."""
    kind = kind_of(setup.kind)
    return kind.bars(kind.Params.model_validate(setup.params))


def stream_of(name: str) -> str:
    """Return the name of a program's journal stream."""
    return f"program:{name}"
