"""The page of refusals and the codes are the same list."""

from __future__ import annotations

import re
from pathlib import Path

from tradewire.domain.refusal import Code

PAGE = Path(__file__).parents[3] / "docs" / "refusals.md"


def sections() -> dict[str, str]:
    parts = re.split(r"^### +(\S+) *$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    names = parts[1::2]
    assert len(names) == len(set(names))
    return dict(zip(names, parts[2::2], strict=True))


def test_every_code_has_a_section_and_every_section_a_code() -> None:
    assert set(sections()) == {code.value for code in Code}


def test_every_section_says_something() -> None:
    assert [name for name, text in sections().items() if len(text.split("\n## ")[0].split()) < 12] == []
