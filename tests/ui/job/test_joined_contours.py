"""One more outline for a volume of contours: drawn for it, named like its others, changed or deleted."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from tests.ui.job.driver import CONTROL, Driver, settle
from tests.ui.job.test_volumes import circles, middle, number, sphere, take, titles
from viewer_app.measure.kinds import DRAWN
from viewer_app.measure.measurement import Record
from viewer_app.session.contours import marks_have_changed
from viewer_app.session.edits import relabel

__all__ = ["sphere"]
Key = Qt.Key
STEP_MM = 1.25


def volume_of(driver: Driver, labelled: bool = True) -> Record:
    """A volume of two circles on neighbouring slices, which is selected."""
    first = driver.view.index - 1
    circles(driver, iter((first, first + 1)))
    if not labelled:
        relabel(driver.study, [one.measurement.uid for one in driver.records], "")
    driver.window.actions_by_name["volume_contours"].trigger()
    driver.wait_until(lambda: len(driver.records) == 3, "a volume")
    return driver.records[-1]


def made_of(driver: Driver, made: Record) -> int:
    """Of how many marks a volume is made now, after its number was looked at: that of all its circles."""
    now = driver.study.measurements.get(made.measurement.uid)
    assert now is not None
    drawn = [driver.study.measurements.get(uid) for uid in now.measurement.made_of]
    areas = [number(one, "area") for one in drawn if one is not None]
    assert number(now) == pytest.approx(sum(areas) * STEP_MM / 1000.0, rel=0.005)
    return len(areas)


def draw_next(driver: Driver) -> None:
    """A circle on the next slice."""
    driver.wheel(-1)
    QTest.keySequence(driver.window, QKeySequence(DRAWN["circle"].shortcut))
    driver.drag(middle(driver), middle(driver, 7.0))


@pytest.mark.parametrize("labelled", [True, False])
def test_what_is_drawn_for_the_selected_volume_joins_it_in_one_step(sphere: Driver, labelled: bool) -> None:
    made = volume_of(sphere, labelled)
    done = len(titles(sphere))
    for count in (3, 4):
        draw_next(sphere)
        wait_for_marks(sphere, made, count)
        assert made_of(sphere, made) == count
        assert sphere.viewport.selected == made.measurement.uid
    assert titles(sphere)[done:] == ("Draw circle", "Draw circle")
    assert {one.measurement.label for one in sphere.records} == {"Lesion" if labelled else ""}
    sphere.key(Key.Key_Z, CONTROL)
    assert (len(sphere.records), made_of(sphere, made)) == (4, 3)
    sphere.key(Key.Key_Z, CONTROL)
    assert list(sphere.records)[-1] == made
    assert len(sphere.records) == 3
    sphere.key(Key.Key_Y, CONTROL)
    assert (len(sphere.records), made_of(sphere, made)) == (4, 3)


def wait_for_marks(driver: Driver, made: Record, count: int) -> None:
    """Until a volume is one of so many marks."""
    driver.wait_until(lambda: len(of(driver, made).measurement.made_of) == count, f"{count} marks")


def of(driver: Driver, made: Record) -> Record:
    """A volume as it is now."""
    found = driver.study.measurements.get(made.measurement.uid)
    assert found is not None
    return found


def test_an_outline_of_its_label_is_offered_to_it(sphere: Driver) -> None:
    made = volume_of(sphere)
    sphere.key(Key.Key_Escape)
    draw_next(sphere)
    sphere.wait_for_rest()
    assert made_of(sphere, made) == 2
    assert not marks_have_changed(sphere.study, made.measurement)
    sphere.key(Key.Key_F2)
    sphere.write("Lesion")
    settle()
    assert "“Lesion” is as before" in sphere.message
    assert marks_have_changed(sphere.study, made.measurement)
    sphere.push("Update the volume")
    sphere.wait_until(lambda: made_of(sphere, made) == 3, "it is updated")
    assert titles(sphere)[-1] == "Update from its marks"
    sphere.key(Key.Key_Z, CONTROL)
    assert of(sphere, made) == made


def test_a_changed_or_deleted_outline_is_offered_and_undo_is_not(sphere: Driver) -> None:
    made = volume_of(sphere)
    draw_next(sphere)
    wait_for_marks(sphere, made, 3)
    take(sphere, "W")
    sphere.click_row(1)
    sphere.drag(sphere.handle(sphere.records[1], 1), middle(sphere, 6.0))
    assert "is as before" in sphere.message
    sphere.push("Update the volume")
    sphere.wait_until(lambda: titles(sphere)[-1] == "Update from its marks", "it is updated")
    assert made_of(sphere, made) == 3
    sphere.click_row(0)
    sphere.key(Key.Key_Delete)
    sphere.push("Update the volume")
    wait_for_marks(sphere, made, 2)
    assert made_of(sphere, made) == 2
    sphere.window.message.hide()
    sphere.key(Key.Key_Z, CONTROL)
    settle()
    assert marks_have_changed(sphere.study, of(sphere, made).measurement)
    assert not sphere.window.message.isVisible()
