"""Posts notices as JSON to an address of the owner's choice."""

from __future__ import annotations

from typing import Annotated, Any

import httpx
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from tradewire.ports import Notice, Refused, TryLater

PAUSE_S = 10.0
"""How long to wait where the other side fails without saying how long."""
LONGEST_PAUSE_S = 3600.0


class Config(BaseModel):
    """Where to post. The address and the headers may hold a secret, so neither is ever shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: SecretStr
    headers: dict[str, SecretStr] = {}
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 10.0

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, url: SecretStr) -> SecretStr:
        try:
            address = httpx.URL(url.get_secret_value())
        except httpx.InvalidURL as error:
            raise ValueError(f"this is no address: {error}") from None
        if address.scheme not in ("http", "https") or not address.host:
            raise ValueError("an address begins with http:// or https:// and names a host")
        return url


class WebhookNotifier:
    """One POST a notice: `{"severity", "title", "body", "account", "ts"}`, where `ts` is in epoch nanoseconds.

    Redirects are not followed: a notice goes where its owner sent it. Each send uses a connection of its own; notices
    are rare.
    """

    def __init__(self, id: str, config: Config, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.id = id
        self._config = config
        self._transport = transport

    async def send(self, notice: Notice) -> None:
        """Post it.

        Raises:
            TryLater: asked to wait, or nobody there.
            Refused: the other side does not want it; sending it again would not help.
        """
        headers = {name: value.get_secret_value() for name, value in self._config.headers.items()}
        try:
            async with httpx.AsyncClient(transport=self._transport, timeout=self._config.timeout_s) as client:
                url = self._config.url.get_secret_value()
                response = await client.post(url, headers=headers, json=_body(notice))
        except httpx.HTTPError as error:
            raise TryLater(PAUSE_S) from error
        if response.status_code == 429 or response.is_server_error:
            raise TryLater(_pause(response))
        if not response.is_success:
            raise Refused(f"the webhook answered {response.status_code} {response.reason_phrase}".rstrip())


def _body(notice: Notice) -> dict[str, Any]:
    return {
        "severity": notice.severity,
        "title": notice.title,
        "body": notice.body,
        "account": notice.account,
        "ts": notice.ts,
    }


def _pause(response: httpx.Response) -> float:
    try:
        seconds = float(response.headers["Retry-After"])
    except (KeyError, ValueError):
        return PAUSE_S
    return min(max(seconds, 0.0), LONGEST_PAUSE_S) if seconds == seconds else PAUSE_S
