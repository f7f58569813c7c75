"""ccxt's client of one exchange, made for reading only; its errors in the words of the ports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from tradewire.domain.symbols import nearest
from tradewire.feeds.ccxt.config import Config, Market
from tradewire.ports import Misconfigured, NotReady

_HOST: Final = re.compile(r"^[a-z]+://[^/]+")
_KINDS: Final = {Market.SPOT: "spot", Market.PERPETUAL: "swap"}


def client(config: Config) -> Any:
    """Return ccxt's client; it must be closed.

    Raises:
        Misconfigured: ccxt is not installed, or knows no such exchange.
    """
    try:
        import ccxt.async_support as ccxt
    except ImportError:
        raise Misconfigured("exchange", "ccxt is not installed: pip install 'tradewire[crypto]'") from None
    if config.exchange not in ccxt.exchanges:
        near = nearest(config.exchange, ccxt.exchanges)
        raise Misconfigured(
            "exchange", f"ccxt knows no exchange {config.exchange!r}{f'; did you mean {near}?' if near else ''}"
        )
    kind = _KINDS[config.market]
    options = {
        "defaultType": kind,
        "fetchCurrencies": False,
        "fetchMargins": False,
        "fetchMarkets": {"types": [kind if kind == "spot" else "linear"]},
    }
    made = getattr(ccxt, config.exchange)(
        {"enableRateLimit": True, "timeout": int(config.timeout_s * 1000), "options": options}
    )
    if config.base_url is not None:
        made.urls["api"] = _moved(made.urls["api"], config.base_url)
    return made


def _moved(urls: Any, host: str) -> Any:
    if isinstance(urls, dict):
        return {name: _moved(url, host) for name, url in urls.items()}
    return _HOST.sub(host, urls) if isinstance(urls, str) else urls


@contextmanager
def in_our_words(exchange: str) -> Iterator[None]:
    """Turn what ccxt raises into what the ports know: nothing that is only read can be in doubt."""
    import ccxt

    try:
        yield
    except ccxt.BadSymbol as error:
        raise Misconfigured("symbols", str(error)) from error
    except ccxt.NotSupported as error:
        raise Misconfigured("exchange", f"{exchange} does not offer this: {error}") from error
    except ccxt.BaseError as error:
        raise NotReady(f"{exchange}: {type(error).__name__}: {str(error)[:300]}") from error
