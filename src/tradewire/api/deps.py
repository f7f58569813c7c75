"""What the routes work with: the running hub, the queries of the store, and who is asking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Protocol

from fastapi import Depends, Request

from tradewire.api.access import Principal
from tradewire.api.errors import no_account
from tradewire.api.lab import Lab
from tradewire.engine.contract import Hub
from tradewire.metrics import Metrics

Row = Mapping[str, Any]
"""One row of a projection: the keys are its columns."""


class Queries(Protocol):
    """Reads of the projections, newest first; safe in any thread.

    `before` is the primary key of the last row of the page before. A filter that is None does not filter.
    """

    def messages(
        self, *, source: str | None, channel: str | None, status: str | None, limit: int, before: str | None
    ) -> Sequence[Row]: ...
    def message(self, id: str, /) -> Row | None: ...
    def signals(
        self, *, message_id: str | None, symbol: str | None, status: str | None, limit: int, before: str | None
    ) -> Sequence[Row]: ...
    def signal(self, id: str, /) -> Row | None: ...
    def trace(self, signal_id: str, /) -> Sequence[Row]: ...
    def orders(
        self,
        *,
        account: str | None,
        status: str | None,
        symbol: str | None,
        signal_id: str | None,
        trade_id: str | None,
        limit: int,
        before: str | None,
    ) -> Sequence[Row]: ...

    def order(self, client_order_id: str, /) -> Row | None:
        """Return an order with its fills under the key "fills"."""

    def fills(
        self,
        *,
        account: str | None,
        symbol: str | None,
        client_order_id: str | None,
        limit: int,
        before: tuple[str, str] | None,
    ) -> Sequence[Row]: ...
    def positions(self, *, account: str | None, symbol: str | None) -> Sequence[Row]: ...
    def trades(
        self,
        *,
        account: str | None,
        status: str | None,
        symbol: str | None,
        signal_id: str | None,
        limit: int,
        before: str | None,
    ) -> Sequence[Row]: ...
    def trade(self, id: str, /) -> Row | None: ...
    def hooks(self) -> Sequence[Row]: ...


def _hub(request: Request) -> Hub:
    hub: Hub = request.app.state.hub
    return hub


def _queries(request: Request) -> Queries:
    queries: Queries = request.app.state.queries
    return queries


def _lab(request: Request) -> Lab:
    lab: Lab = request.app.state.lab
    return lab


def _metrics(request: Request) -> Metrics:
    metrics: Metrics = request.app.state.metrics
    return metrics


def _principal(request: Request) -> Principal:
    principal: Principal = request.state.principal
    return principal


HubDep = Annotated[Hub, Depends(_hub)]
QueriesDep = Annotated[Queries, Depends(_queries)]
LabDep = Annotated[Lab, Depends(_lab)]
MetricsDep = Annotated[Metrics, Depends(_metrics)]
PrincipalDep = Annotated[Principal, Depends(_principal)]


def require_account(hub: Hub, account: str | None) -> None:
    """Refuse an account that the hub does not have.

    Raises:
        ApiError: 404.
    """
    known = hub.health()["accounts"]
    if account is not None and account not in known:
        raise no_account(account, known)
