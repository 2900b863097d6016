"""Many marks are drawn once and kept as a picture: it must be the picture that drawing each of them gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.ui.job.driver import CONTROL, SHIFT, Driver, settle
from tests.ui.job.test_c38_left_marker import Picture, picture
from viewer_app.imaging.geometry import vector
from viewer_app.measure.measurement import Figure
from viewer_app.ui.views import measurement_item
from viewer_app.ui.views.corner_text import person_name

Key = Qt.Key


@pytest.fixture
def marked(caliper: Driver) -> Driver:
    """Twenty distances on one image, none of them in hand."""
    reference = caliper.study.current_reference()
    assert reference is not None
    viewport = caliper.viewport
    for number in range(20):
        ends = [caliper.part(0.2 + 0.03 * number, 0.2 + share) for share in (0.0, 0.1 + 0.02 * number)]
        points = tuple(vector(viewport.patient_point((float(x), float(y)))) for x, y in ends)
        made = caliper.workspace.new_measurement("distance", Figure(viewport.plane, points, reference))
        caliper.study.measuring.put(made, "Draw")
    caliper.window.manner.select("")
    caliper.move(caliper.part(0.95, 0.95))
    return caliper


def one_by_one(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> Picture:
    """The picture without the kept layer."""
    with monkeypatch.context() as patched:
        patched.setattr(measurement_item, "_MANY", 10**6)
        return picture(driver)


def test_the_kept_picture_is_that_of_each_mark(marked: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    for zoom, width in ((0, 1600), (2, 1600), (0, 1200)):
        marked.wheel(zoom, modifiers=CONTROL)
        marked.resize(width, 800)
        settle()
        kept, drawn = picture(marked).astype(int), one_by_one(marked, monkeypatch).astype(int)
        assert np.abs(kept - drawn).max() <= 3
        assert (drawn != picture(marked)[0, 0]).any()


def test_a_deleted_a_moved_and_a_scrolled_away_mark_leave_the_kept_picture(
    marked: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture(marked)
    marked.study.measuring.remove(marked.records[3].measurement.uid)
    moved = marked.records[5].measurement
    figure = moved.figures[0]
    marked.study.measuring.put(replace(moved, figures=(replace(figure, points=figure.points[::-1]),)), "Move")
    settle()
    kept, drawn = picture(marked).astype(int), one_by_one(marked, monkeypatch).astype(int)
    assert np.abs(kept - drawn).max() <= 3
    with_marks = kept
    marked.key(Key.Key_Down)
    assert np.abs(picture(marked).astype(int) - with_marks).max() > 100


def test_a_hidden_name_vanishes_from_the_kept_picture(marked: Driver) -> None:
    name = person_name(marked.study.study.patient.name)
    marked.study.measuring.rename(marked.records[0].measurement.uid, name)
    settle()
    before = picture(marked)
    marked.key(Key.Key_H, CONTROL | SHIFT)
    hidden = picture(marked)
    # Beside the corners, where the name stands too.
    middle = (slice(before.shape[0] // 6, -before.shape[0] // 6), slice(None))
    assert (before[middle] != hidden[middle]).any()
