"""Who is asking. One owner for now: users and roles come as another `Access`."""

from __future__ import annotations

import hmac
import secrets
from http.cookies import CookieError, SimpleCookie
from typing import Literal, Protocol

from msgspec import Struct
from starlette.datastructures import Headers

from tradewire.ports import Clock

COOKIE = "tradewire_session"


class Principal(Struct, frozen=True):
    """Who a request comes from. `via`: a cookie rides along on foreign pages' requests, a bearer token does not."""

    name: str
    via: Literal["bearer", "cookie"]


class Access(Protocol):
    """Decides who a request comes from, and opens sessions."""

    def principal(self, headers: Headers) -> Principal | None:
        """Return who is asking, or None: nobody that we know."""

    def accepts(self, key: str) -> bool:
        """Tell whether a person who shows this key may log in."""

    def redeem(self, invitation: str) -> bool:
        """Use up an invitation; the second time it is worth nothing."""

    def open_session(self) -> tuple[str, int]:
        """Return the value of a new session's cookie and the seconds that it lives."""


class OwnerAccess:
    """The one owner, known by an access key.

    A session is `<expiry>.<nonce>.<HMAC-SHA256 of both under the access key>`: nothing is stored, it outlives a
    restart, and a new access key ends every session.
    """

    def __init__(self, key: str, clock: Clock, *, session_s: int) -> None:
        self._key = key.encode()
        self._clock = clock
        self._session_s = session_s
        self._invitations: set[str] = set()

    def invite(self) -> str:
        """Return a one-time token for the first visit (`/?token=…`)."""
        token = secrets.token_urlsafe(24)
        self._invitations.add(token)
        return token

    def redeem(self, invitation: str) -> bool:
        if invitation not in self._invitations:
            return False
        self._invitations.remove(invitation)
        return True

    def accepts(self, key: str) -> bool:
        return hmac.compare_digest(key.encode("utf-8", "surrogatepass"), self._key)

    def open_session(self) -> tuple[str, int]:
        claim = f"{self._clock.now() // 1_000_000_000 + self._session_s}.{secrets.token_urlsafe(12)}"
        return f"{claim}.{self._sign(claim)}", self._session_s

    def principal(self, headers: Headers) -> Principal | None:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.accepts(token.strip()):
            return Principal("owner", "bearer")
        if self._is_open(_cookie(headers)):
            return Principal("owner", "cookie")
        return None

    def _is_open(self, session: str) -> bool:
        claim, _, signature = session.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(claim).encode()):
            return False
        expiry = int(claim.partition(".")[0])
        return self._clock.now() < expiry * 1_000_000_000

    def _sign(self, claim: str) -> str:
        return hmac.digest(self._key, b"session:" + claim.encode(), "sha256").hex()


def _cookie(headers: Headers) -> str:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return "" if morsel is None else morsel.value
