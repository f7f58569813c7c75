"""Says whether anybody answers at a webhook's address, without sending a notice."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Sequence
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from tradewire.notifiers.webhook.notifier import Config
from tradewire.ports import Clock, Finding, Topic

_SKEW_S: Final = 30
"""A `Date` counts whole seconds and may be some old; only a clock that is set wrongly is further off."""
_UNSENDABLE: Final = (UnicodeEncodeError, httpx.InvalidURL, httpx.LocalProtocolError)


async def check(
    config: Config, clock: Clock, *, transport: httpx.AsyncBaseTransport | None = None
) -> Sequence[Finding]:
    """Ask for OPTIONS, which nobody takes for a notice (some do take HEAD and GET). The address is never shown.

    Any answer proves that somebody is there; whether a POST is welcome, only a POST could tell.
    """
    headers = {name: value.get_secret_value() for name, value in config.headers.items()}
    try:
        async with httpx.AsyncClient(transport=transport, timeout=config.timeout_s) as client:
            response = await client.options(config.url.get_secret_value(), headers=headers)
    except _UNSENDABLE:
        detail = "the address or a header has characters that cannot be sent"
        return [Finding(False, Topic.SETTINGS, detail, "write both in plain ASCII, on one line")]
    except httpx.HTTPError as error:
        return [_not_there(error, config)]
    return [*_standing(response), *_skew(response, clock)]


def _not_there(error: httpx.HTTPError, config: Config) -> Finding:
    causes = list(_causes(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        detail, remedy = "its host name is not known", "correct the host of the url, or the name service"
    elif any(isinstance(cause, ssl.SSLError) for cause in causes):
        detail, remedy = "its certificate is not accepted", "renew the certificate, or use the host name it is for"
    elif isinstance(error, httpx.TimeoutException):
        detail = f"no answer within {config.timeout_s:g} s"
        remedy = "see that the other side runs and that no firewall is between, or raise timeout_s"
    elif isinstance(error, httpx.ConnectError):
        detail, remedy = "nobody answers there", "start the other side, or correct host and port of the url"
    else:
        detail = f"what answers there does not speak HTTP ({type(error).__name__})"
        remedy = "correct port and http or https of the url"
    return Finding(False, Topic.REACHABLE, detail, remedy)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _standing(response: httpx.Response) -> Iterator[Finding]:
    status = f"{response.status_code} {response.reason_phrase}".rstrip()
    if response.status_code in (401, 407):
        remedy = "correct the key in url or headers"
        yield Finding(False, Topic.CREDENTIALS, f"it answers {status}", remedy)
    elif response.status_code in (301, 308):
        remedy = "write the address that it has moved to: a notice is not sent on"
        yield Finding(False, Topic.REACHABLE, f"it answers {status}", remedy)
    elif response.is_server_error and response.status_code != 501:
        yield Finding(False, Topic.REACHABLE, f"it answers {status}", "see what ails the other side")
    elif response.is_success:
        yield Finding(True, Topic.REACHABLE, f"it answers {status}; no notice was sent")
    else:
        yield Finding(True, Topic.REACHABLE, f"it answers {status} to OPTIONS, as many do that only take notices")


def _skew(response: httpx.Response, clock: Clock) -> Iterator[Finding]:
    try:
        theirs = parsedate_to_datetime(response.headers["Date"]).timestamp()
    except (KeyError, ValueError, OverflowError, OSError):
        return
    ahead = round(clock.now() / 1e9 - theirs)
    if abs(ahead) <= _SKEW_S:
        yield Finding(True, Topic.CLOCK, f"its clock and ours agree within {_SKEW_S} s")
    else:
        detail = f"our clock is {abs(ahead)} s {'ahead of' if ahead > 0 else 'behind'} its clock"
        yield Finding(False, Topic.CLOCK, detail, "let this machine take its time from the network (NTP)")
