"""Canonical symbols: one alias table, and the rules that bring every usual spelling to it.

A bare coin is its USDT pair; metals and indices have one name; anything well-formed that is not in the table passes
through in upper case, and the hub refuses what no venue knows. Nothing here guesses between two readings.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from types import MappingProxyType


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_COINS = _words("""
    AAVE ADA ALGO APT ARB ATOM AVAX BCH BNB BTC CRV DASH DOGE DOT EGLD ENA EOS ETC ETH FET FIL FTM GALA GRT HBAR ICP
    IMX INJ JUP KAS LDO LINK LTC MANA MATIC MKR NEAR ONDO OP ORDI PENDLE PEPE POL PYTH QNT RENDER RNDR RUNE SAND SEI
    SHIB SOL STX SUI TAO THETA TIA TON TRX UNI VET WIF WLD XLM XMR XRP XTZ ZEC
""")

_NAMES = {
    "XAUUSD": "GOLD XAU",
    "XAGUSD": "SILVER XAG",
    "XPTUSD": "PLATINUM XPT",
    "XPDUSD": "PALLADIUM XPD",
    "UKOIL": "BRENT UKOIL XBR XBRUSD",
    "USOIL": "WTI USOIL XTI XTIUSD CRUDE OIL",
    "NAS100": "NASDAQ NASDAQ100 NAS NDX NDX100 US100 USTEC USTECH100 USTECH",
    "US30": "DOW DJ DJI DJ30 DJIA WS30 US30 WALLSTREET",
    "US500": "SPX SPX500 SP500 US500",
    "US2000": "RUSSELL RUSSELL2000 US2000 RUT",
    "GER40": "DAX DAX40 GER30 GER40 DE30 DE40",
    "UK100": "FTSE FTSE100 UK100",
    "FRA40": "CAC CAC40 FRA40",
    "EU50": "EUSTX50 STOXX50 EU50",
    "JP225": "NIKKEI NIKKEI225 NI225 JPN225 JP225",
    "HK50": "HANGSENG HSI HK50",
    "AUS200": "ASX200 AUS200",
    "EURUSD": "EURO FIBER",
    "GBPUSD": "CABLE",
    "BTCUSDT": "BITCOIN XBT",
    "ETHUSDT": "ETHEREUM ETHER",
    "SOLUSDT": "SOLANA",
    "XRPUSDT": "RIPPLE",
    "DOGEUSDT": "DOGECOIN",
    "LTCUSDT": "LITECOIN",
    "ADAUSDT": "CARDANO",
}

ALIASES = MappingProxyType(
    {coin: coin + "USDT" for coin in _COINS}
    | {alias: symbol for symbol, aliases in _NAMES.items() for alias in aliases.split()}
)
"""Every other name of a symbol, upper case and without separators."""

_CURRENCIES = _words("""
    AUD BRL CAD CHF CLP CNH CNY COP CZK DKK EUR GBP HKD HUF ILS INR JPY KRW MXN NOK NZD PLN RUB SEK SGD THB TRY TWD
    USD ZAR XAU XAG XPT XPD
""")
_CRYPTO_QUOTES = ("USDT", "USDC", "FDUSD", "BUSD", "TUSD", "PERP", "USD", "BTC", "ETH", "EUR")

_PROSE = _words("""
    A AGAIN AN AND ANY ARE AS AT BACK BE BUT BUY BY CLOSE DIP DIPS ENTRY FOR FROM HALF HERE HIGH IF IN IS IT LATER LIMIT
    LONG LOW MARKET ME MORE MY NO NOT NOW OF OFF ON OR ORDER ORDERS OUR OUT PLEASE POSITION POSITIONS SELL SHORT SL SOME
    SOON STOP STOPS TERM THAT THE THEM THESE THEY THIS THOSE TO TODAY TOMORROW TP TRADE TRADES TRIGGER UP US WAS WE WHEN
    WILL WITH YOU YOUR
