"""Identities that run from message to fill: derived, never random, so that a crash changes none.

message id → signal id → client_order_id → trade id
"""

from __future__ import annotations

from hashlib import sha256

CLIENT_ORDER_PREFIX = "tw"

_LETTERS = b"abcdefghijklmnopqrstuvwxyz234567" * 8
"""The letter of each byte: its last five bits."""


def digest(*parts: str) -> str:
    """Return 20 lower-case base-32 characters (100 bits) that stand for `parts`."""
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return sha256(joined).digest()[:20].translate(_LETTERS).decode()


def message_id(source: str, channel: str, key: str, revision: int) -> str:
    """Return the id of one revision of one message of one channel."""
    return "m" + digest(source, channel, key, str(revision))


def signal_id(message: str, index: int) -> str:
    """Return the id of the `index`-th instruction of a message."""
    return f"s{message[1:]}-{index}"


def client_order_id(signal: str, account: str, leg: str, attempt: int = 0) -> str:
    """Return our id of an order: 22 characters [a-z0-9], accepted by every venue we know, told by its prefix.

    `leg` names the order's part in the plan ("entry", "stop", "exit:3"); `attempt` counts deliberate new orders
    for the same leg (never a resend, which keeps its id).
    """
    return CLIENT_ORDER_PREFIX + digest(signal, account, leg, str(attempt))


def trade_id(entry_client_order_id: str) -> str:
    """Return the id of the trade that an entry order opens."""
    return "t" + entry_client_order_id[len(CLIENT_ORDER_PREFIX) :]


def is_ours(client_order_id: str) -> bool:
    """Tell whether an order at a venue was placed by a Tradewire hub."""
    return client_order_id.startswith(CLIENT_ORDER_PREFIX) and len(client_order_id) == 22
