"""Every fault in docs/faults.md has tests that are there, or a reason in words; none is left out."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROW = re.compile(r"^\| (H?\d+) \| (.+?) \| (.+?) \|$", re.M)
NAMED = re.compile(r"`(?:(tests/[\w/]+\.py)::)?(test_\w+)`")
ALL = [*map(str, range(1, 21)), *(f"H{number}" for number in range(61, 79))]


def test_every_fault_is_answered_by_tests_that_exist() -> None:
    rows = ROW.findall((ROOT / "docs" / "faults.md").read_text(encoding="utf-8"))
    assert [number for number, _, _ in rows] == ALL
    for number, _, answer in rows:
        named = NAMED.findall(answer)
        assert named or "cannot happen" in answer, number
        path = ""
        for file, test in named:
            path = file or path
            assert f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"), f"{path}::{test}"
