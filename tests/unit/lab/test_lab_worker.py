"""The worker process: what it says to its jobs, and that it leaves with whoever asked."""

from __future__ import annotations

import asyncio
import gzip
import json
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tradewire.api.lab import LabFailed
from tradewire.api.resources.backtest_results import BacktestResult, BacktestSweep, BacktestTrade, Figures
from tradewire.api.resources.histories import Brought, History, Strategy
from tradewire.lab.frames import Frame
from tradewire.lab.process import ProcessWorker

MINE = '''
"""Mine."""
from tradewire.strategies.base import Params, Strategy

class MineParams(Params):
    """None."""

class Mine(Strategy[MineParams]):
    """Fails."""
    name = "mine"
    Params = MineParams

    def warmup(self, params):
        return 1

    def signals(self, bars, params):
        print("what a strategy prints is no frame")
        return bars.close["no such column"]
'''

HUB = """
import asyncio, sys
from pathlib import Path
import tradewire.serve
from tradewire.app import SystemClock
from tradewire.lab.process import ProcessWorker
from tradewire.lab.service import BacktestLab
from tradewire.store import Store

async def main():
    root, ended = Path(ROOT), asyncio.Event()
    with Store.open(root / "hub.db", clock=SystemClock()) as store:
        heard = lambda news: b'"done"' in news and ended.set()
        shipped = {"sma-cross": "sma-cross"}
        async with BacktestLab(store, SystemClock(), root, shipped, lambda: ProcessWorker(root), heard) as lab:
            await lab.strategies()
            history = await lab.sample()
            row = await lab.begin({"strategy": "sma-cross", "data": history["id"], "end": "2024-01-20"})
            await ended.wait()
            lab.part(row["id"], "result")
            print(lab.row(row["id"])["state"])

asyncio.run(main())
print([name for name in ("numba", "polars", "pandas") if name in sys.modules])
"""


@pytest.fixture
async def worker(tmp_path: Path) -> AsyncIterator[ProcessWorker]:
    worker = ProcessWorker(tmp_path)
    yield worker
    await worker.close()


async def said(worker: ProcessWorker, job: str, **more: Any) -> list[Frame]:
    return [frame async for frame in worker.ask({"job": job, **more})]


async def answered(worker: ProcessWorker, job: str, **more: Any) -> Any:
    last = (await said(worker, job, **more))[-1]
    assert last.kind == "answer", last.sentence
    return json.loads(last.data)


async def refused(worker: ProcessWorker, job: str, **more: Any) -> tuple[str, str]:
    last = (await said(worker, job, **more))[-1]
    assert last.kind == "refused"
    return last.name, last.sentence


def asked(**more: Any) -> dict[str, Mapping[str, Any]]:
    return {"request": {"strategy": "sma-cross", "data": "SAMPLE/15m", **more}}


async def test_a_run_on_the_sample_gives_all_that_the_api_shows(worker: ProcessWorker) -> None:
    assert await answered(worker, "histories") == []
    history = await answered(worker, "sample")
    assert await answered(worker, "histories") == [history]
    assert History.model_validate(history).id == "SAMPLE/15m"
    frames = await said(worker, "run", **asked(sl="2%", side="both", params={"fast": 5, "slow": 20}))
    parts = {frame.name: gzip.decompress(frame.data) for frame in frames if frame.kind == "part"}
    figures = Figures.model_validate_json(frames[-1].data, strict=True)
    result = BacktestResult.model_validate_json(parts["result"])
    assert (figures.bars, figures.trades) == (20_000, result.trades)
    assert result.settings["sl"] == "2%"
    trades = [trade for name in sorted(parts) if name.startswith("trades-") for trade in json.loads(parts[name])]
    assert len(trades) == result.trades > 500
    assert sum(BacktestTrade.model_validate(one).pnl for one in trades) == pytest.approx(
        figures.equity_final - figures.cash
    )
    assert result.equity.value[-1] == figures.equity_final
    assert max(result.drawdown.value) == pytest.approx(figures.max_drawdown)
    assert max(result.equity.value) == pytest.approx(max(result.equity.value[0], *figures.spark, *result.equity.value))
    assert len(result.equity.at) <= 1202
    assert parts["report"].startswith(b"<!doctype html>")
    shares = [frame.share for frame in frames if frame.kind == "progress"]
    assert shares == sorted(shares) != []


