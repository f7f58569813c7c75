"""Accounts as they stand now."""

from __future__ import annotations

from fastapi import APIRouter

from tradewire.api.deps import HubDep
from tradewire.api.errors import documented, no_account
from tradewire.api.values import Amount, Id, Money, View
from tradewire.domain.account import Mode


class Account(View):
    """One login at one venue. Money in the account's currency; `not_ready_reason` says why it does not trade.

    `foreign`: positions at the venue that the hub did not open, signed quantities by symbol (long > 0).
    """

    id: str
    venue: str
    mode: Mode
    currency: str
    ready: bool
    halted: bool
    balance: Amount
    equity: Amount
    free: Amount
    open_trades: int
    open_orders: int
    realised_today: Amount
    foreign: dict[str, Money]
    not_ready_reason: str | None


router = APIRouter(prefix="/accounts", tags=["accounts"])


@router.get("")
async def list_accounts(hub: HubDep) -> list[Account]:
    """All accounts."""
    return [Account.model_validate(account) for account in hub.accounts()]


@router.get("/{account}", responses=documented(404, 422))
async def get_account(account: Id, hub: HubDep) -> Account:
    """One account."""
    accounts = {known.id: known for known in hub.accounts()}
    if account not in accounts:
        raise no_account(account, accounts)
    return Account.model_validate(accounts[account])
