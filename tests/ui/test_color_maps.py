"""Colour maps: the standard's own numbers, 256 colours each, and the picture shows them exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from viewer_app.imaging.headers import Window
from viewer_app.imaging.values.voi import apply_window
from viewer_app.ui.palette import DARK
from viewer_app.ui.views.color_bar import draw_color_bar, end_texts
from viewer_app.ui.views.color_maps import COLOR_MAPS, color_table, to_colors
from viewer_app.ui.window_menu import color_map_menu

RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)
ALL = ["", *COLOR_MAPS]
SUV = Window(5.0, 10.0, "", "LINEAR_EXACT")


def rgb(picture: QImage, x: int, y: int) -> list[int]:
    color = QColor(picture.pixel(x, y))
    return [color.red(), color.green(), color.blue()]


@pytest.mark.parametrize("name", ALL)
def test_every_grey_has_the_colour_of_the_table_on_the_picture(qapp: QApplication, name: str) -> None:
    picture = to_colors(RAMP, name).convertToFormat(QImage.Format.Format_RGB32)
    shown = [rgb(picture, place % 16, place // 16) for place in range(256)]
    assert shown == color_table(name).tolist()


def test_a_dozen_and_no_two_are_alike() -> None:
    assert len(COLOR_MAPS) >= 12
    assert len({color_table(name).tobytes() for name in ALL}) == len(ALL)
    assert all(found.name == name and found.title for name, found in COLOR_MAPS.items())
    assert len({found.title for found in COLOR_MAPS.values()}) == len(COLOR_MAPS)


@pytest.mark.parametrize(
    ("name", "place", "color"),
    [
        ("hot-iron", 64, [128, 0, 0]),
        ("hot-iron", 128, [255, 0, 0]),
        ("pet", 128, [128, 0, 255]),
        ("pet", 255, [255] * 3),
    ],
)
def test_the_palettes_of_the_standard_have_its_numbers(name: str, place: int, color: list[int]) -> None:
    """PS3.6 tables B.1-1 and B.1-2."""
    assert color_table(name)[place].tolist() == color


def test_an_unknown_name_is_grey(qapp: QApplication) -> None:
    assert (color_table("of another Caliper") == color_table("")).all()
    assert to_colors(RAMP, "of another Caliper").format() == QImage.Format.Format_Grayscale8
    assert color_table("").tolist() == [[grey] * 3 for grey in range(256)]


def test_a_table_cannot_be_spoilt() -> None:
    with pytest.raises(ValueError, match="read-only"):
        color_table("viridis")[0, 0] = 1


def test_a_picture_of_odd_width_keeps_its_rows(qapp: QApplication) -> None:
    greys = np.arange(15, dtype=np.uint8).reshape(3, 5)
    picture = to_colors(greys, "turbo")
    assert [[picture.pixelIndex(x, y) for x in range(5)] for y in range(3)] == greys.tolist()


def drawn(size: tuple[int, int] = (400, 600), window: Window = SUV, **how: Any) -> tuple[QImage, QRectF | None]:
    canvas = QImage(*size, QImage.Format.Format_RGB32)
    canvas.fill(QColor("black"))
    painter = QPainter(canvas)
    bar = draw_color_bar(painter, QRectF(0, 0, *size), color_table("hot-iron"), window, "SUVbw", DARK, **how)
    painter.end()
    return canvas, bar


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("window", [SUV, Window(40.0, 400.0), Window(0.5, 1.0, "", "SIGMOID")])
def test_the_bar_shows_at_each_height_what_the_window_makes_of_that_value(
    qapp: QApplication, window: Window, inverted: bool
) -> None:
    canvas, bar = drawn(window=window, inverted=inverted)
    assert bar is not None
    for share in (0.1, 0.25, 0.5, 0.75, 0.9):
        y = bar.top() + share * bar.height()
        value = window.center + window.width * (0.5 - share)
        expected = color_table("hot-iron")[apply_window(np.array([value]), window, inverted=inverted)[0]]
        assert rgb(canvas, round(bar.center().x()), round(y)) == pytest.approx(expected.tolist(), abs=12)


def test_the_bar_keeps_clear_of_letter_and_text_or_stays_away(qapp: QApplication) -> None:
    _, free = drawn()
    _, below = drawn(written=[QRectF(300, 8, 90, 150)])
    _, none = drawn(written=[QRectF(300, 8, 90, 250)])
    _, small = drawn((200, 120))
    assert free is not None and below is not None and (none, small) == (None, None)
    assert below.top() > 158 and below.bottom() == free.bottom() < 300 - 15


@pytest.mark.parametrize(
    ("window", "unit", "expected"),
    [
        (SUV, "SUVbw", ("0.0", "10.0 SUVbw")),
        (Window(40.0, 400.0), "HU", ("−160", "240 HU")),
        (Window(0.0015, 0.003, "", "LINEAR_EXACT"), "", ("0.00000", "0.00300")),
        (Window(10.0, 20.6, "", "LINEAR_EXACT"), "", ("0", "20")),
    ],
)
def test_the_ends_are_told_as_finely_as_the_window_is(window: Window, unit: str, expected: tuple[str, str]) -> None:
    assert end_texts(window, unit) == expected


def test_the_menu_marks_what_is_in_force_and_tells_what_is_chosen(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    chosen: list[str] = []
    for current, title in (("", "Greys"), ("pet", "PET"), ("gone", "Greys")):
        actions = [action for action in color_map_menu(parent, current, chosen.append).actions() if action.text()]
        assert [action.text() for action in actions if action.isChecked()] == [title]
    assert [action.text() for action in actions] == ["Greys", *(found.title for found in COLOR_MAPS.values())]
    assert not any(action.icon().isNull() for action in actions)
    actions[-1].trigger()
    actions[0].trigger()
    assert chosen == [list(COLOR_MAPS)[-1], ""]
