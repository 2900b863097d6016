"""The lens shows the plane where it lies: what is under the pointer stays there, and the image is sampled anew."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QApplication

from viewer_app.ui.palette import DARK
from viewer_app.ui.tools.magnify import magnify
from viewer_app.ui.tools.pointer import Pointer, PointerKind, Stage
from viewer_app.ui.tools.runner import GestureRunner
from viewer_app.ui.views.camera import Camera
from viewer_app.ui.views.magnifier import LARGEST_POWER, LENS_PX, SMALLEST_POWER, Magnifier, Spot, magnified
from viewer_app.ui.views.qimages import to_qimage

CAMERA = Camera(2.0, (50.0, 40.0), (400.0, 300.0))
CAMERAS = (CAMERA, replace(CAMERA, quarter_turns=1), replace(CAMERA, flipped=True, quarter_turns=3))
AT = (137.0, 121.0)
OUTSIDE = QColor("#405060")


@dataclass
class Ramp:
    """A plane that is, in each point, as red as it lies across and as green as it lies down, in plane units."""

    asked: list[tuple[Camera, float]] = field(default_factory=list)
    marked: list[Camera] = field(default_factory=list)
    painted: int = 0

    def draw(self, painter: QPainter, camera: Camera, ratio: float) -> None:
        self.asked.append((camera, ratio))
        grid, side = camera.grid(ratio), round(camera.size[0] * ratio)
        row, column = np.mgrid[:side, :side]
        colours = np.zeros((side, side, 3), dtype=np.uint8)
        for axis in (0, 1):
            place = grid.first[axis] + column * grid.across[axis] + row * grid.down[axis]
            colours[..., axis] = np.clip(np.rint(place), 0, 255)
        painter.drawImage(QRectF(0, 0, *camera.size), to_qimage(colours))

    def draw_marks(self, painter: QPainter, camera: Camera) -> None:
        self.marked.append(camera)
        ((x, y),) = camera.to_screen([(22.0, 34.0)])
        painter.setPen(QPen(QColor("white"), 3))
        painter.drawPoint(QPointF(float(x), float(y)))
        painter.drawLine(QPointF(0, 2), QPointF(400, 2))

    def repaint(self) -> None:
        self.painted += 1


@pytest.fixture
def ramp() -> Ramp:
    return Ramp()


@pytest.fixture
def lens(ramp: Ramp, qapp: QApplication) -> Magnifier:
    return Magnifier(ramp.draw, ramp.draw_marks, ramp.repaint, DARK)


def painted(lens: Magnifier, camera: Camera, ratio: float = 1.0) -> QImage:
    """The viewport after the lens has been painted on it, as large as at the screen factor `ratio`."""
    image = QImage(QSize(*(round(side * ratio) for side in camera.size)), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(OUTSIDE)
    painter = QPainter(image)
    lens.paint(painter, camera)
    painter.end()
    return image


@pytest.mark.parametrize("camera", CAMERAS)
@pytest.mark.parametrize("power", [2.0, 5.0, 8.0])
def test_what_is_under_the_pointer_stays_there(camera: Camera, power: float) -> None:
    near = magnified(camera, AT, power)
    assert near.scale == camera.scale * power
    np.testing.assert_allclose(near.to_plane([AT]), camera.to_plane([AT]), atol=1e-12)
    step = near.to_plane([(AT[0] + power, AT[1])]) - near.to_plane([AT])
    np.testing.assert_allclose(step, camera.to_plane([(1, 0)]) - camera.to_plane([(0, 0)]), atol=1e-12)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("steps", [0, 4, 99])
@pytest.mark.parametrize("camera", CAMERAS)
def test_each_pixel_of_the_lens_shows_its_point_of_the_plane(
    lens: Magnifier, ramp: Ramp, ratio: float, steps: int, camera: Camera
) -> None:
    lens.turn(steps)
    lens.show(AT)
    image = painted(lens, camera, ratio)
    near = magnified(camera, AT, lens.power)
    for across, down in ((0.0, 0.0), (60.0, -20.0), (-45.0, 45.0), (10.0, 80.0)):
        pixel = int((AT[0] + across) * ratio), int((AT[1] + down) * ratio)
        ((x, y),) = near.to_plane([((pixel[0] + 0.5) / ratio, (pixel[1] + 0.5) / ratio)])
        if abs(x - 22) * near.scale < 4:
            continue  # the mark lies there
        color = image.pixelColor(*pixel)
        assert (color.red(), color.green()) == pytest.approx((max(x, 0.0), max(y, 0.0)), abs=0.51)
    ((part, told),) = ramp.asked
    assert (part.size, told) == ((LENS_PX, LENS_PX), ratio)


def test_marks_are_drawn_in_the_lens_where_the_image_is(lens: Magnifier, ramp: Ramp) -> None:
    lens.show(AT)
    image = painted(lens, CAMERA)
    near = magnified(CAMERA, AT, lens.power)
    assert ramp.marked == [near]
    ((x, y),) = near.to_screen([(22.0, 34.0)])
    assert image.pixelColor(int(x), int(y)) == QColor("white")


def test_nothing_is_painted_outside_the_ring(lens: Magnifier) -> None:
    lens.show(AT)
    image = painted(lens, CAMERA)
    for across, down in ((0, -LENS_PX / 2 - 5), (LENS_PX / 2 + 5, 0), (-LENS_PX / 2 + 10, -LENS_PX / 2 + 10)):
        assert image.pixelColor(int(AT[0] + across), int(AT[1] + down)) == OUTSIDE
    assert image.pixelColor(390, 2) == OUTSIDE  # the end of a mark that leaves the lens


def test_no_lens_no_paint(lens: Magnifier, ramp: Ramp) -> None:
    lens.show(AT)
    lens.show(None)
    assert not lens.is_shown
    image = painted(lens, CAMERA)
    assert not ramp.asked
    assert {image.pixel(x, y) for x in range(0, 400, 7) for y in range(0, 300, 7)} == {OUTSIDE.rgb()}


def test_the_wheel_goes_from_twice_to_eight_times(lens: Magnifier, ramp: Ramp) -> None:
    assert lens.power == SMALLEST_POWER
    lens.turn(-1)
    assert lens.power == SMALLEST_POWER
    lens.turn(4)
    assert lens.power == pytest.approx(2 * SMALLEST_POWER)
    lens.turn(99)
    assert lens.power == LARGEST_POWER
    assert ramp.painted == 3


def gesture(places: list[Spot | None]) -> GestureRunner:
    """The tool, pressed at (5, 5) and moved to (8, 9)."""
    runner = GestureRunner()
    stage = cast(Stage, SimpleNamespace(magnify=places.append))  # nothing else of it is touched
    runner.begin(magnify(stage, Pointer(PointerKind.PRESS, (5.0, 5.0))))
    runner.send(Pointer(PointerKind.MOVE, (8.0, 9.0)))
    return runner


def test_the_lens_follows_and_goes_with_the_button() -> None:
    places: list[Spot | None] = []
    runner = gesture(places)
    runner.send(Pointer(PointerKind.RELEASE, (8.0, 9.0)))
    assert places == [(5.0, 5.0), (8.0, 9.0), None]
    assert not runner.active


def test_the_lens_goes_when_the_gesture_is_given_up() -> None:
    places: list[Spot | None] = []
    runner = gesture(places)
    assert runner.cancel()
    assert places[-1] is None
