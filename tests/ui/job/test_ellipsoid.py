"""An ellipsoid by mouse: statistics and plot of the voxels inside, undone, found again, in the table and in Excel."""

from __future__ import annotations

import math
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.report.reading import sheet
from tests.ui.job.conftest import Start
from tests.ui.job.driver import CONTROL, Driver, same, settle
from tests.ui.job.planes import mpr_of
from tests.ui.job.test_plot import tabs, wait
from tests.ui.job.test_volumes import CENTER, number, opened_sphere, take
from viewer_app.imaging.volume import Volume
from viewer_app.measure.histogram import Histogram
from viewer_app.measure.kinds import DRAWN
from viewer_app.measure.kinds.ellipsoid import Ellipsoid
from viewer_app.measure.measurement import Measurement, Record
from viewer_app.phantom.solids import SOLID_HU
from viewer_app.progress import Watch
from viewer_app.session import ahead
from viewer_app.session.history import Change

Key = Qt.Key


@pytest.fixture
def sphere(start: Start, tmp_path: Path) -> Driver:
    """The phantom of a sphere, its middle on show."""
    return opened_sphere(start, tmp_path / "sphere")


def drawn(driver: Driver) -> Record:
    """Two diameters on a slice, a distance along the patient on a plane of the MPR, and the ellipsoid of them."""
    x, y, z = CENTER
    take(driver, DRAWN["two_diameters"].shortcut)
    for across, down in ((-8.0, 0.0), (8.0, 0.0), (0.0, -6.0), (0.0, 6.0)):
        driver.click(driver.spot_of((x + across, y + down, z)))
    driver.key(Key.Key_M)
    driver.wait_for_rest()
    driver.study.layout.set(mpr_of(driver).moved(CENTER))
    driver.window.viewports.activate(1)
    driver.wait_for_rest()
    take(driver, DRAWN["distance"].shortcut)
    driver.drag(driver.spot_of((x, y, z - 7.0)), driver.spot_of((x, y, z + 7.0)))
    driver.window.actions_by_name["ellipsoid"].trigger()
    assert driver.message == ""
    driver.wait_until(lambda: len(driver.records) == 3, "an ellipsoid")
    return driver.records[-1]


def voxels(driver: Driver, made: Record) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The values of the voxels inside, one by one, by the formula of an upright ellipsoid."""
    volume, found = driver.study.volume, []
    assert volume is not None
    ends = np.array([point for figure in made.measurement.figures for point in figure.points])
    half = np.linalg.norm(ends[1::2] - ends[::2], axis=1) / 2
    center = ends.mean(axis=0)
    for index, image in enumerate(volume.stack.images):
        values = volume.image(index).modality_values()
        pixels = np.stack(np.meshgrid(*map(np.arange, values.shape[::-1])), axis=-1).reshape(-1, 2)
        inside = (((image.plane.to_patient(pixels) - center) / half) ** 2).sum(axis=1) < 1.0
        found.append(values.reshape(-1)[inside])
    return np.concatenate(found)


def test_it_has_statistics_and_a_plot_and_is_taken_back(sphere: Driver) -> None:
    tabs(sphere).setCurrentWidget(sphere.window.plot)
    settle()
    made = drawn(sphere)
    lengths = [number(made, key) for key in ("first", "second", "third")]
    assert lengths == pytest.approx([16.0, 12.0, 14.0], abs=0.3)
    assert number(made) == pytest.approx(math.pi / 6 * math.prod(lengths) / 1000, rel=1e-12)
    values = voxels(sphere, made)
    assert number(made, "count") == pytest.approx(values.size, rel=0.02)  # drawn by hand, not quite upright
    assert number(made, "count") * 0.7 * 0.5 * 1.25 / 1000 == pytest.approx(number(made), rel=0.03)
    assert {number(made, key) for key in ("mean", "minimum", "median", "percentile_25")} == {SOLID_HU}
    found = wait(sphere, sphere.window.plot).found
    assert isinstance(found, Histogram)
    assert (sum(found.counts), found.counted) == (number(made, "count"), "voxel")
    assert sphere.window.plot.title.text().startswith("Ellipsoid · ")
    sphere.key(Key.Key_Z, CONTROL)
    assert len(sphere.records) == 2
    sphere.key(Key.Key_Y, CONTROL)
    assert same(sphere.records[-1:], [made])
    sphere.click_row(2)
    assert wait(sphere, sphere.window.plot).found == found


def test_it_comes_back_and_one_stored_in_mm3_is_not_in_doubt(sphere: Driver, start: Start, tmp_path: Path) -> None:
    made = drawn(sphere)
    mm3 = math.pi / 6.0 * math.prod(number(made, key) for key in ("first", "second", "third"))
    main, *lengths = made.values[:4]
    old = replace(main, number=mm3, unit="mm³", uncertainty=None)
    mark, wrong = (replace(made.measurement, uid=f"2.25.{number}") for number in (7, 8))
    stored = replace(made, measurement=mark, values=(old, *lengths))
    other = replace(made, measurement=wrong, values=(replace(old, number=mm3 * 1000), *lengths))
    sphere.study.history.do("As it was", Change(None, stored), Change(None, other))
    sphere.wait_saved()
    kept = sphere.records
    sphere.close()
    again = start(tmp_path / "sphere")
    again.wait_for_rest()
    assert same(again.records, kept)
    differs = again.study.measurements.differs
    again.wait_until(lambda: differs(wrong.uid), "what is wrong is told")
    assert [differs(uid) for uid in (made.measurement.uid, mark.uid)] == [False, False]
    path = tmp_path / "report.xlsx"
    again.window.commands.exporting.report_to(path)
    again.wait_until(path.exists, "a report")
    again.wait_for_rest()
    rows = [row for row in sheet(path.read_bytes()) if row["Voxels"].value is not None]
    assert [row["75th percentile"].value for row in rows] == [SOLID_HU]
    assert rows[0]["Voxels"].value == number(made, "count")


def test_a_diameter_is_dragged_and_taken_back(sphere: Driver) -> None:
    made = drawn(sphere)
    sphere.click_row(2)
    settle()
    assert made.measurement.uid in [mark.uid for mark in sphere.viewport.marks()]
    sphere.key(Key.Key_W)
    x, y, z = CENTER
    sphere.drag(sphere.handle(made, 0), sphere.spot_of((x - 10.0, y, z)))
    longer = next(one for one in sphere.records if one.measurement.uid == made.measurement.uid)
    assert number(longer, "first") == pytest.approx(18.0, abs=0.3)
    assert number(longer, "count") == pytest.approx(number(made, "count") * 18 / 16, rel=0.03)
    sphere.key(Key.Key_Z, CONTROL)
    assert same(sphere.records[-1:], [made])


def test_a_large_one_is_counted_in_the_background(sphere: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "AT_ONCE", 100)
    counted = []
    whole = Ellipsoid.of_stack

    def told(self: Ellipsoid, mark: Measurement, volume: Volume | None, watch: Watch | None = None) -> object:
        if volume is not None:
            counted.append(threading.current_thread() is threading.main_thread())
        return whole(self, mark, volume, watch)

    monkeypatch.setattr(Ellipsoid, "of_stack", told)
    made = drawn(sphere)
    assert number(made, "count") == pytest.approx(voxels(sphere, made).size, rel=0.02)
    assert number(made, "mean") == SOLID_HU
    assert counted == [False]
    sphere.key(Key.Key_Z, CONTROL)
    sphere.key(Key.Key_Y, CONTROL)
    assert same(sphere.records[-1:], [made])
    assert counted == [False]
