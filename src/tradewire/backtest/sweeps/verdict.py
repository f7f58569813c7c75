"""What the figures mean, in plain words: each sentence names the figure that it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple

from tradewire.report.words import percent, plain

CONFIDENCE: Final = 0.95
"""The usual level of proof; for the deflated Sharpe ratio that of its authors."""
FEW: Final = 30
"""Below so many trades no figure of them says much."""


class Weight(StrEnum):
    """What a sentence does to the verdict."""

    GOOD = "good"
    DOUBT = "doubt"
    BAD = "bad"


class Word(StrEnum):
    """The verdict in a word."""

    NOTHING = "nothing to judge"
    OVERFITTED = "overfitted, or no edge"
    UNPROVEN = "not proven"
    HOLDS = "holds up"


class Finding(NamedTuple):
    """One sentence of the verdict."""

    weight: Weight
    sentence: str


def verdict(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the verdict on what a sweep found: a word, and the sentences behind it, the gravest first."""
    if not found["best"]:
        return {"word": Word.NOTHING.value, "sentences": [], "summary": "No combination traded often enough."}
    findings = sorted(_findings(found), key=lambda one: list(Weight)[::-1].index(one.weight))
    weights = [one.weight for one in findings]
    if Weight.BAD in weights:
        word, summary = (
            Word.OVERFITTED,
            "Do not trade the best combination: luck explains what it shows.",
        )
    elif Weight.DOUBT in weights:
        word, summary = Word.UNPROVEN, "There may be an edge, but these figures leave it open."
    else:
        word, summary = Word.HOLDS, "Nothing here speaks against an edge. That is no proof: trade it on paper next."
    told = [{"weight": one.weight.value, "sentence": one.sentence} for one in findings]
    return {"word": word.value, "summary": summary, "sentences": told}


def _findings(found: Mapping[str, Any]) -> Iterator[Finding]:
    honest, best = found["honesty"], found["best"][0]
    if honest["luck"] is not None:
        yield _of_luck(honest["luck"])
        yield from _of_record(honest["luck"])
    else:
        yield Finding(Weight.BAD, "The best combination's equity never changed from one period to the next.")
    if honest["overfitting"] is not None:
        yield _of_overfitting(honest["overfitting"])
    if best["outside"] is not None:
        yield _of_holdout(found["best"])
    if honest["walk_forward"] is not None:
        yield _of_walk(honest["walk_forward"])
    if honest["stability"] is not None and honest["stability"]["plateau"] is not None:
        yield _of_plateau(honest["stability"])
    if honest["monte_carlo"] is not None:
        yield _of_paths(honest["monte_carlo"])
    if (made := best["inside"]["trades"]) < FEW:
        yield Finding(Weight.DOUBT, f"The best combination made {made} trades; fewer than {FEW} say little.")


def _of_luck(luck: Mapping[str, Any]) -> Finding:
    tried, best = f"{luck['trials']:,} combinations were tried", plain(luck["sharpe"])
    told = (
        f"{tried}; the best of so many without any edge would show a Sharpe ratio of about "
        f"{plain(luck['expected_best'])} by luck, and this one shows {best}: "
        f"{percent(luck['deflated'], 1)} sure that there is an edge (deflated Sharpe ratio; 95 % is proof)."
    )
    if luck["trials"] == 1:
        told = (
            f"One combination was tried; its Sharpe ratio of {best} is {percent(luck['deflated'], 1)} sure to be above "
            "nothing (95 % is proof)."
        )
    return Finding(Weight.GOOD if luck["deflated"] >= CONFIDENCE else Weight.BAD, told)


def _of_record(luck: Mapping[str, Any]) -> Iterator[Finding]:
    needed, there = luck["least_periods"], luck["periods"]
    if needed is not None and needed > there:
        yield Finding(
            Weight.DOUBT,
            f"A Sharpe ratio of {plain(luck['sharpe'])} needs {needed:,.0f} periods to be believed, even had "
            f"nothing else been tried; there are {there:,} (minimum track record).",
        )


def _of_overfitting(cscv: Mapping[str, Any]) -> Finding:
    share = cscv["probability"]
    told = (
        f"In {percent(share, 0)} of {cscv['splits']:,} ways to part the history in halves the best of one half was "
        f"below the median on the other (probability of backtest overfitting)."
    )
    return Finding(Weight.BAD if share > 0.5 else Weight.DOUBT if share > 0.2 else Weight.GOOD, told)


def _of_holdout(best: list[Any]) -> Finding:
    inside, outside = best[0]["inside"], best[0]["outside"]
    won = sum(row["outside"]["return"] is not None and row["outside"]["return"] > 0 for row in best)
    told = (
        f"On the bars that the search never saw the best combination returned {percent(outside['return'])} "
        f"(Sharpe {plain(outside['sharpe'])}, inside {plain(inside['sharpe'])}); "
        f"{won} of the best {len(best)} won money there."
    )
    if outside["return"] is None or outside["return"] <= 0:
        return Finding(Weight.BAD, told)
    halved = outside["sharpe"] is None or (inside["sharpe"] is not None and outside["sharpe"] < inside["sharpe"] / 2)
    return Finding(Weight.DOUBT if halved else Weight.GOOD, told)


def _of_walk(walk: Mapping[str, Any]) -> Finding:
    folds, efficiency = len(walk["folds"]), walk["efficiency"]
    kept = "" if efficiency is None else f", {percent(efficiency, 0)} of what it earned a year where it was found"
    came = f"returned {percent(walk['return'])} over {folds} folds"
    told = f"Always trading the best of the past on what came next {came}{kept}."
    if walk["return"] <= 0:
        return Finding(Weight.BAD, told)
    return Finding(Weight.GOOD if efficiency is not None and efficiency >= 0.5 else Weight.DOUBT, told)


def _of_plateau(stability: Mapping[str, Any]) -> Finding:
    share = stability["plateau"]
    told = f"Its {stability['neighbours']} neighbours keep {percent(share, 0)} of its value on average"
    if share <= 0:
        return Finding(Weight.BAD, f"{told}: it is a lonely peak.")
    if share < 0.5:
        return Finding(Weight.DOUBT, f"{told}: it stands on a steep slope.")
    return Finding(Weight.GOOD, f"{told}: it stands on a plateau.")


def _of_paths(drawn: Mapping[str, Any]) -> Finding:
    ruined, lost = drawn["resampled"]["ruined"], drawn["resampled"]["lost"]
    fall = drawn["shuffled"]["max_drawdown"]["95"]
    told = (
        f"Drawn again {drawn['paths']:,} times, the trades of {drawn['of']} lose money in {percent(lost, 1)} and fall "
        f"below {percent(drawn['ruin_below'], 0)} of the cash in {percent(ruined, 1)}; in one order of twenty the "
        f"deepest fall is {percent(fall)} or more."
    )
    weight = Weight.BAD if lost > 0.5 else Weight.DOUBT if ruined > 0.05 or lost > 0.05 else Weight.GOOD
    return Finding(weight, told)
