"""Speaks with a running hub over its API."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from tradewire.cli.options import directory, fail
from tradewire.datadir import RunningHub

API = "/api/v1"
TIMEOUT_S = 60.0
ASKED_WRONGLY = 422
NOT_KNOWN = 401


class HubError(Exception):
    """The hub said no, or said nothing; the text is for people."""


class WrongUsage(HubError):
    """The hub could not make sense of what it was asked."""


class HubClient:
    """One command's conversation with the hub. Every answer is what the API's document says."""

    def __init__(self, hub: RunningHub, transport: httpx.BaseTransport | None = None) -> None:
        self.url = hub.url.rstrip("/")
        self._http = httpx.Client(
            base_url=self.url + API,
            headers={"Authorization": f"Bearer {hub.token}"} if hub.token else {},
            timeout=TIMEOUT_S,
            transport=transport,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """Read something; parameters that are None are left out.

        Raises:
            HubError: refused, or unreachable.
        """
        wanted = {key: value for key, value in (query or {}).items() if value is not None}
        return self._answer("GET", path, params=wanted)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Ask for something to be done, once: a command whose answer is lost is not sent again. Errors as in `get`."""
        return self._answer("POST", path, json={key: value for key, value in body.items() if value is not None})

    def lines(self, path: str, last_event_id: str | None) -> Iterator[str]:
        """Yield the lines of an endless answer, from behind an event or from now on. Errors as in `get`."""
        headers = {} if last_event_id is None else {"Last-Event-ID": last_event_id}
        try:
            with self._http.stream("GET", path, headers=headers) as response:
                if not response.is_success:
                    raise HubError(f"the hub answered {response.status_code}")
                yield from response.iter_lines()
        except httpx.HTTPError as error:
            raise HubError(f"the stream of {self.url} ended: {error}") from None

    def _answer(self, method: str, path: str, **request: Any) -> Any:
        try:
            response = self._http.request(method, path, **request)
        except httpx.TimeoutException:
            raise HubError(
                f"the hub at {self.url} did not answer in time; ask `tradewire signals` what it did"
            ) from None
        except httpx.HTTPError as error:
            raise HubError(f"no hub answers at {self.url}: {error}") from None
        if response.is_success:
            return response.json()
        if response.status_code == NOT_KNOWN:
            raise HubError(f"the hub at {self.url} wants its access key (its file access.key) in TRADEWIRE_TOKEN")
        raise (WrongUsage if response.status_code == ASKED_WRONGLY else HubError)(_reason(response))


def _reason(response: httpx.Response) -> str:
    try:
        return str(response.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"the hub answered {response.status_code} {response.reason_phrase}".rstrip()


@contextmanager
def connect(data: Path | None, url: str | None = None) -> Iterator[HubClient]:
    """Give a client of the hub at `url`, or of the one that runs on the data directory.

    Ends the command with a sentence where there is no such hub, or where it says no: with 2 where it was asked wrongly.
    """
    if url is not None:
        token = os.environ.get("TRADEWIRE_TOKEN", "").strip()
        if not (token.isascii() and token.isprintable()):
            fail(
                "TRADEWIRE_TOKEN holds letters that no access key has; the key is in the hub's file access.key", code=2
            )
        hub = RunningHub(url=url, token=token, pid=0)
    else:
        place = directory(data)
        running = place.running()
        if running is None:
            fail(
                f"no hub is running on {place.root}; start one with `tradewire run`, or name its directory with --data"
            )
        hub = running
    try:
        with HubClient(hub) as client:
            yield client
    except WrongUsage as error:
        fail(str(error), code=2)
    except HubError as error:
        fail(str(error))
