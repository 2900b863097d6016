"""In a small viewport lines give way by importance; no number is ever cut, nothing lies over anything else."""

from __future__ import annotations

import itertools
import re

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QApplication

from viewer_app.ui.style import tabular
from viewer_app.ui.views.corner_layout import Blocks, arranged, fitted
from viewer_app.ui.views.corner_text import Corners

TOP_LEFT = ("Family, Given", "4711 · 1970-01-01 · F · 51 y")
TOP_RIGHT = ("Hospital", "Study of the head", "CT #3 · Axial 5.0", "Study 2026-01-12 10:15 · Acquired 10:22", "Axial")
BOTTOM_LEFT = ("W 400 L 40 · zoom 100 %", "Image 12 / 250", "z −123.5 mm · thickness 5 mm")
BOTTOM_RIGHT = ("Head", "Contrast Any 300", "120 kV · 170 mA · 85 mAs", "Kernel H31s")
BADGES = (
    "The image has no usable position in the patient.",
    "Estimate: 100 mm here are about 93 mm in the patient (÷ 1.07).",
    "Lossy compression 12:1, JPEG 2000",
)
KEPT = ("Family, Given", "Image 12 / 250", "W 400 L 40 · zoom 100 %", "CT #3 · Axial 5.0")
ORDER = (*KEPT, *(line for line in (*TOP_LEFT, *TOP_RIGHT, *BOTTOM_LEFT, *BOTTOM_RIGHT) if line not in KEPT))
POINTER = "x −123.4  y 125.5  z −761.2   −1000 HU"
SIZES = [(1600, 1000), (880, 850), (400, 350), (275, 225), (180, 150)]
NUMBER = re.compile(r"[−\d][\d.:−\u2009%/]*")


@pytest.fixture
def metrics(qapp: QApplication) -> QFontMetricsF:
    font = tabular(QFont())
    font.setPixelSize(12)
    return QFontMetricsF(font)


def written(size: tuple[int, int], metrics: QFontMetricsF, badges: tuple[str, ...] = BADGES) -> Blocks:
    corners = Corners(TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT, BOTTOM_RIGHT, badges, ORDER)
    return arranged(QRectF(0, 0, *size), corners, POINTER, metrics, bar(size))


def pointed(width: int, metrics: QFontMetricsF, pointer: str) -> tuple[str, ...]:
    """What is written of the words under the pointer in a viewport so wide."""
    size = QRectF(0, 0, width, 250)
    return arranged(size, Corners(), pointer, metrics, None)["bottom_right"].lines


def bar(size: tuple[int, int]) -> QRectF:
    return QRectF(size[0] - 62, size[1] * 0.62, 50, size[1] * 0.2)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("count", range(4))
def test_nothing_lies_over_anything(size: tuple[int, int], count: int, metrics: QFontMetricsF) -> None:
    boxes = [block.box for block in written(size, metrics, BADGES[:count]).values() if block.lines]
    middle, edge = size[1] / 2, QRectF(0, 0, *size)
    letters = [QRectF(0, middle - 10, 40, 20), QRectF(size[0] - 40, middle - 10, 40, 20)]
    for one, other in itertools.combinations([*boxes, bar(size), *letters], 2):
        if not (one in letters and other in letters):
            assert not one.intersects(other), (one, other)
    assert all(edge.contains(box) for box in boxes)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_no_number_is_cut(size: tuple[int, int], metrics: QFontMetricsF) -> None:
    whole = {number for line in (*ORDER, *BADGES, POINTER) for number in NUMBER.findall(line)}
    for block in written(size, metrics).values():
        for line in block.lines:
            assert set(NUMBER.findall(line)) <= whole, line


def test_lines_go_by_importance(metrics: QFontMetricsF) -> None:
    large, small = written((1600, 1000), metrics, ()), written((275, 225), metrics, ())
    assert [*large["top_right"].lines] == [*TOP_RIGHT]
    assert large["bottom_right"].lines == (*BOTTOM_RIGHT, POINTER)
    assert small["top_left"].lines[0] == "Family, Given"
    assert "CT #3 · Axial 5.0" in small["top_right"].lines
    assert len(small["top_right"].lines) < len(TOP_RIGHT)
    assert small["bottom_left"].lines[:2] == ("W 400 L 40", "Image 12 / 250")


