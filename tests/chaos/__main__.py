"""`python -m chaos`: the long form. Exit code 0 only if nothing was lost, doubled or made up, and every control caught.

Options: `--signals N --kills N` (in all), `--worlds N`, `--seed N`, `--report FILE` (JSON), `--keep DIR` (all files).
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec

from chaos.controls import SYMPTOMS, caught, run_control
from chaos.exchange.knobs import ClientIds, Fault, rough
from chaos.hubs import ExchangeProcess, Nursery
from chaos.sweep import Sweep, SweepOutcome
from chaos.world import Outcome, Plan, run_hub

KINDS: tuple[tuple[ClientIds, bool], ...] = (
    ("open_only", False),
    ("permanent", False),
    ("open_only", True),
    ("none", False),
    ("open_only", False),
    ("permanent", True),
)
"""The worlds in turn: what the exchange makes of client ids, and whether stops rest there."""
SWEEPS: tuple[tuple[Fault, bool], ...] = (("ok", False), ("execute_then_cut", False), ("error_before", True))
TOGETHER = 3


class Report(msgspec.Struct, kw_only=True):
    """Everything that was run. `controls`: whether each bad trader was caught."""

    seconds: float = 0.0
    worlds: list[Outcome] = []
    sweeps: list[SweepOutcome] = []
    controls: dict[str, bool] = {}
    control_findings: dict[str, dict[str, int]] = {}

    @property
    def clean(self) -> bool:
        return (
            all(world.clean for world in self.worlds)
            and all(sweep.clean for sweep in self.sweeps)
            and bool(self.controls)
            and all(self.controls.values())
        )


async def chaos(options: argparse.Namespace, directory: Path) -> Report:
    """Run controls, sweeps and worlds."""
    started = time.monotonic()
    report = Report(worlds=[], sweeps=[], controls={}, control_findings={})
    async with ExchangeProcess(directory / "exchange") as exchange, Nursery() as nursery:
        for name in SYMPTOMS:
            outcome = await run_control(exchange, name, directory, signals=400, kills=20)
            report.controls[name] = caught(name, outcome)
            report.control_findings[name] = {found: len(texts) for found, texts in outcome.findings.faults.items()}
            print(f"control {name}: {report.control_findings[name]}", flush=True)
        for fault, native in SWEEPS if options.sweeps else ():
            name = f"sweep-{fault}"
            sweep = await Sweep(exchange, nursery, name, directory / name, fault, native=native).run()
            report.sweeps.append(sweep)
            reached = f"{sweep.kills} kills at {sweep.boundaries} boundaries"
            few = "" if sweep.clean or sweep.wrong else ": too few for a proof, as on a busy machine; run it again"
            print(f"{name}: {reached}, wrong at {sorted(sweep.wrong) or 'none'}{few}", flush=True)
        limit = asyncio.Semaphore(TOGETHER)

        async def world(number: int) -> None:
            async with limit:
                plan = planned(options, number)
                outcome = await run_hub(exchange, nursery, plan, directory / plan.name)
                report.worlds.append(outcome)
                print(row(outcome), flush=True)

        print(HEAD, flush=True)
        await asyncio.gather(*(world(number) for number in range(options.worlds)))
    report.seconds = round(time.monotonic() - started, 1)
    return report


def planned(options: argparse.Namespace, number: int) -> Plan:
    """Return the `number`-th world."""
    client_ids, native = KINDS[number % len(KINDS)]
    blind = client_ids == "none"
    return Plan(
        name=f"{number:02}-{client_ids}{'-stops' if native else ''}",
        seed=options.seed + number,
        signals=-(-options.signals // options.worlds),
        kills=-(-options.kills // options.worlds),
        knobs=rough(options.seed + number, client_ids, hedging=not blind),
        native_stops=native,
        plain=blind,
    )


HEAD = (
    f"{'world':22}{'signals':>8}{'twice':>7}{'kills':>7}{'taken':>7}{'faults':>8}{'parked':>8}"
    f"{'lost':>6}{'doubled':>9}{'ghosts':>8}{'other':>7}{'s':>8}"
)


def row(world: Outcome) -> str:
    """Return a line of the table."""
    found = world.findings
    other = len(found.unsettled) + len(found.drifted) + len(found.implausible) + len(world.unexpected)
    faults = sum(world.injected.values()) - world.injected.get("ok", 0)
    return (
        f"{world.plan:22}{world.signals:8}{world.duplicates:7}{world.kills:7}{found.taken:7}{faults:8}{found.parked:8}"
        f"{len(found.lost):6}{len(found.doubled):9}{len(found.ghosts):8}{other:7}{world.seconds:8.0f}"
    )


def summary(report: Report) -> str:
    """Return the last lines of a run."""
    worlds = report.worlds
    total: dict[str, Any] = {
        name: sum(len(getattr(world.findings, name)) for world in worlds) for name in ("lost", "doubled", "ghosts")
    }
    kills = sum(world.kills for world in worlds)
    at_boundaries = sum(sweep.kills for sweep in report.sweeps)
    return (
        f"{sum(world.signals for world in worlds):,} signals, {kills:,} kills at random and {at_boundaries} at "
        f"boundaries: {total['lost']} lost, {total['doubled']} doubled, {total['ghosts']} ghosts; "
        f"verify {'clean' if not any(world.unexpected for world in worlds) else 'NOT clean'}; "
        f"controls caught: {sum(report.controls.values())} of {len(report.controls)}; {report.seconds:.0f} s. "
        f"{'OK' if report.clean else 'FAILED'}"
    )


def main() -> int:
    """Run, print, write the report."""
    parser = argparse.ArgumentParser(prog="chaos", description="Kill the hub, again and again, and count its orders.")
    parser.add_argument("--signals", type=int, default=30_000)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--worlds", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sweeps", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--report", type=Path)
    parser.add_argument("--keep", type=Path, help="keep databases, ledgers and logs there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chaos-") as scratch:
        report = asyncio.run(chaos(options, options.keep or Path(scratch)))
    for world in report.worlds:
        for name, found in {**world.findings.faults, "unexpected": world.unexpected}.items():
            for text in found[:20]:
                print(f"{world.plan}: {name}: {text}")
    for sweep in report.sweeps:
        for k, texts in sweep.wrong.items():
            print(f"{sweep.name} at {k}: {'; '.join(texts)}")
    print(summary(report))
    if options.report is not None:
        options.report.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1))
    return 0 if report.clean else 1


if __name__ == "__main__":
    sys.exit(main())
