"""The tables of a report, as HTML; whatever a user named is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from tradewire.report.calendar import Year
from tradewire.report.drawdown import Drawdown
from tradewire.report.run import SIDES, Run
from tradewire.report.trades import Tally, excursions, trade_returns
from tradewire.report.words import NONE, day, moment, money, percent, plain, price

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
    """Return the first trades and how many more there are."""
    first = run.trades.only(slice(LISTED))
    against, favour = excursions(run.bars, first)
    returned = trade_returns(first)
    left = len(run.trades) - len(first)
    heads = ("#", "Symbol", "Side", "Entry (UTC)", "Price", "Exit (UTC)", "Price", "Why", "Quantity")
    rows = (
        (
            str(at + 1),
            f'<td class="text">{escape(run.bars[first.symbol[at]].symbol)}</td>',
            f'<td class="text">{SIDES[int(first.side[at])]}</td>',
            moment(int(first.entry_ts[at])),
            price(first.entry_price[at]),
            moment(int(first.exit_ts[at])),
            price(first.exit_price[at]),
            f'<td class="text">{escape(first.reasons[first.exit_reason[at]])}</td>',
            price(first.quantity[at]),
            toned(first.pnl[at], money(first.pnl[at])),
            toned(first.pnl[at], percent(returned[at])),
            money(first.fees[at]),
            percent(against[at]),
            percent(favour[at]),
        )
        for at in range(len(first))
    )
    caption = f"The first {len(first):,} of {len(run.trades):,}; {left:,} more are in the JSON." if left else ""
    return table(caption, (*heads, "P&amp;L", "Return", "Fees", "MAE", "MFE"), rows)


def chosen(caption: str, values: Mapping[str, object]) -> str:
    """Return names and values as they were set."""
    rows = ((escape(str(name)), escape(str(value))) for name, value in values.items())
    return table(caption, ("Name", "Value"), rows, "plain")
