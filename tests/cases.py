"""The real cases: studies of scanners, phantoms and other programs, kept outside the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def folder() -> Path:
    """Where the real cases lie: CALIPER_DATA, else `shared/data` beside the checkout."""
    named = os.environ.get("CALIPER_DATA")
    return Path(named) if named else ROOT.parent / "shared" / "data"


def case(name: str) -> Path:
    """The real case `name`; the test is skipped where it is absent."""
    path = folder() / name
    if not path.exists():
        pytest.skip(f"the real case {name} is not here (CALIPER_DATA names the folder of the cases)")
    return path
