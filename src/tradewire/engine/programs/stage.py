"""All programs of a hub: who is woken by what, who is told what, and who speaks.

A program's step is written in one group; only when that is durable is what it says given to the hub's entrance, under
an id that never changes. What became of its orders is heard from committed groups, and after a restart from the
journal behind the row up to which it has heard. So a crash between any two commits loses nothing and repeats nothing.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop, Future
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

import structlog
from msgspec.structs import replace

from tradewire.domain.instrument import Quote
from tradewire.domain.symbols import nearest_symbol
from tradewire.engine import facts as f
from tradewire.engine import program_facts as p
from tradewire.engine.contract import BadAction, Incoming, LiveProgram, ProgramAction, Receipt
from tradewire.engine.group import Group
from tradewire.engine.market import Market
from tradewire.engine.post import Post
from tradewire.engine.programs import journaled
from tradewire.engine.programs.ears import Ears
from tradewire.engine.programs.holdings import holdings_of
from tradewire.engine.programs.runner import CannotGoOn, Own, Runner, Setup, begin, stream_of, watches_of
from tradewire.engine.programs.waking import Waking
from tradewire.ports import Clock, Notice
from tradewire.programs.base import SOURCE, BarWatch, external_id
from tradewire.programs.events import BarClosed, Moment, Price
from tradewire.store.errors import JournalBroken, StoreError
from tradewire.store.journal import Store

log = structlog.get_logger(__name__)

AT_ONCE = 200
"""Things that are told in one group at most; the rest is for the next."""
PAGE = 500
"""Rows of the journal read at once."""


class Programs:
    """The programs of a hub, by name. `configured` holds those that are enabled; the engine attaches itself."""

    def __init__(
        self,
        configured: Mapping[str, Setup],
        *,
        store: Store,
        posts: Mapping[str, Post],
        market: Market,
        clock: Clock,
        tell: Callable[[Notice], None],
    ) -> None:
        self._configured = configured
        self._store, self._posts, self._market, self._clock, self._tell = store, posts, market, clock, tell
        self.runners: dict[str, Runner] = {}
        self.left_out: dict[str, str] = {}
        """Programs that cannot be run, and why."""
        self._ears = Ears()
        self._due: dict[str, None] = {}
        self._said: list[tuple[str, p.Saying]] = []
        self._notices: list[Notice] = []
        self._changed: dict[str, None] = {}
        self._waking = Waking(self.runners, market, clock, self._is_asleep, self._wake)

    def attach(
        self, loop: AbstractEventLoop, receive: Callable[[Incoming], Future[Receipt]], wanted: Callable[[], None]
    ) -> None:
        """Speak by `receive`; `wanted` asks for a group."""
        self._waking.loop, self._receive, self._wanted = loop, receive, wanted

    @property
    def waiting(self) -> bool:
        """Tell whether something is to be told."""
        return bool(self._due)

    def live(self) -> Iterator[LiveProgram]:
        """Yield how each program stands, by name; those that cannot be run with the reason."""
        for name, setup in sorted(self._configured.items()):
            if name in self.runners:
                yield self.runners[name].live(asleep=self._is_asleep(self.runners[name]))
            else:
                reason = self.left_out.get(name)
                yield LiveProgram(name=name, kind=setup.kind, account=setup.account, status="left_out", reason=reason)

    def load(self) -> None:
        """Go back to what the journal says: states, what is not said yet, and what was not heard.

        Raises:
            StoreError: it cannot be read.
        """
        self._ears = Ears()
        self._waking.forget()
        for waste in (self.runners, self._due, self._changed):
            waste.clear()
        self._said, self._notices = [], []
        for name, setup in self._configured.items():
            if setup.account not in self._posts:
                self.left_out[name] = f"there is no account {setup.account} at work"
                continue
            try:
                runner = journaled.runner(self._store, name)
            except (CannotGoOn, JournalBroken) as error:
                self._leave_out(name, error)
                continue
            if runner is not None:
                self._take(runner, 1)
        if self.runners:
            self._catch_up(min(runner.heard for runner in self.runners.values()))

    def begin(self, group: Group) -> Iterator[str]:
        """Begin what has not begun, or has ended and is configured anew; yield what a person should look at."""
        for name, setup in self._configured.items():
            runner = self.runners.get(name)
            if name in self.left_out or (runner is not None and journaled.is_same(runner, setup)):
                continue
            if runner is not None and not runner.has_ended:
                yield (
                    f"program {name} goes on with the parameters that it began with, not with those of the "
                    f"configuration: `tradewire programs stop {name}` lets the next start begin it anew"
                )
                continue
            try:
                self._begin(group, name, setup)
            except CannotGoOn as error:
                self._leave_out(name, error)
        yield from (f"program {name} is left out: {reason}" for name, reason in self.left_out.items())
        yield from self._in_the_dark()
        for stream in self._store.streams():
            name = stream.removeprefix(journaled.PREFIX)
            if name != stream and name not in self._configured and not journaled.has_ended(self._store, stream):
                yield f"program {name} sleeps: it has not ended, and the configuration does not have it or disables it"

    def _in_the_dark(self) -> Iterator[str]:
        known = self._market.instruments
        for name, runner in self.runners.items():
            for symbol in sorted({*runner.interest.prices, *runner.interest.holdings} - known.keys()):
                near = nearest_symbol(symbol, known)
                hint = f"; did you mean {near}?" if near else ""
                yield f"program {name} waits for prices of {symbol}, which no feed has{hint}"

    def _begin(self, group: Group, name: str, setup: Setup) -> None:
        before = self.runners.get(name)
        runner, sayings = begin(group, name, setup, before, self._store.pos, self._clock.now())
        self._take(runner, 1 if before is None else before.state.said + 1)
        self._wrote(runner, sayings, None)

    def _take(self, runner: Runner, first: int) -> None:
        self.runners[runner.name] = runner
        self._ears.learn(runner.state, first)

    def _leave_out(self, name: str, error: CannotGoOn | JournalBroken) -> None:
        self.left_out[name] = str(error)
        log.error("program left out", program=name, reason=str(error))

    def resume(self) -> None:
        """Say again what the inbox may not have, and look at what has happened meanwhile."""
        for runner in self.runners.values():
            for saying in list(runner.unsaid.values()):
                self._speak(runner, saying)
        self._look(list(self.runners.values()))

    def on_quotes(self, quotes: Sequence[Quote]) -> None:
        """Wake who waits for these prices, or for a moment that has come."""
        if self.runners:
            self._waking.on_quotes(quotes)

    def watches(self) -> list[BarWatch]:
        """Return the bars that programs watch, those at work and those of the configuration."""
        found = {watch for runner in self.runners.values() for watch in runner.watches}
        for name, setup in self._configured.items():
            if name not in self.left_out:
                found.update(watches_of(setup))
        return sorted(found, key=lambda watch: (watch.symbol, watch.timeframe_s, watch.figures))

    def on_bar(self, bar: BarClosed) -> None:
        """Tell who watches it of a bar that has closed, each with the figures that it asked for."""
        for runner in self.runners.values():
            for watch in runner.watches:
                if (watch.symbol, watch.timeframe_s) == (bar.symbol, bar.timeframe_s) and not self._is_asleep(runner):
                    own = {figure: bar.values[figure] for figure in watch.figures if figure in bar.values}
                    self._wake(runner, f"bar {bar.symbol} {bar.timeframe_s}", replace(bar, values=own))

    def work(self, group: Group) -> None:
        """Tell what is to be told, and write what follows from it."""
        for _ in range(AT_ONCE):
            name = next(iter(self._due), None)
            if name is None:
                return
            runner = self.runners[name]
            if not runner.waits or self._is_asleep(runner):
                del self._due[name]
                continue
            now = self._clock.now()
            before, first = runner.status, runner.state.said + 1
            state, said = runner.state, runner.next(group, now, self._moment(runner, now))
            if said:
                self._ears.learn(runner.state, first)
            if runner.state != state or runner.status != before:
                self._wrote(runner, said, before)
            elif runner.let_pass:
                self._waking.snooze(name)

    def ask(self, group: Group, name: str, action: ProgramAction) -> None:
        """Do what a person asks for.

        Raises:
            BadAction: it is not possible.
        """
        runner = self.runners.get(name)
        if runner is None:
            raise BadAction(self.left_out.get(name) or f"there is no program {name!r}")
        if action == "resume" and runner.has_ended:
            try:
                self._begin(group, name, self._configured[name])
            except CannotGoOn as error:
                raise BadAction(str(error)) from error
            return
        possible = {"pause": ("running",), "resume": ("paused",), "stop": ("running", "paused")}[action]
        if runner.status not in possible:
            reason = "" if runner.reason is None else f" ({runner.reason})"
            raise BadAction(f"{name} is {runner.status}{reason}: it cannot {action}")
        first = runner.state.said + 1
        said = runner.ask(group, action, self._clock.now())
        self._ears.learn(runner.state, first)
        self._wrote(runner, said, runner.status)
        self._due[name] = None

    def committed(self, group: Group) -> None:
        """Hear what a group has made durable; speak, and tell people, what it lets be said."""
        if not self.runners:
            return
        halts = False
        for row in group.rows:
            if not row.stream.startswith(journaled.PREFIX):
                self._hear(row.pos, row.facts, row.now)
                halts = halts or any(isinstance(fact, f.AccountHalted) for fact in row.facts)
        if group.rows:
            for runner in self.runners.values():
                runner.is_up_to(group.rows[-1].pos)
        said, self._said, notices, self._notices = self._said, [], self._notices, []
        changed, self._changed = self._changed, {}
        for name, saying in said:
            self._speak(self.runners[name], saying)
        for notice in notices:
            self._tell(notice)
        if changed or halts:
            self._look(list(self.runners.values()) if halts else [self.runners[name] for name in changed])
        if self._due:
            self._wanted()

    def mark(self) -> None:
        """Keep where the programs stand in the journal; a store that fails now costs the next start some time."""
        try:
            for name, runner in self.runners.items():
                if (mark := runner.mark()) is not None:
                    stream = stream_of(name)
                    self._store.put_snapshot(stream, self._store.head(stream).seq, mark)
        except StoreError as error:
            log.warning("no mark of programs: the next start reads more", reason=str(error))

    def stop(self) -> None:
        """Wake nobody any more."""
        self._waking.stop()

    def _catch_up(self, pos: int) -> None:
        while rows := self._store.read_since(pos, PAGE):
            pos = rows[-1].pos
            for row in rows:
                if not row.stream.startswith(journaled.PREFIX):
                    self._hear(row.pos, f.decode(row.data).facts, row.ts)
        for runner in self.runners.values():
            runner.is_up_to(pos)

    def _hear(self, pos: int, facts: Iterable[f.AnyFact], now: int) -> None:
        own: dict[str, list[Own]] = {}
        for name, n, fact in self._ears.heard(facts):
            own.setdefault(name, []).append((n, fact, now))
        for name, about in own.items():
            self.runners[name].hears(pos, about)
            self._due[name] = None

    def _wrote(self, runner: Runner, said: list[p.Saying], before: p.Status | None) -> None:
        """Remember what is to be done once the group is durable."""
        self._said += [(runner.name, saying) for saying in said]
        self._changed[runner.name] = None
        self._waking.changed(runner.name)
        if before is not None and runner.status != before:
            self._notices.append(notice_of(runner, self._clock.now()))

    def _speak(self, runner: Runner, saying: p.Saying) -> None:
        incoming = Incoming(
            source=SOURCE,
            channel=runner.name,
            text=saying.text,
            external_id=external_id(runner.name, saying.n),
            account=runner.setup.account,
            ts_event=saying.ts,
        )
        self._receive(incoming).add_done_callback(partial(self._stored, runner.name, saying.n))

    def _stored(self, name: str, n: int, receipt: Future[Receipt]) -> None:
        """Know that the inbox has a saying; one that could not be stored is said again when the store is back."""
        if not receipt.cancelled() and receipt.exception() is None and name in self.runners:
            self.runners[name].unsaid.pop(n, None)

    def _is_asleep(self, runner: Runner) -> bool:
        """Tell whether its account takes no entries: the program is told nothing until it does again."""
        return self._posts[runner.setup.account].state.halted

    def _moment(self, runner: Runner, now: int) -> Moment:
        symbols = runner.interest.holdings
        return Moment(now, holdings_of(self._posts[runner.setup.account], symbols) if symbols else None)

    def _look(self, runners: Sequence[Runner]) -> None:
        """See whether something has come for these programs, or waits to be told that may be told now."""
        self._waking.look(runners)
        for runner in runners:
            if runner.waits:
                self._due[runner.name] = None
                self._wanted()

    def _wake(self, runner: Runner, key: str, event: Price | Moment | BarClosed) -> None:
        runner.wake(key, event)
        self._due[runner.name] = None
        self._wanted()


def notice_of(runner: Runner, now: int) -> Notice:
    """Return what a person is told of a program that has paused itself, or has come to its end."""
    account, reason = runner.setup.account, f"{(runner.reason or '').rstrip('.')}."
    if runner.status == "done":
        return Notice(severity="info", title=f"Program {runner.name} is done", body=reason, ts=now, account=account)
    body = f"{reason} It goes on by `tradewire programs resume {runner.name}`."
    return Notice(severity="warning", title=f"Program {runner.name} is paused", body=body, ts=now, account=account)
