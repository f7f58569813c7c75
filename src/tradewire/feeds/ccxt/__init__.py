"""Prices and histories of the exchanges that the library ccxt knows."""

from tradewire.ports import Kind, Manifest, loads_when_asked

MANIFEST = Manifest(
    id="ccxt",
    kind=Kind.FEED,
    title="Crypto exchanges",
    summary="Brings prices, bars and trades of over a hundred crypto exchanges, without an account.",
    docs="plugins.md#ccxt",
    network=True,
)

__getattr__ = loads_when_asked(__name__, {"Config": "config", "CcxtQuotes": "quotes", "check": "checking"})
