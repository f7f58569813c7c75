"""What each channel's messages came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from tradewire.backtest.exact.recording import Part, Recorder
from tradewire.engine import facts as f
from tradewire.engine.contract import Incoming


@dataclass(slots=True)
class Channel:
    """One channel. Money in the accounts' currencies, net of fees; a trade closed in parts is one trade.

    `unread` has messages that ask for nothing or cannot be read, by reason; `refused` signals, by code; `unheard`
    counts messages outside the history.
    """

    source: str
    channel: str
    messages: int = 0
    signals: int = 0
    trades: int = 0
    won: int = 0
    pnl: float = 0.0
    fees: float = 0.0
    best: float = 0.0
    worst: float = 0.0
    unheard: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)

    @property
    def hit_rate(self) -> float | None:
        """The part of its trades that gained; None without trades."""
        return self.won / self.trades if self.trades else None

    def plain(self) -> dict[str, Any]:
        """Return everything as plain values."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return values | {"hit_rate": self.hit_rate, "refused": dict(self.refused), "unread": dict(self.unread)}


class ChannelRecorder(Recorder):
    """A recorder that also knows which message a trade comes from."""

    def __init__(self) -> None:
        super().__init__()
        self.channels: dict[tuple[str, str], Channel] = {}
        self.sentences: dict[str, str] = {}
        """One sentence for each code of a refusal, as an example."""
        self._of_message: dict[str, Channel] = {}
        self._of_signal: dict[str, Channel] = {}

    def channel(self, source: str, channel: str) -> Channel:
        """Return what is known of a channel."""
        return self.channels.setdefault((source, channel), Channel(source, channel))

    def take(self, event: f.Event, facts: Sequence[f.AnyFact], now: int) -> None:
        """Take in one row."""
        super().take(event, facts, now)
        if isinstance(event, f.MessageReceived) and not self.is_over:
            channel = self.channel(event.message.source, event.message.channel)
            channel.messages += 1
            self._of_message[event.message.id] = channel
        for fact in facts:
            match fact:
                case f.MessageRead(message_id=message_id, status=status, reason=reason) if status != "read":
                    if message_id in self._of_message:
                        self._of_message[message_id].unread[f"{status}: {reason}"] += 1
                case f.SignalRouted(message_id=message_id, signal_id=signal_id, refusal=refusal):
                    if message_id in self._of_message:
                        channel = self._of_signal[signal_id] = self._of_message[message_id]
                        channel.signals += 1
                        if refusal is not None:
                            self._refuse(channel, refusal.code.value, refusal.sentence)
                case f.PlanRefused(signal_id=signal_id, refusal=refusal) if signal_id in self._of_signal:
                    self._refuse(self._of_signal[signal_id], refusal.code.value, refusal.sentence)
                case _:
                    pass

    def _refuse(self, channel: Channel, code: str, sentence: str) -> None:
        channel.refused[code] += 1
        self.sentences.setdefault(code, sentence)

    def settled(self, unheard: Iterable[Incoming]) -> list[Channel]:
        """Return all channels with their trades, in the order of their names."""
        for message in unheard:
            channel = self.channel(message.source, message.channel)
            channel.messages += 1
            channel.unheard += 1
        gained: dict[str, float] = {}
        of_trade: dict[str, Part] = {}
        for part in self.parts:
            gained[part.trade] = gained.get(part.trade, 0.0) + part.pnl
            of_trade[part.trade] = part
            if part.signal in self._of_signal:
                self._of_signal[part.signal].fees += part.fees
        for trade, pnl in gained.items():
            if of_trade[trade].signal in self._of_signal:
                channel = self._of_signal[of_trade[trade].signal]
                channel.trades += 1
                channel.won += pnl > 0.0
                channel.pnl += pnl
                channel.best, channel.worst = max(channel.best, pnl), min(channel.worst, pnl)
        return sorted(self.channels.values(), key=lambda channel: (channel.source, channel.channel))
