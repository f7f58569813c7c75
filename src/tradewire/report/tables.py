"""The tables of a report, as HTML; whatever a user named is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

import numpy as np

from tradewire.report.calendar import WEEKDAYS, Year, by_week_hour
from tradewire.report.drawdown import Drawdown
from tradewire.report.run import SIDES, Parts, Run, TradeColumns
from tradewire.report.trades import Tally, excursions, trade_returns
from tradewire.report.words import NONE, day, moment, money, percent, plain, price, short

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LISTED = 500
"""So many trades are listed."""
HOTTEST = 60
"""Strength of the colour (percent) of the month that earned or lost most."""


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    """Return a table of cells that are HTML already; a cell may begin with its own `<td`."""
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    body = "".join(f"<tr>{''.join(c if c.startswith('<td') else f'<td>{c}</td>' for c in row)}</tr>" for row in rows)
    named = f"<caption>{caption}</caption>" if caption else ""
    inner = f"{named}<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="wide"><table class="{kind}">{inner}</table></div>'


def toned(value: float | None, written: str) -> str:
    """Return a cell in the colour of a gain or a loss."""
    tone = "" if not value else ' class="good"' if value > 0 else ' class="bad"'
    return f"<td{tone}>{written}</td>"


def tallies(caption: str, head: str, found: Mapping[str, Tally]) -> str:
    """Return the figures of groups of trades, one row each."""
    heads = (head, "Trades", "Won", "P&amp;L", "A trade", "Profit factor", "Fees")
    rows = (
        (
            escape(name),
            f"{t.trades:,}",
            percent(t.win_rate, 1),
            toned(t.pnl, money(t.pnl)),
            toned(t.expectancy, money(t.expectancy)),
            plain(t.profit_factor),
            money(t.fees),
        )
        for name, t in found.items()
    )
    return table(caption, heads, rows)


def months(years: Sequence[Year]) -> str:
    """Return what each month earned, coloured by how much."""
    most = max((abs(m) for year in years for m in year.months if m is not None), default=0.0) or 1.0
    rows = (
        (str(year.year), *(_month(m, most) for m in year.months), toned(year.total, percent(year.total, 1)))
        for year in years
    )
    return table("", ("Year", *MONTHS, "Year's return"), rows, "months")


def _month(earned: float | None, most: float) -> str:
    if earned is None:
        return f'<td class="muted">{NONE}</td>'
    heat = round(HOTTEST * abs(earned) / most)
    return f'<td style="--tone:var(--{"up" if earned >= 0 else "down"});--heat:{heat}">{percent(earned, 1)}</td>'


def week(trades: TradeColumns) -> str:
    """Return what trades came to by the weekday and hour of their entry, coloured by how much; empty of daily bars."""
    pnl, count = by_week_hour(trades)
    hours = np.flatnonzero(count.any(axis=0))
    if len(hours) < 2:
        return ""
    most = float(np.abs(pnl).max()) or 1.0
    rows = (
        (WEEKDAYS[day], *(_hour(pnl[day, hour], int(count[day, hour]), most) for hour in hours))
        for day in np.flatnonzero(count.any(axis=1))
    )
    return table("By weekday and hour of the entry (UTC): P&amp;L", ("", *(f"{h:02d}" for h in hours)), rows, "heat")


def _hour(pnl: float, count: int, most: float) -> str:
    if not count:
        return f'<td class="muted">{NONE}</td>'
    heat = round(HOTTEST * abs(pnl) / most)
    tone, told = "up" if pnl >= 0 else "down", f"{count:,} trades, {money(pnl)}"
    return f'<td style="--tone:var(--{tone});--heat:{heat}" title="{told}">{short(float(f"{pnl:.3g}"))}</td>'


def falls(drawdowns: Sequence[Drawdown]) -> str:
    """Return the deepest drawdowns."""
    heads = ("Best", "Depth", "Lowest", "Recovered", "Days")
    rows = (
        (
            day(d.peak),
            percent(d.depth),
            day(d.trough),
            NONE if d.recovered is None else day(d.recovered),
            f"{d.days:,.1f}",
        )
        for d in drawdowns
    )
    return table("", heads, rows)


def _back(fall: Drawdown) -> str:
    return NONE if fall.recovered is None else day(fall.recovered)


def trade_list(run: Run) -> str:
    """Return the first trades, each with the parts that it was closed in, and how many more there are."""
    first, parts = run.trades.only(slice(LISTED)), run.parts.only(slice(LISTED))
    found = zip(trade_returns(first), *excursions(run.bars, first, parts), strict=True)
    rows = [row for at, figures in enumerate(found) for row in _trade(run, first, parts, at, *figures)]
    left = len(run.trades) - len(first)
    caption = f"The first {len(first):,} of {len(run.trades):,}; {left:,} more are in the JSON." if left else ""
    heads = ("#", "Symbol", "Side", "Entry (UTC)", "Price", "Exit (UTC)", "Price", "Why", "Quantity")
    return table(caption, (*heads, "P&amp;L", "Return", "Fees", "MAE", "MFE"), rows)


def _trade(
    run: Run, trades: TradeColumns, parts: Parts, at: int, returned: float, against: float, favour: float
) -> list[Sequence[str]]:
    whole: list[Sequence[str]] = [
        (
            str(at + 1),
            f'<td class="text">{escape(run.bars[trades.symbol[at]].symbol)}</td>',
            f'<td class="text">{SIDES[int(trades.side[at])]}</td>',
            moment(int(trades.entry_ts[at])),
            price(trades.entry_price[at]),
            *_close(trades, at),
            toned(trades.pnl[at], money(trades.pnl[at])),
            toned(trades.pnl[at], percent(returned)),
            money(trades.fees[at]),
            percent(against),
            percent(favour),
        )
    ]
    begin, end = parts.first[at : at + 2].tolist()
    if end - begin == 1:
        return whole
    closes = parts.closes
    blank = [""] * 4
    for number, row in enumerate(range(begin, end), 1):
        pnl, fees = toned(closes.pnl[row], money(closes.pnl[row])), money(closes.fees[row])
        whole.append((f'<td class="muted">{at + 1}.{number}</td>', *blank, *_close(closes, row), pnl, "", fees, "", ""))
    return whole


def _close(closes: TradeColumns, row: int) -> tuple[str, str, str, str]:
    return (
        moment(int(closes.exit_ts[row])),
        price(closes.exit_price[row]),
        f'<td class="text">{escape(closes.reasons[closes.exit_reason[row]])}</td>',
        price(closes.quantity[row]),
    )


def chosen(caption: str, values: Mapping[str, object]) -> str:
    """Return names and values as they were set."""
    rows = ((escape(str(name)), escape(str(value))) for name, value in values.items())
    return table(caption, ("Name", "Value"), rows, "plain")
