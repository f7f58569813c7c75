"""A sweep as one page that opens offline: verdict, the best in and out of sample, map, walk-forward, Monte Carlo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

import numpy as np

from tradewire.report.charts import equity_chart
from tradewire.report.heat import heat_chart
from tradewire.report.html import POLICY
from tradewire.report.style import STYLE
from tradewire.report.tables import chosen, table, toned
from tradewire.report.words import NONE, day, money, percent, plain

MORE = """
.verdict{font-size:18px;font-weight:600}ul.told{margin:10px 0 0;padding:0;list-style:none}
ul.told li{padding:5px 0 5px 26px;position:relative;max-width:90ch}ul.told li::before{position:absolute;left:4px;
font-weight:700}
ul.told .good,ul.told .doubt,ul.told .bad{color:inherit}
ul.told .good::before{content:"+";color:var(--up)}ul.told .bad::before{content:"−";color:var(--down)}
ul.told .doubt::before{content:"?";color:var(--accent)}
svg.heat{margin-top:8px}svg.heat .cell{fill:color-mix(in srgb,var(--tone) calc(var(--heat)*1%),var(--panel))}
svg.heat .none{fill:none;stroke:var(--line)}svg.heat .mark{fill:none;stroke:var(--text);stroke-width:2}
svg.heat text{font-size:10px}svg.heat .cell+text{fill:var(--text)}.mid{text-anchor:middle}.end{text-anchor:end}
"""


def page(found: Mapping[str, Any]) -> str:
    """Return what a sweep found as one HTML document: no script, nothing loaded from elsewhere."""
    name = escape(f"{found['strategy']} · sweep")
    sections = "".join(f"<section><h2>{head}</h2>{inner}</section>" for head, inner in _sections(found))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{name}</title><style>{STYLE}{MORE}</style></head><body>"
        f"<header><h1>{name}</h1>{_about(found)}</header><main>{sections}</main></body></html>\n"
    )


def _about(found: Mapping[str, Any]) -> str:
    left = f"; the strategy itself refused {found['refused']:,} of its sets" if found["refused"] else ""
    return (
        f'<p class="muted">{escape(found["symbol"])} · {found["bars"]:,} bars · search {escape(found["search"])} by '
        f"{escape(found['objective'])} · {escape(found['id'])}</p>"
        f"<p>{found['trials']:,} of {found['combinations']:,} combinations were tried{left}; "
        f"{percent(found['profitable'], 0)} of them won money.</p>"
    )


def _sections(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    honest = found["honesty"]
    yield "Can it be believed?", _verdict(found["verdict"])
    yield "The best", _best(found) if found["best"] else "<p>No combination traded often enough.</p>"
    if honest["heat_map"] is not None:
        yield "How stable it is", _map(found, honest["heat_map"])
    if honest["walk_forward"] is not None:
        yield "Walk-forward", _walk(honest["walk_forward"])
    if honest["monte_carlo"] is not None:
        yield "The same trades, drawn again", _paths(honest["monte_carlo"])
    if honest["luck"] is not None:
        yield "Edge or luck", chosen("", _luck(honest["luck"], honest["overfitting"]))
    values = {axis["name"]: ", ".join(_value(value) for value in axis["values"]) for axis in found["axes"]}
    yield "What was varied", chosen("", values or {"nothing": "one combination"})


def _verdict(verdict: Mapping[str, Any]) -> str:
    told = "".join(f'<li class="{one["weight"]}">{escape(one["sentence"])}</li>' for one in verdict["sentences"])
    return (
        f'<p class="verdict">{escape(verdict["word"].capitalize())}</p><p>{escape(verdict["summary"])}</p>'
        f'<ul class="told">{told}</ul>'
    )


def _best(found: Mapping[str, Any]) -> str:
    best = found["best"]
    names, parted = list(best[0]["set"]), best[0]["outside"] is not None
    heads = [escape(name) for name in names]
    for figure in ("Objective", "Return", "Sharpe", "Deepest fall", "Trades"):
        heads += [figure, "out of sample"] if parted else [figure]
    rows = []
    for row in best:
        cells = [escape(_value(value)) for value in row["set"].values()]
        sides = [row["inside"], row["outside"]] if parted else [row["inside"]]
        cells += [plain(side["objective"]) for side in sides]
        cells += [toned(side["return"], percent(side["return"])) for side in sides]
        cells += [plain(side["sharpe"]) for side in sides]
        cells += [percent(side["max_drawdown"]) for side in sides]
        cells += [f"{side['trades']:,}" for side in sides]
        rows.append(cells)
    return table("", heads, rows)


def _map(found: Mapping[str, Any], drawn: Mapping[str, Any]) -> str:
    rows, columns = drawn["rows"], drawn["columns"]
    best = found["best"][0]["set"] if found["best"] else {}
    marked = None
    if best.get(rows["name"]) in rows["values"] and best.get(columns["name"]) in columns["values"]:
        marked = rows["values"].index(best[rows["name"]]), columns["values"].index(best[columns["name"]])
    parts = []
    for head, cells in (("Mean over all else", drawn["mean"]), ("Smoothed over the neighbours", drawn["smooth"])):
        label = f"{head}: {found['objective']} of {rows['name']} and {columns['name']}"
        axes = (rows["name"], rows["values"]), (columns["name"], columns["values"])
        parts.append(f"<div><h3>{head}</h3>{heat_chart(label, *axes, cells, marked)}</div>")
    told = '<p class="muted">Green is above nothing, red below; the frame is where the best combination lies.</p>'
    return f'{told}<div class="pair">{"".join(parts)}</div>'


def _walk(walk: Mapping[str, Any]) -> str:
    ts, equity = np.array(walk["equity"]["ts"], np.int64), np.array(walk["equity"]["value"], np.float64)
    cash = walk["folds"][0]["equity_before"]
    sentence = (
        f"<p>{money(cash)} became {money(float(equity[-1]))} ({percent(walk['return'])}; "
        f"Sharpe {plain(walk['sharpe'])}; deepest fall {percent(walk['max_drawdown'])}) "
        "on parts that the search had not seen when it chose.</p>"
    )
    rows = [
        (
            f"{day(fold['from'])} – {day(fold['to'])}",
            _set(fold["set"]),
            percent(fold.get("inside")),
            toned(fold["return"], percent(fold["return"])),
            money(fold["equity_after"]),
        )
        for fold in walk["folds"]
    ]
    heads = ("Part", "Chosen before it", "A year, where it was found", "Return on it", "Equity after")
    return sentence + equity_chart(ts, equity, cash) + table("", heads, rows)


def _paths(drawn: Mapping[str, Any]) -> str:
    rows = []
    for name, what in (("resampled", "drawn with repetition"), ("shuffled", "in another order")):
        for figure, head, write in (("equity_final", "equity", money), ("max_drawdown", "deepest fall", percent)):
            rows.append((f"{what}: {head}", *(write(value) for value in drawn[name][figure].values())))
    heads = ("", *(f"{at} %" for at in drawn["resampled"]["equity_final"]))
    return (
        f"<p>{drawn['trades']:,} trades of {escape(drawn['of'])}, {drawn['paths']:,} times: "
        f"{percent(drawn['resampled']['lost'], 1)} of the draws lose money, {percent(drawn['resampled']['ruined'], 1)} "
        f"fall below {percent(drawn['ruin_below'], 0)} of the cash.</p>{table('Percentiles', heads, rows)}"
    )


def _luck(luck: Mapping[str, Any], cscv: Mapping[str, Any] | None) -> dict[str, str]:
    needed = luck["least_years"]
    return {
        "Sharpe ratio of the best": plain(luck["sharpe"]),
        "expected of the best by luck alone": plain(luck["expected_best"]),
        "standard deviation of the Sharpe ratios tried": plain(luck["sharpe_deviation"]),
        "deflated Sharpe ratio": percent(luck["deflated"], 1),
        "probabilistic Sharpe ratio, had only this one been tried": percent(luck["probabilistic"], 1),
        "minimum track record": NONE if needed is None else f"{needed:,.2f} years",
        "skewness and kurtosis of its returns": f"{plain(luck['skew'])}, {plain(luck['kurtosis'])}",
        "mean correlation between combinations": plain(luck["correlation"]),
        "probability of backtest overfitting": NONE if cscv is None else percent(cscv["probability"], 1),
    }


def _set(values: Mapping[str, Any] | None) -> str:
    if values is None:
        return NONE
    return escape(", ".join(f"{name} {_value(value)}" for name, value in values.items()))


def _value(value: object) -> str:
    return "none" if value is None else str(value)