@pytest.mark.parametrize("size", SIZES[:4], ids=str)
def test_badges_outlast_everything(size: tuple[int, int], metrics: QFontMetricsF) -> None:
    assert " ".join(written(size, metrics)["badges"].lines).startswith(BADGES[0])


def test_where_no_badge_fits_it_is_said_that_there_are_some(metrics: QFontMetricsF) -> None:
    assert " ".join(written((180, 150), metrics)["badges"].lines) == "Warnings (Alt+Return)"
    assert written((180, 150), metrics, ())["badges"].lines == ()


@pytest.mark.parametrize("size", [(125, 175), (125, 140), (174, 180)], ids=str)
@pytest.mark.parametrize("others", [(), BADGES], ids=len)
def test_of_which_day_the_picture_is_and_that_it_is_not_linked_never_fold(
    size: tuple[int, int], others: tuple[str, ...], metrics: QFontMetricsF
) -> None:
    badges = ("Prior study 2025-01-09", "not linked: other Frame of Reference", *others)
    corners = Corners(TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT, BOTTOM_RIGHT, badges, ORDER)
    block = arranged(QRectF(0, 0, *size), corners, "", metrics, None)["badges"]
    said = " ".join(block.lines)
    assert said.startswith("Prior") and "2025-01-09" in said and "not linked" in said
    assert QRectF(0, 0, *size).contains(block.box)


@pytest.mark.parametrize(
    "line", ["thickness 5.25\u2009mm", "W 1387 L 701", "AX_T1_SE_12", "T2 haste 0.5\u2009mm", "4711"]
)
def test_a_number_is_whole_or_not_there(line: str, metrics: QFontMetricsF) -> None:
    for room in range(int(metrics.horizontalAdvance(line)) + 2):
        assert set(re.findall(r"[\d.]*\d", fitted(line, metrics, room))) <= set(re.findall(r"[\d.]*\d", line))
        assert fitted(line, metrics, room) in ("", line)


def test_words_are_cut_between_letters(metrics: QFontMetricsF) -> None:
    line = "University Hospital of Somewhere"
    cut = fitted(line, metrics, metrics.horizontalAdvance(line) * 0.6)
    assert cut.endswith("…")
    assert line.startswith(cut[:-1])
    assert fitted(line, metrics, metrics.horizontalAdvance("U…")) == ""


@pytest.mark.parametrize("how", ["", " (interpolated)", " (interpolated, resampled)"])
def test_of_the_words_under_the_pointer_the_value_stays_and_none_is_cut(how: str, metrics: QFontMetricsF) -> None:
    place, value = "x −123.4  y 125.5  z −761.2", "−1000\u2009HU"
    whole = f"{place}   {value}{how}"
    ways = {(value, how.strip()), (f"{value} (interp.)",), (value, "(interp.)")} if how else {(value,)}
    assert pointed(1600, metrics, whole) == (whole,)
    found = {pointed(width, metrics, whole) for width in range(60, 1600, 5)}
    assert {(), (whole,)} < found
    for lines in found - {(), (whole,)}:
        told = lines[1:] if lines[0] == place else lines
        assert told in ways  # never a number between voxels that does not say so
        assert place not in told


def test_in_a_tile_of_an_mpr_beside_others_a_value_says_that_it_is_interpolated(metrics: QFontMetricsF) -> None:
    pointer = "x −123.4  y 125.5  z −761.2   −87\u2009HU (interpolated, resampled)"
    assert pointed(190, metrics, pointer) == ("−87\u2009HU", "(interp.)")
    for width in range(60, 400):
        lines = pointed(width, metrics, pointer)
        assert any("HU" in line for line in lines) == any("interp" in line for line in lines), width


def test_a_unit_is_not_parted_from_its_number(metrics: QFontMetricsF) -> None:
    value = "12.5\u2009mm²/s (10⁻⁶)"
    assert {pointed(width, metrics, value) for width in range(60, 900, 5)} == {(), (value,)}


def test_a_place_without_a_value_is_whole_or_not_there(metrics: QFontMetricsF) -> None:
    place = "x −123.4  y 125.5  z −761.2"
    assert {pointed(width, metrics, place) for width in range(60, 900, 5)} == {(), (place,)}
