"""H94, H95: any order of changes to an open study ends as a plain model says, on the screen and in the store."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.session.machine import run


@pytest.mark.timeout(600)
def test_any_order_of_changes_ends_as_the_model_and_in_the_store(qtbot: QtBot, tmp_path: Path) -> None:
    """`dev.py campaign changes` is the long form."""
    run(qtbot, tmp_path, examples=200, steps=15, seed_number=94)
