"""C12: an uneven stack is reconstructed only once its resampling was asked for, and every such tile says so."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest

from tests.cases import case
from tests.ui.job.conftest import Start
from tests.ui.job.driver import Driver, Spot, settle
from viewer_app.imaging.geometry import Floats, Vector, vector
from viewer_app.imaging.sampling import values_at
from viewer_app.imaging.stacks import Stack
from viewer_app.session.reconstructing import Mpr, mpr_layout
from viewer_app.tasks import Lane
from viewer_app.ui.views.corner_text import Density
from viewer_app.ui.views.foreground import Foreground, foreground_of
from viewer_app.ui.views.viewport import Viewport

Key = Qt.Key
BUTTON = "Resample and reconstruct"
CASES = {
    "uneven and tilted": ("ct-head-ge-tilt-variable", 0, "Resampled from uneven slices, interpolated"),
    "a gap in 3D": (
        "mr-brain-multiorient-siemens", 0, "Resampled from uneven slices, interpolated; 1 gap stays black"
    ),
    "a gap in 2D": (
        "mr-brain-multiorient-siemens", 1, "Resampled from uneven slices, interpolated; 1 gap stays black"
    ),
}  # fmt: skip

Open = Callable[[str], tuple[Driver, str]]


@pytest.fixture
def opened(start: Start) -> Open:
    """Opens a real case with its uneven stack alone on show; with the badge its planes must bear."""

    def open_(name: str) -> tuple[Driver, str]:
        folder, number, badge = CASES[name]
        driver = start(case(folder))
        driver.wait_for_image()
        driver.wait_for_rest()
        driver.window.commands.arranging.grid(1, 1)
        driver.study.show(driver.study.stacks[number])
        driver.wait_for_rest()
        return driver, badge

    return open_


@pytest.fixture
def resampled(opened: Open) -> Open:
    """The same, resampled by key and button."""

    def open_(name: str) -> tuple[Driver, str]:
        driver, badge = opened(name)
        driver.key(Key.Key_M)
        reconstruct(driver)
        return driver, badge

    return open_


def reconstruct(driver: Driver) -> None:
    """Push the button and wait for the planes to find their places."""
    driver.push(BUTTON)
    driver.wait_until(lambda: driver.study.active.mpr is not None, "three planes")
    driver.wait_for_rest()
    wait_for_places(driver)


def wait_for_places(driver: Driver) -> None:
    """Until each of the four tiles has its quarter of the room."""
    quarter = driver.window.viewports.height() / 2
    driver.wait_until(
        lambda: all(abs(viewport.height() - quarter) < 10 for viewport in driver.window.viewports), "their places"
    )


@contextmanager
def held(driver: Driver) -> Iterator[None]:
    """Nothing is read or resampled within: all threads for pixels are busy."""
    go_on = threading.Event()
    for _ in range(Lane.PIXELS.threads):
        driver.app.tasks.run(Lane.PIXELS, lambda watch: go_on.wait(60.0))
    try:
        yield
    finally:
        go_on.set()


def stack_of(driver: Driver) -> Stack:
    stack = driver.study.stack
    assert stack is not None
    return stack


def state(viewport: Viewport) -> Mpr:
    found = viewport.tile.mpr
    assert found is not None
    return found


def written(viewport: Viewport, density: Density = Density.FULL, at: tuple[float, float] | None = None) -> Foreground:
    found = foreground_of(viewport.tile, viewport.camera, density, at, hidden=False)
    assert found is not None
    return found


def planes(driver: Driver) -> tuple[Viewport, ...]:
    return driver.window.viewports.shown[:3]


def colours(viewport: Viewport) -> Floats:
    """(rows, columns, 3): what stands on the screen there."""
    image = viewport.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    lines = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return lines[:, : image.width() * 3].reshape(image.height(), image.width(), 3).astype(np.float64)


def spot(viewport: Viewport, point: Vector) -> Spot:
    ((across, down),) = viewport.camera.to_screen(viewport.plane.in_plane(point))
    return int(across), int(down)


def amount(shown: Floats, color: str) -> int:
    """How many pixels have that colour."""
    wanted = QColor(color)
    return int(np.all(shown == (wanted.red(), wanted.green(), wanted.blue()), axis=2).sum())


@pytest.mark.parametrize("name", CASES)
def test_it_is_offered_not_done_and_then_stands_on_every_plane(opened: Open, name: str) -> None:
    driver, badge = opened(name)
    before = driver.study.layout.value
    driver.key(Key.Key_M)
    assert "resampling to even steps" in driver.message
    assert driver.study.layout.value == before
    assert driver.study.resampling.of(stack_of(driver).key) is None
    reconstruct(driver)
    amber = QColor(driver.viewport.painting.palette.mark)
    for density in Density:
        for viewport in planes(driver):
            assert written(viewport, density).corners.badges[0] == badge
            assert amount(colours(viewport)[viewport.height() // 2 :], amber.name()) > 30
        acquired = driver.window.viewports.shown[3]
        assert not any("Resampled" in words for words in written(acquired, density).corners.badges)
        driver.window.commands.next_density()
        settle()


@pytest.mark.parametrize("name", CASES)
def test_values_under_the_pointer_say_how_they_were_made(resampled: Open, name: str) -> None:
    driver, _ = resampled(name)
    for viewport in planes(driver):
        mpr = state(viewport)
        aside = np.multiply(mpr.cut.row_direction, 7.3) + np.multiply(mpr.cut.column_direction, 4.1)
        place = spot(viewport, vector(np.add(mpr.cut.point, aside)))
        QTest.mouseMove(viewport.viewport(), QPoint(*place))
        settle()
        source = viewport.tile.source
        assert source is driver.study.resampling.of(stack_of(driver).key)
        assert source is not None
        assert viewport.mouse.at is not None
        (value,) = values_at(source, [viewport.patient_point(viewport.mouse.at)])
        words = written(viewport, at=viewport.mouse.at).pointer
        assert words.endswith("(interpolated, resampled)")
        assert f"{value:.0f}".replace("-", "−") in words


def test_the_head_is_not_sheared_and_as_tall_as_its_positions(resampled: Open) -> None:
    """Bone of the first and the last slice is bright where it lies; beyond them there is nothing."""
    driver, _ = resampled("uneven and tilted")
    driver.window.commands.toggle_crosshair()
    driver.window.commands.next_density()
    driver.window.commands.next_density()
    stack, volume = stack_of(driver), driver.study.volume
    assert volume is not None
    first, last = stack.images[0].plane, stack.images[-1].plane
    tall = abs(float(first.height([last.origin])[0]) - float(first.height([first.origin])[0]))
    on_screen = []
    for viewport in planes(driver)[1:]:
        ends = [_bone(volume.image(index).modality_values(), stack, index, viewport) for index in (0, -1)]
        normal = np.multiply(first.normal, np.sign(first.height([last.origin])[0]))
        shown = colours(viewport)[..., 0]
        for point, outward in zip(ends, (-normal, normal), strict=True):
            x, y = spot(viewport, vector(point - 0.3 * outward))
            assert shown[y, x] > 150
            x, y = spot(viewport, vector(point + 2.0 * outward))
            assert shown[y, x] == 0
        on_screen.append(_lit(shown) / viewport.camera.scale)
    np.testing.assert_allclose(on_screen, tall, atol=1.5)


def _lit(shown: Floats) -> int:
    """How many rows about the middle one have something bright near the middle column."""
    rows, columns = shown.shape
    dark = np.flatnonzero((shown[:, columns // 2 - 60 : columns // 2 + 60] > 60).sum(axis=1) < 2)
    return int(dark[dark > rows // 2].min() - dark[dark < rows // 2].max() - 1)


def _bone(values: Floats, stack: Stack, index: int, viewport: Viewport) -> Floats:
    """A patient point of bone in the slice, on the plane of the viewport."""
    plane, mpr = stack.images[index].plane, state(viewport)
    rows, columns = np.nonzero(values > 300)
    points = plane.to_patient(np.stack([columns, rows], axis=1))
    near = np.abs((points - np.asarray(mpr.cut.point)) @ np.asarray(mpr.cut.normal)) < 0.3
    inner = [point for point in points[near] if _is_inside(values, plane.to_pixels([point])[0])]
    return np.asarray(inner[len(inner) // 2])


def _is_inside(values: Floats, pixel: Floats) -> bool:
    column, row = (int(number) for number in np.round(pixel))
    return bool((values[row - 1 : row + 2, column - 1 : column + 2] > 300).all())


def test_lengths_are_alike_across_and_along_the_slices(resampled: Open) -> None:
    driver, _ = resampled("uneven and tilted")
    for viewport in planes(driver):
        cut = state(viewport).cut
        ring = [
            np.add(cut.point, 40.0 * (np.cos(turn) * np.asarray(cut.row_direction)
                                      + np.sin(turn) * np.asarray(cut.column_direction)))
            for turn in np.linspace(0.0, 6.0, 12)
        ]  # fmt: skip
        on_screen = viewport.camera.to_screen(viewport.plane.in_plane([cut.point, *ring]))
        away = np.linalg.norm(on_screen[1:] - on_screen[0], axis=1)
        np.testing.assert_allclose(away, 40.0 * viewport.camera.scale, rtol=1e-9)


@pytest.mark.parametrize("name", ["a gap in 3D", "a gap in 2D"])
def test_the_gap_is_black_on_the_screen_and_nothing_beside_it(resampled: Open, name: str) -> None:
    driver, _ = resampled(name)
    driver.window.commands.toggle_crosshair()
    driver.window.commands.next_density()
    driver.window.commands.next_density()
    made = driver.study.resampling.of(stack_of(driver).key)
    assert made is not None
    (empty,) = np.flatnonzero(np.isnan(made.values).all(axis=(1, 2)))
    viewport = planes(driver)[1]
    shown = colours(viewport)[..., 0]
    middle = made.grid.index(state(viewport).cut.point)
    seen = {}
    for away in (-1.5, -0.4, 0.0, 0.4, 1.5):
        places = [(empty + away, middle[1], at) for at in _along(made.values.shape[2])]
        places += [(empty + away, at, middle[2]) for at in _along(made.values.shape[1])]
        line = [spot(viewport, made.grid.place(place)) for place in places]
        inside = [(x, y) for x, y in line if 0 <= x < shown.shape[1] and 0 <= y < shown.shape[0]]
        seen[away] = np.array([shown[y, x] for x, y in inside])
    assert all(not seen[away].any() for away in (-0.4, 0.0, 0.4))
    assert all(np.median(seen[away]) > 10 for away in (-1.5, 1.5))


def _along(count: int) -> Floats:
    """The middle of a line of voxels, where there is something to see."""
    return np.linspace(0.35 * count, 0.65 * count, 40)


def test_it_can_be_cancelled_and_is_done_outside_of_the_windows_thread(opened: Open) -> None:
    driver, _ = opened("uneven and tilted")
    key = stack_of(driver).key
    driver.key(Key.Key_M)
    with held(driver):
        driver.push(BUTTON)
        assert driver.study.resampling.is_wanted(key)
        assert driver.study.active.mpr is None
        assert "Resampling to even slices" in driver.window.status.loading.full_text
        driver.push("Cancel")
        assert not driver.study.resampling.is_wanted(key)
    driver.wait_for_rest()
    assert driver.study.resampling.of(key) is None
    assert driver.study.active.mpr is None


def test_all_images_are_waited_for(opened: Open) -> None:
    driver, _ = opened("uneven and tilted")
    layout, stack = driver.study.layout.value, stack_of(driver)
    with held(driver):
        driver.workspace.volumes.clear()
        driver.study.show_layout(layout)
        driver.key(Key.Key_M)
        driver.push(BUTTON)
        assert driver.study.volume is not None
        assert driver.study.volume.present == 0
    driver.wait_until(lambda: driver.study.active.mpr is not None, "three planes")
    made, volume = driver.study.resampling.of(stack.key), driver.study.volume
    assert made is not None
    assert volume is not None
    assert volume.is_complete
    assert not np.isnan(made.values).all(axis=(1, 2)).any()


def test_who_has_gone_on_is_not_brought_back(opened: Open) -> None:
    driver, _ = opened("a gap in 3D")
    driver.key(Key.Key_M)
    with held(driver):
        driver.push(BUTTON)
        driver.study.show(driver.study.stacks[1])
    driver.wait_for_rest()
    assert driver.study.active.mpr is None
    assert driver.view.stack_key == driver.study.stacks[1].key


def test_planes_shown_again_draw_nothing_before_they_are_resampled(opened: Open) -> None:
    """As a stored layout does: the sentence and the button are there, a picture is not."""
    driver, badge = opened("uneven and tilted")
    driver.study.show_layout(mpr_layout(stack_of(driver), driver.view))
    wait_for_places(driver)
    assert "resampling to even steps" in driver.message
    for viewport in planes(driver):
        assert viewport.tile.source is None
        assert written(viewport).absence == "Uneven slices, not resampled: M offers it."
        assert written(viewport).corners.badges[0] == badge
        image = QImage(viewport.size(), QImage.Format.Format_RGB32)
        painter = QPainter(image)
        assert not viewport.painting.picture.draw(
            painter, viewport.tile, viewport.camera, 1.0, drawings=True, coarse=False
        )
        painter.end()
    driver.window.message.hide()
    driver.key(Key.Key_M)
    driver.push(BUTTON)
    driver.wait_until(lambda: planes(driver)[0].tile.source is not None, "a picture")
    driver.wait_for_rest()
    assert all(not written(viewport).absence for viewport in planes(driver))
    driver.key(Key.Key_M)
    assert driver.view.cut is None
    driver.key(Key.Key_M)
    assert driver.study.active.mpr is not None


def test_beyond_the_budget_it_is_refused_with_what_to_do(opened: Open) -> None:
    driver, _ = opened("uneven and tilted")
    driver.workspace.volumes.budget_bytes = driver.workspace.volumes.size_bytes + 1_000_000
    driver.key(Key.Key_M)
    driver.push(BUTTON)
    assert "to be resampled, more than is left for images" in driver.message
    assert "Memory for images" in driver.message
    assert not driver.study.resampling.is_wanted(stack_of(driver).key)
    assert driver.study.active.mpr is None


def test_each_plane_wears_the_colour_of_its_lines(resampled: Open) -> None:
    driver, _ = resampled("uneven and tilted")
    driver.window.commands.toggle_crosshair()
    for number, viewport in enumerate(planes(driver)):
        shown = colours(viewport)[: viewport.height() // 3, viewport.width() * 2 // 3 :]
        found = [amount(shown, color) for color in viewport.painting.palette.planes]
        assert found[number] == 64
        assert sum(found) == 64