async def test_a_run_in_the_exact_lane_says_so(worker: ProcessWorker) -> None:
    await answered(worker, "sample")
    frames = await said(
        worker, "run", **asked(lane="exact", end="2024-01-08", params={"fast": 5, "slow": 20}, qty="0.5")
    )
    assert frames[-1].kind == "answer", frames[-1].sentence
    parts = {frame.name: gzip.decompress(frame.data) for frame in frames if frame.kind == "part"}
    result = BacktestResult.model_validate_json(parts["result"])
    assert (result.lane, result.settings["lane"]) == ("exact", "exact")
    assert result.trades > 0


async def test_a_search_ends_with_its_best_as_a_backtest(worker: ProcessWorker) -> None:
    await answered(worker, "sample")
    sweep = {"axes": {"fast": "5:20:5", "slow": "15,30", "sl": "1%,none"}, "where": ["fast<slow"], "holdout": 0.3}
    terms = asked(end="2024-03-01", side="both")
    assert (await answered(worker, "check", sweep=sweep, **terms))["combinations"] == 12
    frames = await said(worker, "run", sweep=sweep, **terms)
    assert frames[-1].kind == "answer", frames[-1].sentence
    parts = {frame.name: gzip.decompress(frame.data) for frame in frames if frame.kind == "part"}
    found = BacktestSweep.model_validate_json(parts["sweep"])
    result = BacktestResult.model_validate_json(parts["result"])
    best = found.best[0].set
    assert {name: result.params[name] for name in ("fast", "slow")} == {name: best[name] for name in ("fast", "slow")}
    assert result.settings.get("sl") == best["sl"]
    assert found.verdict.sentences
    assert found.heat_map is not None
    assert parts["sweep-report"].startswith(b"<!doctype html>")
    shares = [frame.share for frame in frames if frame.kind == "progress"]
    assert shares == sorted(shares)


async def test_a_search_that_cannot_be_is_refused(worker: ProcessWorker) -> None:
    await answered(worker, "sample")
    for sweep, words in (
        ({"axes": {}}, "name at least one parameter"),
        ({"axes": {"fats": "1,2"}}, "fats"),
        ({"axes": {"fast": "9:1:1"}}, "is empty"),
        ({"axes": {"funding": "/etc/passwd"}}, "funding cannot be searched here"),
        ({"axes": {"fast": "1,2"}, "search": "hope"}, "search"),
        ({"axes": {"fast": "1,2"}, "luck": 1}, "luck"),
    ):
        field, sentence = await refused(worker, "check", sweep=sweep, **asked())
        assert words in f"{field}: {sentence}"


async def test_candles_are_gathered_no_more_than_a_screen_shows_and_no_fewer_than_tell_something(
    worker: ProcessWorker,
) -> None:
    history = await answered(worker, "sample")
    first, last = history["ts_first"] // 10**9, history["ts_last"] // 10**9
    whole = await answered(worker, "candles", data="SAMPLE/15m", start=first, end=last)
    assert (whole["symbol"], len(whole["at"]), whole["at"][0]) == ("SAMPLE", 600, first)
    moment = first + 900 * 5_000
    near = await answered(worker, "candles", data="SAMPLE/15m", start=moment, end=moment + 900)
    assert [second - moment for second in near["at"]] == [900 * at for at in range(-39, 41)]
    assert all(low <= close <= high for low, close, high in zip(near["low"], near["close"], near["high"], strict=True))
    beyond = await answered(worker, "candles", data="SAMPLE/15m", start=last + 10**6, end=last + 10**7)
    assert beyond["at"][-1] == last
    assert (await refused(worker, "candles", data="GONE/1m", start=0, end=1))[0] == "data"