""")
"""Words of plain English (some are tickers too): never a symbol unless marked, as in `$NOW` or `NYSE:NOW`."""

_SYMBOL = re.compile(r"[A-Z0-9][A-Z0-9.!+&]{0,31}")
_SEPARATORS = str.maketrans("", "", "/-_ ")
_STOCK_EXCHANGES = frozenset(
    {"NYSE", "NASDAQ", "AMEX", "ARCA", "BATS", "LSE", "XETR", "EURONEXT", "TSX", "ASX", "HKEX"}
)
_PERPETUALS = ("P", "PERP", "SWAP")
_SHORT = 4


@lru_cache(maxsize=4096)
def canonical(word: str) -> str | None:
    """Return the slash-free, upper-case symbol that `word` names, or None where it cannot be a symbol.

    Exchange prefixes (`OANDA:EURUSD`), cash-tags (`$AAPL`), separators (`BTC/USDT`), the perpetual mark (`BTCUSDT.P`)
    and brokers' suffixes on known names and pairs (`EURUSD.a`, `US30.cash`, `EURUSDm`) are taken off. A dot inside of
    a ticker stays (`BRK.B`), and behind a stock exchange's prefix no alias is meant (`NYSE:GOLD`).
    """
    text = word.strip().upper()
    marked = text.startswith(("$", "#"))
    text = text.lstrip("$#")
    head, colon, tail = text.partition(":")
    if colon and head in _STOCK_EXCHANGES:
        return tail if _is_well_formed(tail) else None
    if colon:
        marked = True
        # ccxt writes a perpetual as BTC/USDT:USDT, where the symbol stands before the colon
        text = head if "/" in head else tail
    if not marked and text in _PROSE:
        return None
    stem, dot, suffix = text.partition(".")
    plain = stem.translate(_SEPARATORS)
    if dot and (suffix in _PERPETUALS or is_known(plain)):
        text = plain
    elif not dot and (known := _without_suffix(text)):
        text = known
    else:
        text = text.translate(_SEPARATORS)
    return ALIASES.get(text, text) if _is_well_formed(text) else None


def exactly(symbol: str) -> str:
    """Return a spelling that `canonical` reads as `symbol`, also where its plain name means something else."""
    return symbol if canonical(symbol) == symbol else f"NYSE:{symbol}"


def _is_well_formed(symbol: str) -> bool:
    return _SYMBOL.fullmatch(symbol) is not None and any(letter.isalpha() for letter in symbol)


def _is_pair(symbol: str) -> bool:
    return len(symbol) == 6 and symbol[:3] in _CURRENCIES and symbol[3:] in _CURRENCIES


def is_known(symbol: str) -> bool:
    """Tell whether a symbol is one of the table, a pair of currencies, or a usual coin and what it is paid in."""
    if symbol in ALIASES or symbol in _NAMES or _is_pair(symbol):
        return True
    return any(symbol.endswith(quote) and symbol[: -len(quote)] in _COINS for quote in _CRYPTO_QUOTES)


def _without_suffix(text: str) -> str | None:
    """Return the pair in front of a suffix that is glued on (`EURUSDm`, `XAUUSD+`) or set off (`BTC_USDT_PERP`)."""
    stem = text.rstrip("+")
    if len(stem) == 7 and stem[-1] in "MCIZR" and _is_pair(stem[:6]):
        return stem[:6]
    for separator in "_-":
        head, found, tail = stem.rpartition(separator)
        plain = head.translate(_SEPARATORS)
        if found and (tail in (*_PERPETUALS, "M", "I", "ECN", "PRO", "RAW", "CASH")) and is_known(plain):
            return plain
    return stem if is_known(stem) else None


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the one of `known` that `word` is most likely a slip of, or None: what is far from all is left alone.

    A slip is one letter wrong, missing, added or swapped with its neighbour; two where both words have five letters or
    more; and never half of a word. Case does not count; between equals the first in alphabetical order is taken, so
    that the answer is always the same.
    """
    wanted = word.casefold()
    best: tuple[int, str] | None = None
    for name in sorted(known):
        meant = name.casefold()
        limit = min(1 if min(len(wanted), len(meant)) <= _SHORT else 2, (max(len(wanted), len(meant)) - 1) // 2)
        if abs(len(wanted) - len(meant)) > limit or len(set(wanted) ^ set(meant)) > 2 * limit:
            continue
        slips = _slips(wanted, meant)
        if slips <= limit and (best is None or slips < best[0]):
            best = slips, name
    return best[1] if best else None


def nearest_symbol(word: str, symbols: Collection[str]) -> str | None:
    """Return the symbol, or the usual name of one (`ETH`, `GOLD`), that `word` is most likely a slip of, or None."""
    return nearest(word, {*symbols, *(name for name, meant in ALIASES.items() if meant in symbols)})


def _slips(word: str, meant: str) -> int:
    """Return how many letters lie between two words; neighbours that are swapped count once (Damerau, restricted)."""
    row, before = list(range(len(meant) + 1)), [0]
    for i, letter in enumerate(word):
        older, before, row = before, row, [i + 1]
        for j, other in enumerate(meant):
            cost = min(before[j + 1] + 1, row[j] + 1, before[j] + (letter != other))
            if i and j and letter == meant[j - 1] and other == word[i - 1]:
                cost = min(cost, older[j - 1] + 1)
            row.append(cost)
    return row[-1]
