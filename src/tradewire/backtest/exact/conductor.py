"""Lets several symbols happen in the order of their times, and messages come when they can be heard."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from tradewire.backtest.exact.hub import PastHub
from tradewire.backtest.exact.player import Player
from tradewire.engine import facts as f
from tradewire.engine import peaks
from tradewire.engine.contract import Incoming

LATEST = 60_000_000_000
"""How long (ns) orders may be under way that close what is open at the end."""


class Conductor:
    """Plays all symbols to their end, and closes there what is open.

    A message is heard at the first open of any symbol at or after its `ts_event`: what it would have met before is not
    known. `heard` has the moments of these opens for `messages`, both in the order of time.
    """

    def __init__(
        self, hub: PastHub, players: Sequence[Player], messages: Sequence[Incoming] = (), heard: Sequence[int] = ()
    ) -> None:
        self._hub, self._players = hub, players
        self._messages, self._heard = messages, heard
        self._looked_at = 0

    def play(self, last_word: Incoming | None) -> None:
        """Play everything; `last_word` closes what is open at the end, None leaves it."""
        hub = self._hub
        for player in self._players:
            player.note()
        said = 0
        while True:
            rows = [player.next() for player in self._players]
            starts = [start for p, row in zip(self._players, rows, strict=True) if (start := p.starts(row)) is not None]
            hears = self._heard[said] if said < len(self._heard) else None
            moment = min(starts + ([] if hears is None else [hears]), default=None)
            if moment is None:
                break
            due = hub.loop.due
            if due is not None and due < moment:
                if self._messages:
                    self._look_back(due)
                hub.loop.advance(due)
                if hub.engine.programs.runners:
                    for player in self._players:
                        player.note()
                continue
            until = bisect_left(self._heard, moment + 1) if hears == moment else said
            self._at(moment, rows, self._messages[said:until])
            said = until
        if last_word is not None:
            self.end(last_word)

    def _at(self, moment: int, rows: Sequence[int], messages: Sequence[Incoming]) -> None:
        """Open the bars that begin at a moment, say what is heard then, and let the bars go on."""
        hub = self._hub
        if messages:
            self._look_back(moment)
        opened = []
        for player, row in zip(self._players, rows, strict=True):
            at = player.row_at(moment) if messages else row if player.starts(row) == moment else None
            if at is not None:
                player.open(at)
                opened.append((player, at))
        hub.loop.advance(moment)
        for message in messages:
            hub.say(message)
        for player, at in opened:
            player.rest(at)
        self._look_at_equity()

    def _look_back(self, moment: int) -> None:
        for player in self._players:
            player.look_back(moment)

    def _look_at_equity(self) -> None:
        """Let the desks look whose equity has risen, where a rule measures from its highest."""
        for post in self._hub.engine.posts.values():
            if post.around.profile.drawdown is not None and peaks.has_risen(post.state, post.around):
                self._hub.engine.post_event(post.id, f.TimerRang(peaks.LOOK))
        self._hub.loop.settle()

    def end(self, last_word: Incoming) -> None:
        """Close what is open at the last closes, by this word."""
        hub = self._hub
        for player in self._players:
            player.end()
        if any(player.holds for player in self._players):
            hub.recorder.is_over = True
            hub.say(last_word)
            until = hub.clock.now() + LATEST
            while (due := hub.exchange.due) is not None and due <= until:
                hub.loop.advance(due)
                for player in self._players:
                    player.end()
        for player in self._players:
            player.note()
