"""One account's venue, kept alive: entered (and entered again), reconciled, listened to, and handed orders."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from typing import Any, Protocol, runtime_checkable

import structlog

from tradewire.domain import venue_events as v
from tradewire.domain.instrument import Instrument
from tradewire.domain.order import OrderRequest, OrderTerms
from tradewire.engine import facts as f
from tradewire.ports import Amends, AuthFailed, Clock, Misconfigured, PortError, Refused, Venue

log = structlog.get_logger(__name__)

PAUSES = (0.2, 0.5, 1, 2, 5, 10, 30)
"""Seconds between attempts to enter a venue that is not ready."""
RECONCILE_EVERY = 60.0
"""Seconds between two comparisons of the books with the venue, besides those at every start and resync."""
CALL_TIMEOUT = 15.0
"""Seconds after which a venue call that did not answer counts as lost."""
ONE_BREATH = 64
"""Answers of an embedded venue that make one step of the desk at most."""
LOOKUPS_AT_ONCE = 8
"""After a crash hundreds of orders may be in doubt: asked for all at once, a venue answers none in time."""


@runtime_checkable
class Embedded(Protocol):
    """Optional power of a venue that lives in this process and has no books but the hub's journal.

    It tells its events by direct calls, and takes orders within the group that orders them, so that one commit holds
    the order and its fill. Whoever uses it so must bring it back to the journal's state if that commit fails.
    """

    on_event: Callable[[v.VenueEvent], None] | None

    def submit_now(self, request: OrderRequest) -> None:
        """Take an order; what can be answered at once is told before this returns.

        Raises:
            Refused: proven not done.
        """


class VenueRunner:
    """Runs one venue. What it learns it posts as events; it decides nothing.

    `post` takes an event into the account's desk; `reconcile` is called with a fresh snapshot after every (re)connect.
    """

    def __init__(
        self,
        account: str,
        venue: Venue,
        clock: Clock,
        post: Callable[[str, f.Event], None],
        reconcile: Callable[[str, v.Snapshot], None],
        listed: Callable[[str, Sequence[Instrument]], None],
        *,
        reconcile_every: float = RECONCILE_EVERY,
    ) -> None:
        self.account = account
        self.venue = venue
        self.ready = False
        self.reason: str | None = "starting"
        self._clock = clock
        self._post = post
        self._reconcile = reconcile
        self._listed = listed
        self._reconcile_every = reconcile_every
        self._embedded = venue if isinstance(venue, Embedded) else None
        self._heard: list[v.VenueEvent] | None = None
        """What an embedded venue answers while orders are handed over."""
        self._tasks: set[asyncio.Task[Any]] = set()
        self._lookups = asyncio.Semaphore(LOOKUPS_AT_ONCE)
        self._main: asyncio.Task[None] | None = None
        if self._embedded is not None:
            self._embedded.on_event = self._take

    def start(self) -> None:
        """Begin to enter the venue; returns at once."""
        self._main = asyncio.get_running_loop().create_task(self._run(), name=f"venue {self.account}")

    async def stop(self) -> None:
        """Leave the venue. Orders under way are not cancelled: they are looked up at the next start."""
        tasks = [task for task in (self._main, *self._tasks) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        attempt = 0
        while True:
            try:
                async with AsyncExitStack() as stack:
                    await stack.enter_async_context(self.venue)
                    events = self._spawn(self._listen()) if self._embedded is None else None
                    if events is not None:
                        stack.callback(events.cancel)
                    await self._resync()
                    watching = self._spawn(self._watch())
                    stack.callback(watching.cancel)
                    attempt = 0
                    if events is None:
                        await asyncio.Event().wait()
                    else:
                        await events
            except asyncio.CancelledError:
                raise
            except (Misconfigured, AuthFailed) as error:
                self._lose(f"{type(error).__name__}: {error}")
                log.error("venue needs its owner", account=self.account, reason=str(error))
                return
            except Exception as error:  # A broken venue is isolated and named; the hub runs on.
                self._lose(f"{type(error).__name__}: {error}")
            await asyncio.sleep(PAUSES[min(attempt, len(PAUSES) - 1)])
            attempt += 1

    async def _listen(self) -> None:
        async for event in self.venue.events():
            self._take(event)
        raise PortError("the venue's event stream ended")

    def _take(self, event: v.VenueEvent) -> None:
        if isinstance(event, v.Disconnected):
            self._lose(event.reason)
        elif isinstance(event, v.Resynced):
            self._spawn(self._resync_surely())
        elif self._heard is not None:
            self._heard.append(event)
        else:
            self._post(self.account, f.VenueSaid(event))

    def check(self) -> None:
        """Compare the books with the venue now."""
        self._spawn(self._check())

    async def _check(self) -> None:
        try:
            self._reconcile(self.account, await self.shown())
        except Exception as error:  # A read that failed proves nothing and changes nothing.
            log.warning("could not reconcile", account=self.account, reason=str(error))

    async def _watch(self) -> None:
        """Reconcile every so often: what no event told of is found all the same."""
        while True:
            await asyncio.sleep(self._reconcile_every)
            await self._check()

    async def _resync_surely(self) -> None:
        for pause in (*PAUSES, PAUSES[-1]):
            try:
                await self._resync()
                return
            except Exception as error:
                self._lose(f"{type(error).__name__}: {error}")
                await asyncio.sleep(pause)

    async def _resync(self) -> None:
        self._listed(self.account, await self.venue.instruments())
        snapshot = await self.venue.snapshot()
        self._reconcile(self.account, snapshot)
        self.ready, self.reason = True, None
        self._post(self.account, f.BecameReady())

    def _lose(self, reason: str) -> None:
        if self.ready or self.reason != reason:
            log.warning("venue is not ready", account=self.account, reason=reason)
        self.ready, self.reason = False, reason
        self._post(self.account, f.LostReady(reason))

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    @property
    def is_embedded(self) -> bool:
        """Tell whether orders are handed over within the group that orders them."""
        return self._embedded is not None

    def submit(self, requests: Sequence[OrderRequest]) -> None:
        """Hand orders over; only what is not a plain hand-over comes back as an event."""
        if self._embedded is None:
            for request in requests:
                self._spawn(self._submit(request))
            return
        heard = self._heard = list[v.VenueEvent]()
        for request in requests:
            try:
                self._embedded.submit_now(request)
            except Refused as error:
                self._submit_ended(request, refused=True, reason=str(error))
        self._heard = None
        for start in range(0, len(heard), ONE_BREATH):
            event, *then = heard[start : start + ONE_BREATH]
            self._post(self.account, f.VenueSaid(event, tuple(then)))

    async def _submit(self, request: OrderRequest) -> None:
        try:
            async with asyncio.timeout(CALL_TIMEOUT):
                await self.venue.submit(request)
        except Refused as error:
            self._submit_ended(request, refused=True, reason=str(error))
        except asyncio.CancelledError:
            raise
        except Exception as error:  # Whatever it is, nobody knows whether the order was taken.
            self._submit_ended(request, refused=False, reason=f"{type(error).__name__}: {error}")

    def _submit_ended(self, request: OrderRequest, *, refused: bool, reason: str) -> None:
        self._post(
            self.account,
            f.SubmitEnded(
                client_order_id=request.client_order_id, refused=refused, reason=reason, ts=self._clock.now()
            ),
        )

    def cancel(self, client_order_id: str, since: int) -> None:
        """Ask for a cancel. If it fails, the order is looked up: it may have filled."""
        self._spawn(self._cancel(client_order_id, since))

    async def _cancel(self, client_order_id: str, since: int) -> None:
        try:
            async with asyncio.timeout(CALL_TIMEOUT):
                await self.venue.cancel(client_order_id)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # Refused too: "unknown order" may mean filled.
            log.info("cancel did not go through", account=self.account, order=client_order_id, reason=str(error))
            self.look_up(client_order_id, since)

    def amend(self, client_order_id: str, terms: OrderTerms, since: int) -> None:
        """Ask for other terms of an order. What is not proven to be refused is looked up."""
        self._spawn(self._amend(client_order_id, terms, since))

    async def _amend(self, client_order_id: str, terms: OrderTerms, since: int) -> None:
        try:
            if not isinstance(self.venue, Amends):
                raise Refused("this venue cannot change a resting order")
            async with asyncio.timeout(CALL_TIMEOUT):
                await self.venue.amend(
                    client_order_id,
                    quantity=terms.quantity,
                    limit_price=terms.limit_price,
                    stop_price=terms.stop_price,
                )
        except Refused as error:
            said = v.ReplaceRejected(client_order_id=client_order_id, reason=str(error), ts=self._clock.now())
            self._post(self.account, f.VenueSaid(said))
        except asyncio.CancelledError:
            raise
        except Exception as error:  # Whatever it is, nobody knows whether it was changed.
            log.info("a change did not go through", account=self.account, order=client_order_id, reason=str(error))
            self.look_up(client_order_id, since)

    def look_up(self, client_order_id: str, since: int) -> None:
        """Ask what became of an order."""
        self._spawn(self._look_up(client_order_id, since))

    async def _look_up(self, client_order_id: str, since: int) -> None:
        try:
            async with self._lookups, asyncio.timeout(CALL_TIMEOUT):
                result = await self.venue.lookup(client_order_id, since)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            self._post(
                self.account,
                f.LookupFailed(client_order_id=client_order_id, reason=f"{type(error).__name__}: {error}"),
            )
        else:
            self._post(self.account, f.LookedUp(result=result))

    async def shown(self) -> v.Snapshot:
        """Return what the venue shows now.

        Raises:
            PortError: it cannot be read.
        """
        try:
            async with asyncio.timeout(CALL_TIMEOUT):
                return await self.venue.snapshot()
        except PortError:
            raise
        except Exception as error:
            raise PortError(f"{type(error).__name__}: {error}") from error
