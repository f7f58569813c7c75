"""The figures beside those of `empyrical-reloaded` and of `backtesting`, for its example on GOOG's daily bars."""

from __future__ import annotations

import warnings
from typing import Any

import empyrical
import numpy as np
import pytest

from tradewire.domain.bars import Bars
from tradewire.report import returns
from tradewire.report.drawdown import depths
from tradewire.report.run import Run, TradeColumns
from tradewire.report.statistics import Statistics, statistics
from unit.report.report_runs import DAY_S

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from backtesting import Backtest, Strategy
    from backtesting.lib import crossover
    from backtesting.test import GOOG, SMA

CASH = 10_000.0
COMMISSION = 0.002


class SmaCross(Strategy):  # type: ignore[misc]
    def init(self) -> None:
        self.fast, self.slow = self.I(SMA, self.data.Close, 10), self.I(SMA, self.data.Close, 20)

    def next(self) -> None:
        if crossover(self.fast, self.slow):
            self.position.close()
            self.buy()
        elif crossover(self.slow, self.fast):
            self.position.close()
            self.sell()


@pytest.fixture(scope="module")
def theirs() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Backtest(GOOG, SmaCross, cash=CASH, commission=COMMISSION, finalize_trades=True).run()


@pytest.fixture(scope="module")
def run(theirs: Any) -> Run:
    times = GOOG.index.values.astype("M8[ns]").astype(np.int64)
    columns = (GOOG[name].to_numpy(float) for name in ("Open", "High", "Low", "Close", "Volume"))
    history = Bars.checked("GOOG", DAY_S, times, *columns)
    rows = theirs._trades.sort_values("EntryBar", kind="stable")
    size = rows.Size.to_numpy(float)
    trades = TradeColumns(
        entry_ts=times[rows.EntryBar.to_numpy()],
        exit_ts=times[rows.ExitBar.to_numpy()],
        entry_price=rows.EntryPrice.to_numpy(float),
        exit_price=rows.ExitPrice.to_numpy(float),
        quantity=np.abs(size),
        pnl=rows.PnL.to_numpy(float),
        fees=rows.Commission.to_numpy(float),
        side=np.sign(size).astype(np.int8),
        exit_reason=np.zeros(len(rows), np.int8),
        symbol=np.zeros(len(rows), np.int64),
        reasons=("signal",),
    )
    equity = theirs._equity_curve.Equity.to_numpy(float)
    return Run((history,), trades, times, equity, CASH, "sma-cross")


@pytest.fixture(scope="module")
def ours(run: Run) -> Statistics:
    return statistics(run)


@pytest.fixture(scope="module")
def earned(run: Run) -> returns.Returns:
    return returns.period_returns(run.ts, run.equity, CASH, DAY_S)


def test_the_year_of_shares_is_counted_from_the_bars(earned: returns.Returns) -> None:
    assert earned.per_year == pytest.approx(252, abs=1)


@pytest.mark.parametrize(
    ("mine", "formula"),
    [
        ("volatility", empyrical.annual_volatility),
        ("sharpe", empyrical.sharpe_ratio),
        ("sortino", empyrical.sortino_ratio),
        ("calmar", empyrical.calmar_ratio),
        ("cagr", empyrical.cagr),
    ],
)
def test_ratios_are_those_of_empyrical(mine: str, formula: Any, ours: Statistics, earned: returns.Returns) -> None:
    """It is told our count of periods a year instead of its fixed 252."""
    assert getattr(ours, mine) == pytest.approx(formula(earned.values, annualization=earned.per_year), rel=1e-9)


def test_return_and_drawdown_are_those_of_empyrical(ours: Statistics, earned: returns.Returns) -> None:
    assert ours.total_return == pytest.approx(empyrical.cum_returns_final(earned.values), rel=1e-9)
    assert ours.max_drawdown == pytest.approx(-empyrical.max_drawdown(earned.values), rel=1e-9)


@pytest.mark.parametrize(
    ("mine", "name", "scale"),
    [
        ("equity_final", "Equity Final [$]", 1),
        ("equity_peak", "Equity Peak [$]", 1),
        ("total_return", "Return [%]", 100),
        ("max_drawdown", "Max. Drawdown [%]", -100),
        ("exposure", "Exposure Time [%]", 100),
    ],
)
def test_figures_of_the_account_are_those_of_backtesting(
    mine: str, name: str, scale: float, ours: Statistics, theirs: Any
) -> None:
    assert scale * getattr(ours, mine) == pytest.approx(theirs[name], rel=1e-9)


@pytest.mark.parametrize(
    ("mine", "name", "scale"),
    [
        ("trades", "# Trades", 1),
        ("win_rate", "Win Rate [%]", 100),
        ("fees", "Commissions [$]", 1),
        ("expectancy_return", "Expectancy [%]", 100),
    ],
)
def test_figures_of_the_trades_are_those_of_backtesting(
    mine: str, name: str, scale: float, ours: Statistics, theirs: Any
) -> None:
    assert scale * getattr(ours.all, mine) == pytest.approx(theirs[name], rel=1e-9)


def test_growth_differs_by_the_last_bar_which_backtesting_leaves_out(ours: Statistics, theirs: Any) -> None:
    """Its years end where the last bar begins; ours where it ends."""
    shorter = ours.years - 1 / returns.YEAR_DAYS
    assert 100 * ((1 + ours.total_return) ** (1 / shorter) - 1) == pytest.approx(theirs["CAGR [%]"], rel=1e-9)
    assert ours.cagr is not None
    assert 100 * ours.cagr == pytest.approx(theirs["CAGR [%]"], rel=1e-3)


def test_the_longest_drawdown_is_that_of_backtesting(run: Run, ours: Statistics, theirs: Any) -> None:
    assert ours.max_drawdown_days == theirs["Max. Drawdown Duration"].days
    assert depths(run.equity, CASH) == pytest.approx(theirs._equity_curve.DrawdownPct.to_numpy(), abs=1e-12)


def test_the_profit_factor_differs_in_that_backtesting_adds_returns_and_we_add_money(run: Run, theirs: Any) -> None:
    shares = run.trades.pnl / (run.trades.entry_price * run.trades.quantity)
    factor = shares[shares > 0].sum() / -shares[shares < 0].sum()
    assert factor == pytest.approx(theirs["Profit Factor"], rel=1e-9)


def test_ratios_differ_in_that_backtesting_takes_the_geometric_mean_and_252_days(run: Run, theirs: Any) -> None:
    """And it leaves out the first day; its volatility is that of a year of compounded days."""
    daily = run.equity[1:] / run.equity[:-1] - 1
    grown = 1 + float(np.exp(np.log1p(daily).mean()) - 1)
    spread = np.sqrt((daily.var(ddof=1) + grown**2) ** 252 - grown ** (2 * 252))
    below = np.sqrt(np.mean(np.minimum(daily, 0) ** 2) * 252)
    assert (grown**252 - 1) / spread == pytest.approx(theirs["Sharpe Ratio"], rel=1e-9)
    assert (grown**252 - 1) / below == pytest.approx(theirs["Sortino Ratio"], rel=1e-9)
