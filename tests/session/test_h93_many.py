"""H93: ten thousand measurements of one series: drawn as one step, stored, found again, taken back, deleted."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.session.sitting import Sitting
from tests.sources.places import write_study
from viewer_app.session.edits import remove_all
from viewer_app.session.history import Change

MANY = 10_000


def settle(sitting: Sitting) -> None:
    """Ten thousand rows take their time on a busy machine."""
    sitting.settle(120.0)


@pytest.mark.timeout(300)
def test_ten_thousand_measurements(sitting: Sitting, tmp_path: Path) -> None:
    place = write_study(tmp_path / "images", "one")
    opened = sitting.open(place)
    pattern = sitting.draw()
    mark = pattern.measurement
    made = [
        replace(
            pattern,
            measurement=replace(
                mark, uid=str(uuid.uuid4()), created_at=mark.created_at + timedelta(milliseconds=number)
            ),
        )
        for number in range(1, MANY)
    ]
    opened.history.do("Import", *(Change(None, found) for found in made))
    settle(sitting)
    everything = (pattern, *made)
    assert opened.measurements.records == everything
    assert sitting.stored() == everything
    again = sitting.open(place)
    assert again.measurements.records == everything
    assert not any(again.measurements.differs(found.measurement.uid) for found in everything)
    remove_all(again)
    settle(sitting)
    again.history.undo()
    settle(sitting)
    again.history.undo()
    settle(sitting)
    assert again.measurements.records == sitting.stored() == (pattern,)
    assert sitting.trouble is None
