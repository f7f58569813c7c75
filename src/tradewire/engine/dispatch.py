"""What is done once a group is durable: orders and cancels to the venues, look-ups and reminders in their time."""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Callable, Mapping

from tradewire.domain.order import OrderStatus
from tradewire.engine import facts as f
from tradewire.engine.alarms import Alarms
from tradewire.engine.post import Post
from tradewire.engine.step import Amend, Cancel, Command, LookUp, Ring, Submit, Tell
from tradewire.ports import Clock, Notice

IN_FLIGHT = (OrderStatus.SUBMITTING, OrderStatus.UNKNOWN)


class Dispatch:
    """Carries out the commands of desks. `tell` hands a notice to the notifiers, `post_event` an event to a desk."""

    def __init__(
        self,
        posts: Mapping[str, Post],
        loop: AbstractEventLoop,
        clock: Clock,
        tell: Callable[[Notice], None],
        post_event: Callable[[str, f.Event], None],
    ) -> None:
        self._posts = posts
        self._clock = clock
        self._tell = tell
        self._post_event = post_event
        self._alarms = Alarms(loop, clock, self._due)

    def do(self, account: str, command: Command) -> None:
        """Carry out one command; nothing of it is waited for."""
        post = self._posts[account]
        match command:
            case Submit(request):
                post.runner.submit([request])
            case Cancel(cid):
                order = post.state.order(cid)
                post.runner.cancel(cid, order.request.submitted_at if order else 0)
            case Amend(cid, terms):
                order = post.state.order(cid)
                post.runner.amend(cid, terms, order.request.submitted_at if order else 0)
            case LookUp():
                if self._is_wanted(post, command):
                    self._alarms.set(account, command)
            case Ring():
                self._alarms.set(account, command)
            case Tell(severity, title, body):
                self._tell(Notice(severity=severity, title=title, body=body, ts=self._clock.now(), account=account))

    def stop(self) -> None:
        """Forget what was to be done later: the next start finds it in the journal."""
        self._alarms.stop()

    def _due(self, account: str, command: LookUp | Ring) -> None:
        if isinstance(command, Ring):
            self._post_event(account, f.TimerRang(command.what))
        elif self._is_wanted(self._posts[account], command):
            self._posts[account].runner.look_up(command.client_order_id, command.since)

    def _is_wanted(self, post: Post, command: LookUp) -> bool:
        """Tell whether a look-up could still prove something."""
        order = post.state.order(command.client_order_id)
        doubtful = order is not None and (order.status in IN_FLIGHT or order.replace_requested is not None)
        return command.always or doubtful
