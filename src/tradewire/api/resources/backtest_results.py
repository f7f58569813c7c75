"""How backtests and what they came to look. Figures are numbers: they are statistics, and nothing of them is ever sent.

Shares are shares (0.01 is 1 %); None where a figure does not exist. Moments in lists for charts are epoch seconds.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from tradewire.api.values import Moment, View

State = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]


class Figures(View):
    """What lists and comparisons show. `spark`: the equity in a few points."""

    symbol: str
    bars: int
    start: str
    end: str
    elapsed_s: float
    cash: float
    equity_final: float
    total_return: float
    buy_and_hold: float
    cagr: float | None
    volatility: float | None
    sharpe: float | None
    sortino: float | None
    calmar: float | None
    max_drawdown: float
    max_drawdown_days: float
    exposure: float
    average_hours: float | None
    trades: int
    win_rate: float | None
    profit_factor: float | None
    expectancy: float | None
    fees: float
    spark: list[float]


class Backtest(View):
    """A backtest: what was asked and how it stands. `field`: what in the request the reason is about."""

    id: str
    strategy: str
    data: str
    state: State
    progress: float
    stage: str
    field: str | None
    reason: str | None
    request: dict[str, JsonValue]
    figures: Figures | None
    ts_created: Moment
    ts_started: Moment | None
    ts_ended: Moment | None


class Told(BaseModel):
    """Part of a result, as its maker wrote it: newer ones may have more than is named here."""

    model_config = ConfigDict(frozen=True, extra="allow")


class EquityCurve(Told):
    """Equity; `held`: what the money would have been worth in the market all the time."""

    at: list[int]
    value: list[float]
    held: list[float]


class DrawdownCurve(Told):
    """How far below its best the equity was, as shares."""

    at: list[int]
    value: list[float]


class BacktestCandles(Told):
    """The bars of a symbol, gathered so that a screen can show them."""

    symbol: str
    at: list[int]
    open: list[float]
    high: list[float]
    low: list[float]
    close: list[float]


class BacktestTally(Told):
    """Figures of some trades; money is the account's."""

    trades: int
    wins: int
    losses: int
    win_rate: float | None
    pnl: float
    fees: float
    profit_factor: float | None
    expectancy: float | None
    average_win: float | None
    average_loss: float | None
    best: float | None
    worst: float | None


class BacktestYear(Told):
    """Returns of a year's months; None where there is no bar."""

    year: int
    months: list[float | None]
    total: float | None


class BacktestFall(Told):
    """A drawdown: its depth, and the moments of the best before it, of its lowest, and of the way back."""

    depth: float
    peak: str
    trough: str
    recovered: str | None
    days: float


class BacktestStatistics(Told):
    """Figures as in the report; those of `figures` are there too."""

    years: float
    longest_wins: int
    longest_losses: int
    average_mae: float | None
    average_mfe: float | None
    all: BacktestTally
    by_side: dict[str, BacktestTally]
    by_symbol: dict[str, BacktestTally]
    by_reason: dict[str, BacktestTally]
    by_hour: dict[str, BacktestTally]
    by_weekday: dict[str, BacktestTally]
    monthly: list[BacktestYear]
    drawdowns: list[BacktestFall]


class LeftOut(Told):
    """Entries that did not happen: cash and leverage did not pay for them, or a distance was not known."""

    unaffordable: int
    unmeasured: int


class BacktestResult(Told):
    """What a backtest came to, but for its trades; `trades_kept` of them can be asked for."""

    name: str
    lane: str
    elapsed_s: float
    bars: int
    params: dict[str, JsonValue]
    settings: dict[str, JsonValue]
    left_out: LeftOut
    trades: int
    trades_kept: int
    statistics: BacktestStatistics
    equity: EquityCurve
    drawdown: DrawdownCurve
    candles: list[BacktestCandles]


class BacktestDetail(Backtest):
    """A backtest with its result."""

    result: BacktestResult | None


class BacktestTrade(Told):
    """One round trip on history."""

    symbol: str
    side: Literal["long", "short"]
    entry_time: str
    entry_price: float
    exit_time: str
    exit_price: float
    exit_reason: str
    quantity: float
    pnl: float
    fees: float


class BacktestTrades(View):
    """Trades from place `first` on; `total` of them are kept."""

    first: int
    total: int
    trades: list[BacktestTrade]


class SweepAxis(Told):
    """A parameter and the values that it took."""

    name: str
    values: list[JsonValue]


class SweepBest(Told):
    """One of the best combinations; `outside` is what it came to on bars that the search never saw."""

    set: dict[str, JsonValue]
    inside: dict[str, float | None]
    outside: dict[str, float | None] | None


class SweepSentence(Told):
    """A reason of the verdict."""

    weight: Literal["good", "doubt", "bad"]
    sentence: str


class SweepVerdict(Told):
    """Whether the best can be believed."""

    word: str
    summary: str
    sentences: list[SweepSentence]


class SweepMap(Told):
    """The objective over two parameters, the mean of all that share both; `smooth` with the neighbours."""

    rows: SweepAxis
    columns: SweepAxis
    mean: list[list[float | None]]
    smooth: list[list[float | None]]


class BacktestSweep(Told):
    """The search that a backtest was the best of."""

    search: str
    objective: str
    combinations: int
    trials: int
    profitable: float
    axes: list[SweepAxis]
    best: list[SweepBest]
    verdict: SweepVerdict
    heat_map: SweepMap | None


class ComparedResult(Told):
    """What comparisons draw."""

    params: dict[str, JsonValue]
    settings: dict[str, JsonValue]
    equity: EquityCurve
    drawdown: DrawdownCurve


class ComparedBacktest(Backtest):
    """A backtest among others."""

    result: ComparedResult


class Comparison(View):
    """Backtests side by side, in the order in which they were named."""

    backtests: list[ComparedBacktest]
