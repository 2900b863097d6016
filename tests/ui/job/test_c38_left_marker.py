"""C38: the marker on the patient's left and the letter L stay on one side of the picture, whatever is done to it.

Both are read off the pixels of the window; neither the camera nor the plane is asked.
Where turns and flips must take them (`MOVES`) is written out here, and not asked of the program either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import FileDataset
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from tests.ui.job.conftest import Start
from tests.ui.job.driver import ALT, CONTROL, LEFT, MIDDLE, RIGHT, SHIFT, Driver
from tests.ui.job.places import Places
from tests.ui.job.test_layouts import dropped, pick
from viewer_app.phantom.blocks import left_marker
from viewer_app.phantom.dicom import write_series
from viewer_app.phantom.positions import POSITIONS, in_position
from viewer_app.ui.turning import REFUSED_CUT

Key = Qt.Key
# The greys of air and marker, and of both after inversion, under the window below.
AIR, MARKER = (64, 191), (191, 64)
_NEAR, _LETTER_GREY = 6, 225
_FEW_PIXELS = 12
Where = tuple[int, int]
Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Seen:
    """Directions on the screen as (right, down), each -1, 0 or 1."""

    letter: Where
    marker: Where


def phantom(position: str = "HFS") -> Sequence[FileDataset]:
    """The marker in slices with a window that shows air as grey, so that the image's edge is seen too."""
    images = in_position(left_marker(5), position)
    for image in images:
        image.WindowCenter, image.WindowWidth = "0", "4096"
        image.StudyInstanceUID = "2.25.38"
    return images


def picture(driver: Driver) -> Picture:
    """The pixels of the viewport (rows, columns, RGB)."""
    image = driver.viewport.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def marker_side(shown: Picture, is_inverted: bool) -> Where:
    """On which side of the image's middle the marker lies, to the right or left and up or down."""
    red, green, blue = np.moveaxis(shown.astype(np.int16), 2, 0)
    is_grey = (red == green) & (green == blue)
    air, marker = (is_grey & (abs(red - greys[is_inverted]) < _NEAR) for greys in (AIR, MARKER))
    down, right = (float(place.mean()) for place in np.nonzero(marker))
    right, down = right - _middle(air | marker, 0), down - _middle(air | marker, 1)
    return int(np.sign(right)), int(np.sign(down))


def _middle(mask: NDArray[np.bool_], axis: int) -> float:
    """Half way between the first and the last column (axis 0) or row with more than a few pixels, as text has."""
    filled = np.flatnonzero(mask.sum(axis=axis) > _FEW_PIXELS)
    return float(filled[0] + filled[-1]) / 2


