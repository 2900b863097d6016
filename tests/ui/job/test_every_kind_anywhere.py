"""C01, C14, C38: every kind of the table by mouse on every sort of picture; its numbers are those of the points.

Drawn, looked at through another zoom, window and turn, edited, taken back, done again and deleted; held all the while
to `tests.measure.closed_forms`, which knows points only. A new kind needs a line there.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.measure.closed_forms import pixels_of, truth_of
from tests.measure.made import POINTWISE
from tests.ui.job.conftest import Start
from tests.ui.job.driver import ALT, CONTROL, Driver, settle
from tests.ui.job.hand import draw, spots_of
from viewer_app.imaging.geometry import Floats
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Record
from viewer_app.measure.quantity import Dimension
from viewer_app.phantom.blocks import axial_plane, stack
from viewer_app.phantom.dicom import write_series
from viewer_app.scripting import measure, open_study

Key = Qt.Key
COLUMNS, ROWS, SLICES, STEP_MM = 96, 150, 30, 2.0
ORIGIN = (-38.0, -37.25, -29.0)
OF_POINTS = (Dimension.LENGTH, Dimension.AREA, Dimension.VOLUME, Dimension.ANGLE, Dimension.RATIO)
TOLD_ELSEWHERE = ("outside", "excluded")
WITHIN = 1e-9
QUADRATURE = 1e-4
"""What docs/measuring.md promises of the length of a smooth outline."""


def ramp(points: Floats) -> Floats:
    """HU of the phantom at patient points (n, 3): linear, so that trilinear sampling changes nothing (C14).

    NaN beyond the centres of the outermost voxels.
    """
    pixel = (points - ORIGIN) / (0.8, 0.5, STEP_MM)
    last = np.array([COLUMNS, ROWS, SLICES]) - 1
    is_in = ((pixel > -1e-6) & (pixel < last + 1e-6)).all(axis=1)
    return np.where(is_in, pixel @ np.array([10.0, 7.0, 13.0]) + 100.0, np.nan)


@pytest.fixture(scope="session")
def sloping(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The phantom: Pixel Spacing 0.5\\0.8, slices of 2 mm."""
    folder = tmp_path_factory.mktemp("ramp")
    plane = axial_plane(ORIGIN, 0.5, 0.8, "ramp")
    column, row = np.arange(COLUMNS), np.arange(ROWS)[:, None]
    pixels = [(1124 + 10 * column + 7 * row + 13 * k).astype(np.uint16) for k in range(SLICES)]
    write_series(folder, stack(pixels, plane, [(0.0, 0.0, STEP_MM * k) for k in range(SLICES)], "ramp"))
    return folder


def as_acquired(driver: Driver) -> None:
    """Nothing more."""


def turned(driver: Driver) -> None:
    """Advanced mode, flipped and turned."""
    driver.key(Key.Key_F10)
    driver.key(Key.Key_F, ALT)
    driver.key(Key.Key_R, ALT)
    assert (driver.view.flipped, driver.view.quarter_turns) == (True, 1)


def oblique(driver: Driver) -> None:
    """Three planes of the stack, turned about two axes; the second takes the mouse."""
    driver.key(Key.Key_M)
    driver.wait_for_rest()
    for place, angle in ((0, 0.3), (2, -0.2)):
        driver.window.viewports.activate(place)
        mpr = driver.study.active.mpr
        assert mpr is not None
        driver.study.layout.set(mpr.rotated(angle))
    driver.window.viewports.activate(1)
    settle()
    driver.wait_for_rest()


SCENES: dict[str, tuple[str, Callable[[Driver], None]]] = {
    "acquired stack": ("sample", as_acquired),
    "oblique plane": ("sample", oblique),
    "anisotropic image": ("sloping", as_acquired),
    "anisotropic image, flipped and turned": ("sloping", turned),
    "oblique plane of anisotropic images": ("sloping", oblique),
}


