"""What the HTTP side needs to know; made by the composition root from the hub's settings."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr

BUILT_DASHBOARD = Path(__file__).parent.parent / "web"


class ApiSettings(BaseModel):
    """`owner_token` is the access key: a bearer token for programs, the log-in for people; it signs the sessions."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    owner_token: Annotated[SecretStr, Field(min_length=16)]
    host: str = "127.0.0.1"
    allowed_hosts: frozenset[str] = frozenset()
    """Host names (without port) that requests may name; loopback names are always allowed on loopback."""
    public_url: str | None = None
    """The address that the world sees, for the URLs of hooks; None = as the request named it."""
    web_dir: Path = BUILT_DASHBOARD
    session_s: int = 30 * 24 * 3600
    heartbeat_s: float = 15.0
    stream_buffer: int = 1 << 20
    """Bytes that may wait for one listener of the event stream before it is dropped."""
    stall_s: float = 30.0
    """Seconds that a listener may take no byte before it is dropped."""

    @property
    def private(self) -> bool:
        """Only this machine can reach the hub, and no proxy is said to lead the world to it."""
        return self.loopback and self.public_url is None

    @property
    def loopback(self) -> bool:
        """Only this machine can reach the hub."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"
