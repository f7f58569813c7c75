"""A run as one page that opens offline: no script, nothing loaded from elsewhere."""

from __future__ import annotations

from html import escape

import numpy as np

from tradewire.domain.bars import Bars
from tradewire.report import tables
from tradewire.report.charts import MARKED, candle_chart, drawdown_chart, equity_chart, excursion_chart
from tradewire.report.drawdown import depths
from tradewire.report.returns import YEAR_DAYS
from tradewire.report.run import Run, TradeColumns, row_of
from tradewire.report.statistics import Statistics
from tradewire.report.style import STYLE
from tradewire.report.trades import excursions
from tradewire.report.words import NONE, day, money, percent, plain

DRAWN = 6
"""So many symbols get their candles drawn."""
LAST = 20
"""So many trades of a symbol are drawn once more, from nearby."""
NOTHING = "<p>No trade.</p>"
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(run: Run, found: Statistics) -> str:
    """Return the report of a run and its statistics as one HTML document."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(run.name)} · backtest</title><style>{STYLE}</style></head><body>"
        f"<header><h1>{escape(run.name)}</h1>{_sentence(run, found)}</header><main>{_tiles(found)}"
        f"{_sections(run, found)}</main></body></html>\n"
    )


def _sentence(run: Run, found: Statistics) -> str:
    symbols = ", ".join(bars.symbol for bars in run.bars[:DRAWN]) + (" …" if len(run.bars) > DRAWN else "")
    bars = sum(len(bars) for bars in run.bars)
    return (
        f'<p class="muted">{escape(symbols)} · {bars:,} bars of {_span(run.timeframe_s)} · '
        f"{day(found.start)} to {day(found.end)} (UTC)</p>"
        f"<p>{money(found.cash)} became {money(found.equity_final)} in {_lasted(found.years)}; holding instead would "
        f"have returned {percent(found.buy_and_hold)}. Fees: {money(found.all.fees)}."
        f"{f' Funding: {money(found.all.funding)}.' if found.all.funding else ''}"
        f"{'' if found.years >= 1 else ' Less than a year of bars: figures a year are drawn out from them.'}</p>"
    )


def _lasted(years: float) -> str:
    return f"{years:.2f} years" if years >= 1 else f"{years * YEAR_DAYS:.1f} days"


def _span(seconds: int) -> str:
    size, unit = next(
        (size, unit) for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")) if seconds % size == 0
    )
    return f"{seconds // size}{unit}"


def _tiles(found: Statistics) -> str:
    every = found.all
    tiles = (
        ("Return", percent(found.total_return), found.total_return),
        ("A year (CAGR)", percent(found.cagr), found.cagr),
        ("Deepest drawdown", percent(found.max_drawdown), -found.max_drawdown),
        ("Longest drawdown", f"{found.max_drawdown_days:,.0f} days", None),
        ("Sharpe", plain(found.sharpe), None),
        ("Sortino", plain(found.sortino), None),
        ("Calmar", plain(found.calmar), None),
        ("Volatility a year", percent(found.volatility), None),
        ("Trades", f"{every.trades:,}", None),
        ("Won", percent(every.win_rate, 1), None),
        ("Profit factor", plain(every.profit_factor), None),
        ("Expectancy a trade", money(every.expectancy), every.expectancy),
        ("Average win / loss", f"{money(every.average_win)} / {money(every.average_loss)}", None),
        ("Wins / losses in a row", f"{found.longest_wins} / {found.longest_losses}", None),
        ("Average MAE", percent(found.average_mae), None),
        ("Average MFE", percent(found.average_mfe), None),
        ("In the market", percent(found.exposure, 1), None),
        ("Average trade", NONE if found.average_hours is None else f"{found.average_hours:,.1f} h", None),
    )
    return f'<dl class="tiles">{"".join(_tile(*tile) for tile in tiles)}</dl>'


def _tile(name: str, written: str, value: float | None) -> str:
    tone = "" if not value else ' class="good"' if value > 0 else ' class="bad"'
    return f"<div><dt>{name}</dt><dd{tone}>{written}</dd></div>"


def _sections(run: Run, found: Statistics) -> str:
    fallen, traded = depths(run.equity, run.cash), len(run.trades) > 0
    groups = (
        tables.tallies("By side", "Side", found.by_side),
        tables.tallies("By what closed them", "Exit", found.by_reason),
        tables.tallies("By the weekday of the entry (UTC)", "Weekday", found.by_weekday),
        tables.tallies("By the hour of the entry (UTC)", "Hour", found.by_hour),
    )
    earned = f'{tables.week(run.trades)}<div class="pair">{"".join(groups)}</div>'
    sections = (
        ("Equity and drawdown", equity_chart(run.ts, run.equity, run.cash) + drawdown_chart(run.ts, fallen)),
        ("Months", tables.months(found.monthly)),
        ("Trades on candles", _candles(run)),
        ("Deepest drawdowns", tables.falls(found.drawdowns) if found.drawdowns else "<p>The equity never fell.</p>"),
        ("Symbols", tables.tallies("", "Symbol", found.by_symbol)),
        ("Where it earned", earned if traded else NOTHING),
        ("How far trades went", _excursions(run) if traded else NOTHING),
        ("Trades", tables.trade_list(run) if traded else NOTHING),
        ("What was set", tables.chosen("Parameters", run.params) + tables.chosen("Settings", run.settings)),
    )
    return "".join(f"<section><h2>{name}</h2>{inner}</section>" for name, inner in sections)


def _excursions(run: Run) -> str:
    against, favour = excursions(run.bars, run.trades, run.parts)
    return (
        '<p class="muted">Across: how far a trade went against it at most (MAE). Up: how far it went for it (MFE). '
        f"Green won, red lost; shares of the entry price.</p>{excursion_chart(against, favour, run.trades.pnl)}"
    )


def _candles(run: Run) -> str:
    drawn = [
        '<p class="muted">▲ long entry, ▼ short entry, ◇ exit, of a part too (green: won, red: lost). Where bars would '
        f"not fit, many share a candle; more than {MARKED} closes are shown as a strip of what those there came to.</p>"
    ]
    for index, bars in enumerate(run.bars[:DRAWN]):
        own = np.flatnonzero(run.trades.symbol == index)
        drawn.append(f"<h3>{escape(bars.symbol)}</h3>{candle_chart(bars, run.parts.only(own).closes)}")
        if len(own) > LAST:
            ended = np.argsort(run.trades.exit_ts[own], kind="stable")
            last = run.parts.only(own[ended[-LAST:]]).closes
            drawn.append(
                f"<h3>{escape(bars.symbol)}, the last {LAST} trades</h3>{candle_chart(_around(bars, last), last)}"
            )
    if len(run.bars) > DRAWN:
        drawn.append(f"<p>{len(run.bars) - DRAWN} more symbols are not drawn.</p>")
    return "".join(drawn)


def _around(bars: Bars, trades: TradeColumns) -> Bars:
    first, last = int(row_of(bars.ts, trades.entry_ts).min()), int(row_of(bars.ts, trades.exit_ts).max())
    room = 1 + (last - first) // 20
    return bars.part(max(first - room, 0), last + room)