def assert_true(record: Record, value_at: Callable[[Floats], Floats] | None) -> bool:
    """Each number is what closed forms say of the patient points; True if those of its pixels were held to it, too.

    They are not where their values are not known, or where a pixel lies on the outline but for rounding.
    """
    kind, figures = KINDS[record.measurement.kind], record.measurement.figures
    plane, points = figures[0].plane, np.array([point for figure in figures for point in figure.points])
    truth = truth_of(kind.name, plane, points)
    inside = pixels_of(kind.name, plane, points, value_at) if value_at is not None else None
    smooth = kind.name in ("freehand", "spline")
    for value in record.values:
        if value.dimension in OF_POINTS:
            within = QUADRATURE if smooth and value.key == "perimeter" else WITHIN
            assert value.number == pytest.approx(truth[value.key], rel=within, abs=within), (kind.name, value)
            assert value.unit == {Dimension.AREA: "mm²", Dimension.ANGLE: "deg", Dimension.RATIO: ""}.get(
                value.dimension, "mm"
            )
        elif inside is not None and value.key not in TOLD_ELSEWHERE:
            assert value.number == pytest.approx(inside[value.key], rel=WITHIN, abs=1e-6), (kind.name, value)
    return bool(inside)


def look_otherwise(driver: Driver, number: int) -> None:
    """Another zoom, window and, for acquired images in advanced mode, turn."""
    driver.wheel(1 if number % 2 else -1, driver.part(0.5, 0.5), CONTROL)
    driver.key((Key.Key_2, Key.Key_3, Key.Key_4)[number % 3])
    driver.key(Key.Key_I, CONTROL)
    if driver.view.flipped or driver.view.quarter_turns:
        driver.key((Key.Key_R, Key.Key_F)[number % 2], ALT)


def assert_under_the_hand(driver: Driver, record: Record) -> None:
    """Every handle is hit where its patient point is seen."""
    handles = [point for figure in record.measurement.figures for point in figure.points]
    for point in handles[:4]:
        hit = driver.viewport.hit(driver.spot_of(point))
        assert hit is not None, record.measurement.kind
        assert hit.uid == record.measurement.uid


def same_by_script(folder: Path, index: int, record: Record) -> None:
    """A script, which has no view at all, tells the same to the last bit."""
    with open_study(folder) as study:
        points = [point for figure in record.measurement.figures for point in figure.points]
        found = measure(record.measurement.kind, study.series[0], points, index=index)
    assert tuple(found.values()) == record.values


@pytest.mark.parametrize("how", [as_acquired, turned, oblique])
@pytest.mark.parametrize("notches", [-4, 0, 6])
def test_every_point_lies_under_the_click(
    start: Start, sloping: Path, how: Callable[[Driver], None], notches: int
) -> None:
    """At any zoom, flip and turn a click marks the place in the patient that is seen there, to half a screen pixel."""
    driver = start(sloping)
    driver.wait_for_image()
    driver.wait_for_rest()
    how(driver)
    driver.wheel(notches, driver.part(0.5, 0.5), CONTROL)
    made = draw(driver, KINDS["polyline"])
    spots = spots_of(driver, KINDS["polyline"])
    ends = driver.viewport.plane.in_plane(made.measurement.figures[0].points)
    np.testing.assert_allclose(driver.viewport.camera.to_screen(ends), spots, atol=0.51)
    assert [driver.handle(made, index) for index in range(len(spots))] == spots


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("images", "prepare"), SCENES.values(), ids=SCENES)
def test_every_kind_is_true_whatever_the_picture(
    start: Start, images: str, prepare: Callable[[Driver], None], request: pytest.FixtureRequest
) -> None:
    folder: Path = request.getfixturevalue(images)
    driver = start(folder)
    driver.wait_for_image()
    driver.wait_for_rest()
    prepare(driver)
    value_at = ramp if images == "sloping" else None
    held = set[str]()
    for number, kind in enumerate(POINTWISE.values()):
        made = draw(driver, kind)
        assert made.measurement.kind == kind.name
        is_held = assert_true(made, value_at)
        if driver.view.cut is None and images == "sloping":
            same_by_script(folder, driver.view.index, made)
        look_otherwise(driver, number)
        assert driver.records == (made,)
        assert_under_the_hand(driver, made)
        grip = driver.handle(made, 0)
        driver.drag(grip, (grip[0] - 13, grip[1] + 9))
        (moved,) = driver.records
        assert moved.measurement.figures != made.measurement.figures, kind.name
        held |= {kind.name} if assert_true(moved, value_at) or is_held else set()
        for key, left in ((Key.Key_Z, (made,)), (Key.Key_Z, ()), (Key.Key_Y, (made,)), (Key.Key_Y, (moved,))):
            driver.key(key, CONTROL)
            assert driver.records == left, kind.name
        driver.click(driver.handle(moved, 0))
        driver.key(Key.Key_Delete)
        assert not driver.records, kind.name
    assert len(held) >= (6 if value_at is not None else 0)
    driver.wait_saved()
    assert driver.stored() == ()
