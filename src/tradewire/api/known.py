"""What a list may be asked about: a filter that names something which does not exist is told so, not answered []."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from msgspec import Struct

from tradewire.api.deps import HubDep
from tradewire.api.errors import ApiError, no_account
from tradewire.domain.symbols import canonical, nearest_symbol


class Known(Struct, frozen=True):
    """The accounts and the quoted symbols of a hub at the time of a request."""

    accounts: tuple[str, ...]
    symbols: frozenset[str]

    def symbol(self, word: str | None) -> str | None:
        """Return the symbol that a word names: as it stands where it is quoted, else by the alias table."""
        if word is None:
            return None
        plain = word.upper()
        return plain if plain in self.symbols else canonical(word) or plain

    def explain_nothing(self, *, account: str | None = None, symbol: str | None = None) -> None:
        """Refuse a filter that found nothing because there is no such thing.

        Called only where nothing was found: what an account or a symbol of former times left behind is still listed.

        Raises:
            ApiError: 404.
        """
        if account is not None and account not in self.accounts:
            raise no_account(account, self.accounts)
        if symbol is not None and symbol not in self.symbols:
            likely = nearest_symbol(symbol, self.symbols)
            hint = "" if likely is None else f"; did you mean {likely}?"
            raise ApiError(404, "unknown_symbol", f"there is no symbol {symbol!r}{hint}", "symbol")


async def _known(hub: HubDep) -> Known:
    """Look at the hub on its own thread; lists are read on others."""
    symbols = frozenset(instrument.symbol for instrument in hub.instruments())
    return Known(accounts=tuple(hub.health()["accounts"]), symbols=symbols)


KnownDep = Annotated[Known, Depends(_known)]