async def test_what_a_request_gets_wrong_is_named(worker: ProcessWorker) -> None:
    await answered(worker, "sample")
    assert await refused(worker, "check", **asked(params={"fast": 300})) == (
        "params",
        "fast (300) must be less than slow (100)",
    )
    assert (await refused(worker, "check", **asked(params={"fats": 3})))[1].startswith(
        "sma-cross has no parameter 'fats'"
    )
    assert (await refused(worker, "check", **asked(data="BTCUSDT/1m"))) == (
        "data",
        "BTCUSDT/1m was not imported; there is SAMPLE/15m",
    )
    assert (await refused(worker, "check", **asked(start="2030-01-01")))[0] == "data"
    assert (await refused(worker, "check", **asked(params={"slow": 5000}, end="2024-01-05")))[1] == (
        "sma-cross needs 5001 bars before its first word, and there are 383"
    )
    assert (await refused(worker, "check", **asked(sl="2x")))[0] == "sl"


async def test_no_file_of_the_machine_is_read_for_a_backtest(worker: ProcessWorker, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a secret\n")
    for data in (str(secret), "secret.csv", f"../{tmp_path.name}/secret.csv", "SAMPLE/../1m"):
        field, sentence = await refused(worker, "check", **asked(data=data))
        assert field == "data"
        assert "a secret" not in sentence
        for other in ("inside", "funding"):
            field, sentence = await refused(worker, "check", **asked(**{other: data}))
            assert field in (other, "data")
            assert "a secret" not in sentence


async def test_a_strategy_that_fails_is_told_with_its_line(worker: ProcessWorker, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MINE)
    await answered(worker, "sample")
    field, sentence = await refused(worker, "run", **asked(strategy=f"{tmp_path / 'mine.py'}:Mine"))
    assert field == "strategy"
    assert 'line 18 of mine.py: return bars.close["no such column"]' in sentence


async def test_strategies_are_described_for_forms(worker: ProcessWorker, tmp_path: Path) -> None:
    names = {"sma-cross": "sma-cross", "gone": f"{tmp_path / 'gone.py'}:Gone"}
    cross, gone = map(Strategy.model_validate, await answered(worker, "strategies", names=names))
    assert (cross.warmup, cross.error) == (100, None)
    fast = cross.parameters["properties"]["fast"]  # type: ignore[index,call-overload]
    assert (fast["default"], fast["minimum"], fast["maximum"]) == (20, 1, 1000)
    assert gone.parameters == {}
    assert "gone.py" in (gone.error or "")


async def test_a_file_is_imported_or_refused_under_its_own_name(worker: ProcessWorker, tmp_path: Path) -> None:
    folder = tmp_path / "upload-x"
    folder.mkdir()
    rows = [f"2024-01-01 00:{minute:02}:00,1,2,0.5,1,{minute}" for minute in range(30)]
    (folder / "BTCUSDT.csv").write_text("time,open,high,low,close,volume\n" + "\n".join(rows))
    job = {"symbol": None, "timeframe": None, "zone": None, "mend": None}
    brought = Brought.model_validate(await answered(worker, "bring", file=str(folder / "BTCUSDT.csv"), **job))
    assert (brought.id, brought.bars) == ("BTCUSDT/1m", 30)
    assert str(folder) not in brought.told
    (folder / "BAD.csv").write_text(
        "time,open,high,low,close\n" + "\n".join(f"2024-01-0{day},1,2,0.5,-1" for day in (1, 2, 3))
    )
    field, sentence = await refused(worker, "bring", file=str(folder / "BAD.csv"), **job)
    assert field == "file"
    assert "negative" in sentence
    assert str(folder) not in sentence
    assert (await refused(worker, "bring", file="x.csv", **{**job, "mend": "hope"}))[0] == "mend"
    assert (await refused(worker, "bring", file="x.csv", **{**job, "timeframe": "7q"}))[0] == "timeframe"


async def test_a_killed_worker_is_told_and_the_next_job_gets_a_new_one(worker: ProcessWorker) -> None:
    await answered(worker, "sample")
    saying = worker.ask({"job": "run", **asked()})
    assert (await anext(saying)).kind == "progress"
    await worker.close()
    with pytest.raises(LabFailed, match="ended before it was done"):
        [frame async for frame in saying]
    assert len(await answered(worker, "histories")) == 1


async def test_a_worker_leaves_when_its_hub_is_gone(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "tradewire.lab.worker")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), 30) == 0


async def test_the_hub_itself_loads_nothing_heavy(tmp_path: Path) -> None:
    code = HUB.replace("ROOT", repr(str(tmp_path)))
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    assert out.split() == [b"done", b"[]"]
