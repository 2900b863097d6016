"""Every complaint in docs/complaints.md has tests that are there, or a reason in words."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROW = re.compile(r"^\| (?!thread|---)(.+?) \| (.+?) \| (.+?) \|$", re.M)
NAMED = re.compile(r"`(?:(tests/[\w/]+\.py)::)?(test_\w+)`")


def test_every_complaint_is_answered_by_tests_that_exist() -> None:
    rows = ROW.findall((ROOT / "docs" / "complaints.md").read_text(encoding="utf-8"))
    assert len(rows) > 30
    for thread, _, answer in rows:
        named = NAMED.findall(answer)
        assert named or "cannot happen" in answer, thread
        path = ""
        for file, test in named:
            path = file or path
            assert f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"), f"{path}::{test}"
