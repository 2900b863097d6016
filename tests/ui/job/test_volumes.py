"""Volumes by hand: painted, erased, grown, cleaned up, taken back, kept over a restart and exported."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTreeWidget

from tests.report.reading import sheet, text
from tests.ui.job.conftest import Start
from tests.ui.job.driver import ALT, CONTROL, RIGHT, SHIFT, Driver, Spot, same, settle
from viewer_app.imaging.geometry import vector
from viewer_app.measure.kinds import DRAWN, KINDS
from viewer_app.measure.measurement import Measurement, Record
from viewer_app.measure.volumes import VoxelRegion, grow
from viewer_app.phantom.dicom import write_series
from viewer_app.phantom.solids import SOLIDS, solid
from viewer_app.report import read_json
from viewer_app.session.edits import duplicate
from viewer_app.ui.panels.table.rows import measurement_row
from viewer_app.ui.tools.brush import Limit

Key = Qt.Key
CENTER = (0.13, -0.21, 0.37)


@pytest.fixture
def sphere(start: Start, tmp_path: Path) -> Driver:
    """Caliper with the phantom of a sphere, its middle on show."""
    return opened_sphere(start, tmp_path / "sphere")


def opened_sphere(start: Start, folder: Path) -> Driver:
    """The phantom of a sphere, written to `folder`, its middle on show."""
    write_series(folder, solid("sphere"))
    driver = start(folder)
    driver.wait_for_image()
    driver.wait_for_rest()
    show_middle(driver)
    return driver


def show_middle(driver: Driver) -> None:
    """The slice nearest to the middle of the sphere."""
    stack = driver.study.stack
    assert stack is not None
    heights = [abs(float(image.plane.height(CENTER)[0])) for image in stack.images]
    driver.study.show(stack, int(np.argmin(heights)))
    settle()


def take(driver: Driver, keys: str) -> None:
    """Take a tool up by its keys."""
    QTest.keySequence(driver.window, QKeySequence(keys))
    settle()


def middle(driver: Driver, across_mm: float = 0.0) -> Spot:
    """Where the middle of the sphere is seen, or a place beside it."""
    x, y, z = CENTER
    return driver.spot_of((x + across_mm, y, z))


def number(record: Record, key: str = "volume") -> float:
    """A number of a record."""
    (found,) = [value.number for value in record.values if value.key == key]
    assert found is not None
    return found


def region(record: Record) -> VoxelRegion:
    """Its voxels."""
    assert record.measurement.region is not None
    return record.measurement.region


def grown(driver: Driver) -> Record:
    """A seed in the middle of the sphere, and what has grown from it."""
    take(driver, "Shift+G")
    driver.click(middle(driver))
    driver.wait_until(lambda: driver.records, "a volume")
    return driver.records[-1]


def titles(driver: Driver) -> tuple[str, ...]:
    return driver.study.history.titles


def test_a_seed_grows_to_the_sphere(sphere: Driver) -> None:
    made = grown(sphere)
    exact = SOLIDS["sphere"].volume_mm3 / 1000.0
    assert abs(number(made) - exact) <= number(made, "bound")
    assert number(made) == pytest.approx(exact, rel=0.02)
    assert [value.key for value in made.values] == [quantity.key for quantity in KINDS["volume"].quantities]
    assert number(made, "mean") == number(made, "minimum") == number(made, "maximum") == number(made, "median")
    assert number(made, "sd") == 0
    assert number(made, "count") == region(made).count
    assert made.values[0].unit == "ml"
    assert "determinant" in made.values[0].provenance
    assert titles(sphere) == ("Grow",)
    assert sphere.viewport.selected == made.measurement.uid
    row = measurement_row(made, differs=False)
    assert (row.label, row.doubtful) == ("Volume", False)
    assert row.value.endswith("ml")


def test_growing_tells_its_progress_and_can_be_cancelled(sphere: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def slow(*arguments: object) -> VoxelRegion:
        watch = arguments[-1]
        watch.step(3, 40, "Growing")  # type: ignore[attr-defined]  # a Watch
        go_on.wait(20)
        return grow(*arguments)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr("viewer_app.ui.volumes.grow", slow)
    bar = sphere.window.volume_bar
    take(sphere, "Shift+G")
    sphere.click(middle(sphere))
    sphere.wait_until(lambda: "3 of 40" in bar.told.text(), "progress")
    assert bar.cancel.isVisible()
    QTest.mouseClick(bar.cancel, Qt.MouseButton.LeftButton)
    settle()
    go_on.set()
    sphere.wait_for_rest()
    assert not sphere.records
    assert not bar.cancel.isVisible()
    go_on.clear()
    sphere.click(middle(sphere))
    sphere.key(Key.Key_Escape)
    go_on.set()
    sphere.wait_for_rest()
    assert not sphere.records


def test_a_seed_beside_the_finding_says_so(sphere: Driver) -> None:
    sphere.window.manner.brush.set(replace(sphere.window.manner.brush.painting, limit=Limit.TYPED, low=900, high=950))
    take(sphere, "Shift+G")
    sphere.click(middle(sphere))
    sphere.wait_until(lambda: "not in the range" in sphere.message, "a sentence")
    assert not sphere.records


def test_a_stroke_is_a_step_and_covers_what_is_near_its_path(sphere: Driver) -> None:
    take(sphere, "Shift+B")
    start, end = middle(sphere, -8.0), middle(sphere, 8.0)
    sphere.press(start)
    sphere.move(middle(sphere))
    assert sphere.viewport.brush.in_hand is not None
    assert not sphere.records
    (told,) = sphere.viewport.shown_marks.item.labels.lines(sphere.viewport.volumes()[0])
    sphere.move(end)
    sphere.release(end)
    (made,) = sphere.records
    assert "±" in told
    assert told.endswith("ml")
    length, across = math.dist(start, end) / sphere.viewport.camera.scale, 10.0
    area = length * across + math.pi * across**2 / 4
    plane = sphere.viewport.plane
    assert region(made).count * math.prod(plane.spacing) == pytest.approx(area, rel=0.02)
    assert [layer.index for layer in region(made).layers] == [sphere.view.index]
    assert titles(sphere) == ("Paint",)
    sphere.drag(middle(sphere), middle(sphere, 1.0), RIGHT)
    (erased,) = sphere.records
    assert region(erased).count < region(made).count
    assert titles(sphere) == ("Paint", "Erase")
    QTest.mouseClick(sphere.canvas, Qt.MouseButton.LeftButton, ALT, QPoint(*middle(sphere, 6.0)))
    settle()
    assert titles(sphere) == ("Paint", "Erase", "Erase")
    for expected in (erased, made):
        sphere.key(Key.Key_Z, CONTROL)
        assert region(sphere.records[0]) == region(expected)
    sphere.key(Key.Key_Z, CONTROL)
    assert not sphere.records
    for _ in range(3):
        sphere.key(Key.Key_Y, CONTROL)
    assert titles(sphere) == ("Paint", "Erase", "Erase")
    assert region(sphere.records[0]).count < region(erased).count


def test_a_ball_with_a_range_paints_the_sphere_alone(sphere: Driver) -> None:
    brush = sphere.window.manner.brush
    wide = 2.5 * max(SOLIDS["sphere"].volume_mm3, 1.0) ** (1 / 3)
    brush.set(replace(brush.painting, in_3d=True, limit=Limit.AROUND, diameter_mm=wide))
    take(sphere, "Shift+B")
    sphere.click(middle(sphere))
    (painted,) = sphere.records
    assert number(painted, "minimum") == number(painted, "maximum")
    sphere.key(Key.Key_Escape)
    assert sphere.viewport.selected == ""
    take(sphere, "Shift+G")
    sphere.click(middle(sphere))
    sphere.wait_until(lambda: len(sphere.records) == 2, "a second volume")
    assert region(sphere.records[0]) == region(sphere.records[1])


def test_the_brush_is_sized_by_keys_and_wheel(sphere: Driver) -> None:
    take(sphere, "Shift+B")
    brush, scale, index = sphere.window.manner.brush, sphere.viewport.camera.scale, sphere.view.index
    before = brush.painting.diameter_mm
    sphere.wheel(2, modifiers=CONTROL)
    assert brush.painting.diameter_mm > before
    sphere.key(Key.Key_BracketLeft)
    sphere.key(Key.Key_BracketLeft)
    assert brush.painting.diameter_mm == pytest.approx(before, abs=0.1)
    assert (sphere.viewport.camera.scale, sphere.view.index) == (scale, index)
    sphere.wheel(-1)
    assert sphere.view.index != index
    take(sphere, "D")
    sphere.wheel(1, modifiers=CONTROL)
    assert sphere.viewport.camera.scale != scale
    assert not sphere.window.volume_bar.isVisible()


def test_the_bar_offers_what_the_tool_in_hand_can_do(sphere: Driver) -> None:
    bar, painting = sphere.window.volume_bar, sphere.window.manner.brush

    def offered() -> list[str]:
        return [bar.limit.itemText(place) for place in range(bar.limit.count())]

    take(sphere, "Shift+B")
    assert offered() == [each.value for each in Limit]
    assert (bar.limit.currentText(), bar.tolerance.isVisible(), bar.diameter.isVisible()) == ("all values", False, True)
    take(sphere, "Shift+G")
    assert offered() == [Limit.AROUND.value, Limit.TYPED.value]
    assert (bar.limit.currentText(), bar.tolerance.isVisible(), bar.diameter.isVisible()) == (
        Limit.AROUND.value,
        True,
        False,
    )
    bar.limit.activated.emit(1)
    assert painting.painting.limit is Limit.TYPED
    assert (bar.low.isVisible(), bar.tolerance.isVisible()) == (True, False)
    take(sphere, "Shift+B")
    assert (bar.limit.currentText(), bar.low.isVisible()) == (Limit.TYPED.value, True)


@pytest.mark.parametrize("keys", ["Shift+B", "Shift+G"])
def test_the_picture_stays_where_it_is_when_painting_begins(sphere: Driver, keys: str) -> None:
    take(sphere, "D")
    before = sphere.viewport.size(), sphere.viewport.camera, middle(sphere, 6.0)
    take(sphere, keys)
    bar = sphere.window.volume_bar
    assert bar.isVisible()
    assert (sphere.viewport.size(), sphere.viewport.camera, middle(sphere, 6.0)) == before
    over = QRect(bar.mapTo(sphere.window, QPoint()), bar.size())
    assert not over.intersects(QRect(sphere.canvas.mapTo(sphere.window, QPoint()), sphere.canvas.size()))
    assert bar.width() >= bar.minimumSizeHint().width()
    take(sphere, "D")
    assert not bar.isVisible()
    assert (sphere.viewport.size(), sphere.viewport.camera) == before[:2]


@pytest.mark.parametrize("size", [(1600, 1000), (1024, 700)])
def test_with_the_panels_hidden_the_bar_lies_over_the_images_which_stay(sphere: Driver, size: tuple[int, int]) -> None:
    sphere.window.resize(*size)
    settle()
    bar, over = sphere.window.volume_bar, sphere.window.viewports
    sphere.key(Key.Key_F11, SHIFT)
    sphere.wait_until(lambda: not sphere.window.series.isVisible(), "no panels")
    before = sphere.viewport.size(), sphere.viewport.camera
    take(sphere, "Shift+B")
    sphere.wait_until(lambda: over.rect().contains(bar.geometry()) and bar.height() >= bar.sizeHint().height(), "it")
    assert bar.isVisible()
    assert bar.parentWidget() is over
    assert bar.x() < 20
    assert over.height() - 80 < bar.geometry().bottom() < over.height() - 50
    assert (sphere.viewport.size(), sphere.viewport.camera) == before
    assert bar.new.visibleRegion().boundingRect() == bar.new.rect()
    QTest.mouseClick(bar.new, Qt.MouseButton.LeftButton)
    sphere.drag(middle(sphere), middle(sphere, 5.0))
    sphere.wait_for_rest()
    assert titles(sphere) == ("Paint",)
    take(sphere, "D")
    assert not bar.isVisible()
    take(sphere, "Shift+G")
    sphere.key(Key.Key_F11, SHIFT)
    sphere.wait_until(sphere.window.series.isVisible, "the panels again")
    assert bar.parentWidget() is not over
    assert bar.isVisible()
    assert bar.mapTo(sphere.window, QPoint()).y() > sphere.window.series.mapTo(sphere.window, QPoint()).y()


def test_escape_ends_a_stroke_without_a_trace(sphere: Driver) -> None:
    take(sphere, "Shift+B")
    sphere.hold(middle(sphere), middle(sphere, 5.0))
    sphere.key(Key.Key_Escape)
    sphere.release(middle(sphere, 5.0))
    assert not sphere.records
    assert sphere.viewport.brush.in_hand is None


def test_it_is_cleaned_up(sphere: Driver) -> None:
    made = grown(sphere)
    take(sphere, "Shift+B")
    sphere.click(middle(sphere), RIGHT)
    sphere.window.manner.brush.set(replace(sphere.viewport.brush.painting, diameter_mm=2.0))
    sphere.click(sphere.part(0.15, 0.15))
    sphere.window.actions_by_name["volume_largest"].trigger()
    sphere.wait_until(lambda: titles(sphere)[-1] == "Keep the largest part", "the largest part")
    sphere.window.actions_by_name["volume_fill_slices"].trigger()
    sphere.wait_until(lambda: titles(sphere)[-1] == "Fill holes slice by slice", "no holes")
    assert region(sphere.records[0]) == region(made)


def test_it_is_seen_on_slices_and_on_reconstructed_planes(sphere: Driver) -> None:
    def seen(spot: Spot) -> bool:
        sphere.viewport.viewport().repaint()
        return bool(sphere.viewport.painting.volumes.under(spot))

    grown(sphere)
    assert seen(middle(sphere))
    assert not seen(sphere.part(0.05, 0.5))
    sphere.wheel(-200)
    assert not seen(middle(sphere))
    sphere.click_row(0)
    assert seen(middle(sphere))
    take(sphere, "M")
    settle()
    for place, viewport in enumerate(list(sphere.window.viewports)[:3]):
        sphere.window.viewports.activate(place)
        mpr = sphere.study.active.mpr
        assert mpr is not None
        sphere.study.layout.set(mpr.moved(vector(CENTER)))
        settle()
        assert sphere.viewport is viewport
        assert seen(middle(sphere)), place
    take(sphere, "Shift+B")
    sphere.click(middle(sphere))
    assert "ball" in sphere.message


def test_it_comes_back_and_stands_in_every_report(sphere: Driver, start: Start, tmp_path: Path) -> None:
    grown(sphere)
    sphere.key(Key.Key_F2)
    sphere.write("Lesion")
    take(sphere, "Shift+B")
    sphere.drag(middle(sphere), middle(sphere, 6.0), RIGHT)
    sphere.wait_saved()
    made = sphere.records
    sphere.close()
    again = start(tmp_path / "sphere")
    again.wait_for_rest()
    assert same(again.records, made)
    assert not again.study.measurements.differs(made[0].measurement.uid)
    for suffix in ("xlsx", "csv", "json"):
        path = tmp_path / f"report.{suffix}"
        again.window.commands.exporting.report_to(path)
        again.wait_until(partial(_is_told, again, path), "a report")
    (row,) = sheet((tmp_path / "report.xlsx").read_bytes())
    assert (text(row["Kind"]), text(row["Label"]), row["Unit"].value) == ("Volume", "Lesion", "ml")
    assert row["Value"].value == number(made[0])
    assert row["Voxels"].value == number(made[0], "count")
    assert "determinant" in text(row["Unit from"])
    assert read_json(tmp_path / "report.json").records == again.records
    again.key(Key.Key_Z, CONTROL)
    assert region(again.records[0]).count > region(made[0]).count


def _is_told(driver: Driver, path: Path) -> bool:
    return driver.message == f"The report is written: {path.name}"


def circles(driver: Driver, slices: Iterator[int]) -> list[Measurement]:
    """Draw a circle of 8 mm radius by hand on each of these slices, all called Lesion."""
    stack = driver.study.stack
    assert stack is not None
    for index in slices:
        driver.study.show(stack, index)
        settle()
        QTest.keySequence(driver.window, QKeySequence(DRAWN["circle"].shortcut))
        driver.drag(middle(driver), middle(driver, 8.0))
        driver.key(Key.Key_F2)
        driver.write("Lesion")
    return [record.measurement for record in driver.records]


@pytest.mark.parametrize("interpolated", [False, True])
def test_contours_of_one_label_become_a_volume(sphere: Driver, interpolated: bool) -> None:
    first = sphere.view.index - 2
    drawn = circles(sphere, iter((first, first + 4)))
    name = "volume_between_contours" if interpolated else "volume_contours"
    sphere.window.actions_by_name[name].trigger()
    sphere.wait_until(lambda: len(sphere.records) == 3, "a volume")
    made = sphere.records[-1]
    assert made.measurement.label == "Lesion"
    areas = [number(sphere.records[place], "area") for place in range(2)]
    step = 1.25
    expected = np.mean(areas) * 5 * step if interpolated else sum(areas) * step
    assert number(made) == pytest.approx(expected / 1000.0, rel=0.005)
    assert "3 slices between contours have none" in made.values[0].note
    assert len(drawn) == 2
    sphere.key(Key.Key_Z, CONTROL)
    assert len(sphere.records) == 2


def test_one_contour_is_no_volume(sphere: Driver) -> None:
    circles(sphere, iter((sphere.view.index,)))
    sphere.window.actions_by_name["volume_contours"].trigger()
    assert "further slices" in sphere.message
    assert len(sphere.records) == 1


def test_a_volume_is_not_copied(sphere: Driver) -> None:
    made = grown(sphere)
    duplicate(sphere.study, [made.measurement.uid], "Reader")
    assert sphere.records == (made,)
    assert "not copied" in sphere.message


def test_three_diameters_of_one_label_become_an_ellipsoid(sphere: Driver) -> None:
    take(sphere, DRAWN["two_diameters"].shortcut)
    for across, down in ((-8.0, 0.0), (8.0, 0.0), (0.0, -5.0), (0.0, 5.0)):
        x, y, z = CENTER
        sphere.click(sphere.spot_of((x + across, y + down, z)))
    sphere.window.actions_by_name["ellipsoid"].trigger()
    assert "three diameters; 2 have this label" in sphere.message
    sphere.wheel(-1)
    take(sphere, DRAWN["distance"].shortcut)
    sphere.drag(middle(sphere, -6.0), middle(sphere, 6.0))
    sphere.window.actions_by_name["ellipsoid"].trigger()
    made = sphere.records[-1]
    lengths = [number(made, key) for key in ("first", "second", "third")]
    assert lengths == pytest.approx([16.0, 10.0, 12.0], abs=0.3)
    assert number(made) == pytest.approx(math.pi / 6 * math.prod(lengths) / 1000, rel=1e-12)
    assert made.values[0].unit == "ml"
    numbers = {value.key: value for value in made.values}
    assert numbers["mean"].number is None
    assert "off a right angle: no statistics" in numbers["mean"].note  # all three lie along slices
    sphere.key(Key.Key_Z, CONTROL)
    assert len(sphere.records) == 2


def test_volumes_of_one_label_stand_side_by_side(sphere: Driver) -> None:
    sphere.window.actions_by_name["volumes_side_by_side"].trigger()
    assert "No volume is selected" in sphere.message
    first = sphere.view.index - 2
    circles(sphere, iter((first, first + 4)))
    for name in ("volume_contours", "volume_between_contours"):
        sphere.window.actions_by_name[name].trigger()
        sphere.wait_until(lambda: not sphere.app.tasks.busy, "a volume")
        if name == "volume_contours":
            sphere.click_row(0)
    sphere.click_row(2)
    one, other = (number(record) for record in sphere.records[2:])
    sphere.window.actions_by_name["volumes_side_by_side"].trigger()
    table = sphere.window.findChild(QTreeWidget, "volumes")
    assert table is not None
    lines = table.findItems("*", Qt.MatchFlag.MatchWildcard)
    assert [line.text(3) for line in lines] == ["–", f"+{100 * (other / one - 1):.1f}\u2009%"]
    assert "slab" in lines[0].text(4)
    assert lines[1].text(2) == "–"
    settle()
    for line in lines:
        place = table.visualItemRect(line)
        room = QRect(0, 0, table.columnWidth(4) - 24, 1)
        assert place.height() >= table.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, line.text(4)).height()
        assert table.viewport().rect().contains(place)