def ink(shown: Picture, side: Where) -> NDArray[np.bool_]:
    """The letter at the middle of an edge, cut to its ink; empty where there is none."""
    height, width = shown.shape[:2]
    rows = {0: slice(height // 2 - 13, height // 2 + 13), -1: slice(3, 30), 1: slice(height - 30, height - 3)}
    columns = {0: slice(width // 2 - 13, width // 2 + 13), -1: slice(3, 30), 1: slice(width - 30, width - 3)}
    written = np.asarray(shown[rows[side[1]], columns[side[0]]].min(axis=2) > _LETTER_GREY)
    if not written.any():
        return written[:0, :0]
    (top, left), (bottom, right) = np.argwhere(written).min(axis=0), np.argwhere(written).max(axis=0)
    return written[top : bottom + 1, left : right + 1]


def is_letter_l(shape: NDArray[np.bool_]) -> bool:
    """An upright stroke on the left, a foot to the right, nothing else."""
    if shape.shape[0] < 6 or shape.shape[1] < 4:
        return False
    foot, stroke = max(2, shape.shape[0] // 5), max(2, shape.shape[1] // 3)
    rest = shape[:-foot, stroke + 1 :]
    return bool(shape[:, 0].mean() > 0.8 and shape[-1].mean() > 0.8 and not rest.any())


def seen(driver: Driver) -> Seen:
    """What the picture says."""
    shown = picture(driver)
    sides = [side for side in ((1, 0), (-1, 0), (0, 1), (0, -1)) if is_letter_l(ink(shown, side))]
    assert len(sides) == 1, f"{len(sides)} letters L"
    return Seen(sides[0], marker_side(shown, driver.view.inverted))


def assert_left_is_left(driver: Driver) -> Seen:
    """The marker lies to the side the letter L names."""
    found = seen(driver)
    along = 0 if found.letter[0] else 1
    assert found.marker[along] == found.letter[along]
    return found


def press(key: Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> Callable[[Driver], None]:
    return lambda driver: driver.key(key, modifiers)


def drag(button: Qt.MouseButton, key: Key = Key.Key_W, far: float = 0.06) -> Callable[[Driver], None]:
    """A short drag with a tool."""

    def do(driver: Driver) -> None:
        driver.key(key)
        driver.drag(driver.part(0.5, 0.5), driver.part(0.5 - far, 0.5 + far), button)

    return do


def reset(driver: Driver) -> None:
    """Back to the window of the file, the whole image, unturned, and alone."""
    driver.key(Key.Key_1)
    driver.key(Key.Key_0, CONTROL)
    driver.window.actions_by_name["turn_reset"].trigger()
    if len(driver.study.layout.value.views) > 1:
        pick(driver, 1, 1)


def three_planes_and_back(driver: Driver) -> None:
    """MPR, looked at, and the stack alone again: neither is turned."""
    driver.key(Key.Key_M)
    driver.wait_for_rest()
    assert driver.view.cut is not None
    assert_left_is_left(driver)
    driver.key(Key.Key_F, ALT)
    assert driver.message == REFUSED_CUT
    assert_left_is_left(driver)
    driver.key(Key.Key_M)


def one_of_two_large(driver: Driver) -> None:
    """Two tiles, one of them enlarged, and both again."""
    pick(driver, 1, 2)
    for _ in range(2):
        driver.key(Key.Key_F11)
        assert_left_is_left(driver)


def series_dropped(driver: Driver) -> None:
    """The series carried from the list into the tile."""
    assert dropped(driver, driver.study.layout.value.active, driver.study.stacks[0].key)


DEEDS: dict[str, Callable[[Driver], None]] = {
    "invert": press(Key.Key_I, CONTROL),
    "next image": press(Key.Key_Down),
    "last image": press(Key.Key_End),
    "ten images back": press(Key.Key_PageUp, SHIFT),
    "wheel": lambda driver: driver.wheel(-1),
    "zoom by wheel": lambda driver: driver.wheel(-2, modifiers=CONTROL),
    "zoom in by wheel": lambda driver: driver.wheel(3, modifiers=CONTROL),
    "zoom by the right button": drag(RIGHT),
    "zoom by the tool": drag(LEFT, Key.Key_Z),
    "pan by the middle button": drag(MIDDLE),
    "pan by the tool": drag(LEFT, Key.Key_T, -0.05),
    "scroll by the tool": drag(LEFT, Key.Key_S),
    "actual size": press(Key.Key_1, CONTROL),
    "fit": press(Key.Key_0, CONTROL),
    "less corner text": press(Key.Key_I),
    "hide patient": press(Key.Key_H, CONTROL | SHIFT),
    "image only": press(Key.Key_F11),
    "distance tool": press(Key.Key_D),
    "plain pixels": lambda driver: driver.window.actions_by_name["smooth"].trigger(),
    "four tiles": lambda driver: pick(driver, 2, 2),
    "one of two large": one_of_two_large,
    "series dropped": series_dropped,
    "one tile": lambda driver: pick(driver, 1, 1),
    "three planes and back": three_planes_and_back,
    "rotate right": press(Key.Key_R, ALT),
    "rotate left": press(Key.Key_L, ALT),
    "flip": press(Key.Key_F, ALT),
    "a wider window": lambda driver: driver.resize(1300, 900),
    "a narrower window": lambda driver: driver.resize(1000, 800),
}


# Where on the screen a turn takes what lay at (right, down).
MOVES: Mapping[str, Callable[[Where], Where]] = {
    "rotate right": lambda at: (-at[1], at[0]),
    "rotate left": lambda at: (at[1], -at[0]),
    "flip": lambda at: (-at[0], at[1]),
}


def moved(deed: str, before: Seen) -> Seen:
    """What is to be seen after a deed."""
    move = MOVES.get(deed)
    return before if move is None else Seen(move(before.letter), move(before.marker))


@pytest.fixture
def marked(start: Start, tmp_path: Path) -> Driver:
    """Caliper with the marker on the screen, in advanced mode."""
    write_series(tmp_path / "marker", phantom())
    driver = start(tmp_path / "marker")
    driver.wait_for_image()
    driver.wait_for_rest()
    driver.key(Key.Key_F10)
    return driver


def test_the_reading_of_the_picture_knows_l_from_r(marked: Driver) -> None:
    assert assert_left_is_left(marked) == Seen((1, 0), (1, -1))
    shown = picture(marked)
    assert is_letter_l(ink(shown, (1, 0)))
    for other in ((-1, 0), (0, 1), (0, -1)):
        assert ink(shown, other).size
        assert not is_letter_l(ink(shown, other))
    mirrored = shown[:, ::-1]
    assert not is_letter_l(ink(mirrored, (-1, 0)))
    assert marker_side(mirrored, False) == (-1, -1)


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_each_deed_and_once_more(marked: Driver) -> None:
    before = assert_left_is_left(marked)
    for deed, do in DEEDS.items():
        expected = before
        for _ in range(2):
            do(marked)
            marked.wait_for_rest()
            expected = moved(deed, expected)
            assert assert_left_is_left(marked) == expected, deed
        reset(marked)
        assert assert_left_is_left(marked) == before, deed


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.parametrize("turns", [("flip",), ("rotate right", "flip")])
def test_all_deeds_one_upon_the_other(marked: Driver, turns: Sequence[str]) -> None:
    before = expected = assert_left_is_left(marked)
    others = [deed for deed in reversed(DEEDS) if deed not in (*MOVES, "three planes and back")]
    for deed in (*reversed(DEEDS), "fit", *turns, *others):
        DEEDS[deed](marked)
        marked.wait_for_rest()
        if "pan" in deed or "size" in deed:  # else the marker may leave the picture
            marked.key(Key.Key_0, CONTROL)
        expected = before if deed == "three planes and back" else moved(deed, expected)
        assert assert_left_is_left(marked) == expected, deed


@pytest.mark.parametrize("position", POSITIONS)
def test_however_the_patient_lay(start: Start, tmp_path: Path, position: str) -> None:
    write_series(tmp_path / position, phantom(position))
    driver = start(tmp_path / position)
    driver.wait_for_image()
    driver.wait_for_rest()
    found = assert_left_is_left(driver)
    row, column = POSITIONS[position]
    assert found.letter == (int(row[0]), int(column[0]))
    driver.key(Key.Key_I, CONTROL)
    driver.key(Key.Key_Down)
    assert assert_left_is_left(driver) == found


def test_closed_and_opened_again(start: Start, tmp_path: Path) -> None:
    write_series(tmp_path / "marker", phantom())
    driver = start(tmp_path / "marker")
    driver.wait_for_image()
    driver.wait_for_rest()
    before = assert_left_is_left(driver)
    driver.key(Key.Key_I, CONTROL)
    driver.wheel(2, modifiers=CONTROL)
    driver.wait_for_rest()
    driver.close()
    again = start(tmp_path / "marker")
    again.wait_for_image()
    again.wait_for_rest()
    assert assert_left_is_left(again) == before


@pytest.mark.parametrize("where", ["zip", pytest.param("orthanc", marks=pytest.mark.orthanc)])
def test_from_another_source(start: Start, request: pytest.FixtureRequest, tmp_path: Path, where: str) -> None:
    write_series(tmp_path / "marker", phantom())
    (tmp_path / "work").mkdir()
    driver = Places(tmp_path / "marker", "2.25.38", start, request, tmp_path / "work").open(where)
    driver.wait_for_rest()
    assert assert_left_is_left(driver) == Seen((1, 0), (1, -1))
    driver.key(Key.Key_Down)
    driver.key(Key.Key_I, CONTROL)
    assert assert_left_is_left(driver) == Seen((1, 0), (1, -1))
