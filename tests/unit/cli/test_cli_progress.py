"""Progress is shown to people and to nobody else."""

from __future__ import annotations

import pytest

from tradewire.cli.progress import progress


@pytest.mark.parametrize("looked_at", [True, False])
def test_what_is_done_is_told_where_somebody_looks_on(
    looked_at: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    if looked_at:
        monkeypatch.setenv("FORCE_COLOR", "1")
    with progress("reading", "rows") as tell:
        tell(1_234_567)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert ("1,234,567 rows" in shown.err) is looked_at
    assert bool(shown.err) is looked_at
