"""What an owner can set on a paper account."""

from __future__ import annotations

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from tradewire.domain.account import Account
from tradewire.sim.account import PaperState
from tradewire.sim.terms import Fees, Slippage, SlippageModel, Terms


class Config(BaseModel):
    """Terms of a paper account. Its currency and its netting belong to the account itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    balance: Decimal = Field(default=Decimal(10_000), ge=0, description="Starting balance in the account's currency")
    other_balances: dict[str, Decimal] = Field(
        default={}, description="Cash in further currencies: it stays, and counts as equity and margin"
    )
    maker_fee: Decimal = Field(
        default=Decimal("0.02"), ge=-1, le=10, description="Percent of the value of a maker's fill"
    )
    taker_fee: Decimal = Field(
        default=Decimal("0.05"), ge=0, le=10, description="Percent of the value of a taker's fill"
    )
    slippage: SlippageModel = Field(
        default=SlippageModel.NONE, description="How market orders are filled worse than quoted"
    )
    slippage_value: Decimal = Field(default=Decimal(0), ge=0, description="Ticks, percent, or fraction of the spread")
    latency_ms: int = Field(
        default=0, ge=0, le=60_000, description="Time until an order or a cancel reaches the exchange"
    )
    depth: Decimal | None = Field(
        default=None, gt=0, description="Value in quote currency that one quote fills; none = any size"
    )
    leverage: Decimal = Field(default=Decimal(30), gt=0, le=1000, description="Leverage of orders that name none")
    max_leverage: Decimal = Field(default=Decimal(100), gt=0, le=1000, description="Orders with more are refused")
    stop_out: Decimal = Field(
        default=Decimal("0.5"),
        ge=0,
        lt=1,
        description="Liquidation when equity is below this fraction of the margin in use",
    )

    def terms(self, account: Account) -> Terms:
        """Return the exchange's terms for `account`."""
        return Terms(
            currency=account.currency,
            netting=account.netting,
            fees=Fees(self.maker_fee, self.taker_fee),
            slippage=Slippage(self.slippage, self.slippage_value),
            latency_ns=self.latency_ms * 1_000_000,
            depth=self.depth,
            leverage=self.leverage,
            max_leverage=self.max_leverage,
            stop_out=self.stop_out,
        )

    def start(self, account: Account) -> PaperState:
        """Return the state of a new account: its starting balances and nothing else."""
        return PaperState(cash={account.currency: self.balance, **self.other_balances})
