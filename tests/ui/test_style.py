"""The look's promises: readable, complete, sharp."""

from __future__ import annotations

import re
from dataclasses import asdict

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QFont, QIcon, QImage, QPixmap
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viewer_app import resources
from viewer_app.ui import style
from viewer_app.ui.widgets import ToolButton

LISTED = (
    "scroll window zoom pan crosshair distance angle cobb ellipse polygon freehand probe volume layout link cine undo "
    "redo report settings open-folder open-file server fit invert search trash close warning info check chevron-down "
    "chevron-right eye eye-off lock plus refresh sample keyboard tag caliper "
    "pause stop first last step-back step-forward loop sweep mpr magnifier print copy "
    "window-region rotate-right rotate-left flip rectangle circle circle-three-points spline "
    "polyline two-diameters open-angle arrow text-note distance-3d ratio brush grow ruler"
)
NAMES = LISTED.split()
THEMES = pytest.mark.parametrize("palette", [style.DARK, style.LIGHT], ids=["dark", "light"])
SURFACES = ("window", "raised", "hover", "selection")
TEXTS = ("text", "secondary", "accent", "warn", "good", "error")


def luminance(color: str) -> float:
    """Relative luminance after WCAG 2.2."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: str, b: str) -> float:
    dark, light = sorted((luminance(a), luminance(b)))
    return (light + 0.05) / (dark + 0.05)


def coverage(image: QImage) -> float:
    """How much of the picture is drawn: mean opacity, 0 to 1."""
    points = [(x, y) for x in range(image.width()) for y in range(image.height())]
    return sum(image.pixelColor(x, y).alphaF() for x, y in points) / len(points)


def colors(pixmap: QPixmap) -> set[str]:
    """The colours of the fully opaque pixels."""
    image = pixmap.toImage()
    found = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {color.name() for color in found if color.alpha() == 255}


def test_contrast_measure_itself() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@THEMES
def test_every_text_is_readable_on_every_surface(palette: style.Palette) -> None:
    roles = asdict(palette)
    poor = {(t, s): contrast(roles[t], roles[s]) for t in TEXTS for s in SURFACES}
    assert {pair: ratio for pair, ratio in poor.items() if ratio < 4.5} == {}
    assert contrast(palette.on_active, palette.active) >= 4.5
    assert contrast(palette.accent, palette.active) >= 3.0  # the icon of a tool that is on


@THEMES
def test_marks_are_readable_on_the_black_viewport(palette: style.Palette) -> None:
    assert palette.viewport == "#000000"
    assert min(contrast(c, palette.viewport) for c in (palette.overlay, palette.mark, palette.mark_selected)) >= 4.5


def test_the_shipped_icons_are_the_listed_ones() -> None:
    assert sorted(p.stem for p in resources.path("icons").glob("*.svg")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_icon_is_drawn_at_three_sizes(qapp: QApplication, name: str) -> None:
    drawing = resources.text(f"icons/{name}.svg")
    assert "<text" not in drawing
    for size in (16, 20, 40):
        assert 0.04 < coverage(style.icon_pixmap(name, "#d9e0e7", size=size).toImage()) < 0.75


@pytest.mark.parametrize("name", [n for n in NAMES if n != "caliper"])
def test_line_icon_takes_its_color_from_outside(qapp: QApplication, name: str) -> None:
    drawing = resources.text(f"icons/{name}.svg")
    assert 'viewBox="0 0 20 20"' in drawing and 'stroke="currentColor"' in drawing
    assert set(re.findall(r'(?:fill|stroke)="([^"]+)"', drawing)) <= {"none", "currentColor"}
    found = [QColor(color) for color in colors(style.icon_pixmap(name, "#3fb6ff", size=40))]
    assert found and all(abs(c.red() - 0x3F) + abs(c.green() - 0xB6) + abs(c.blue() - 0xFF) <= 2 for c in found)


@pytest.mark.parametrize("factor", [1.0, 1.5, 2.0, 3.0])
def test_icon_has_a_picture_of_its_own_for_each_screen_factor(qapp: QApplication, factor: float) -> None:
    icon = style.icon("zoom", style.DARK)
    pixmap = icon.pixmap(QSize(20, 20), factor)
    assert (pixmap.width(), pixmap.devicePixelRatio()) == (round(20 * factor), factor)


def test_icon_states_differ_and_are_cached(qapp: QApplication) -> None:
    icon = style.icon("distance", style.DARK)
    normal, on = icon.pixmap(20, QIcon.Mode.Normal, QIcon.State.Off), icon.pixmap(20, QIcon.Mode.Normal, QIcon.State.On)
    faded = icon.pixmap(20, QIcon.Mode.Disabled, QIcon.State.Off)
    assert colors(on) == {style.DARK.accent}
    assert colors(normal) == {style.DARK.text} != colors(faded)
    assert colors(style.icon("distance", style.DARK, active=True).pixmap(20)) == {style.DARK.accent}
    assert style.icon("distance", style.DARK) is icon


def test_unknown_icon_is_refused(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        style.icon("no-such-icon", style.DARK)


@THEMES
def test_style_sheet_is_complete(palette: style.Palette) -> None:
    sheet = style.style_sheet(palette, 13)
    assert "$" not in sheet
    assert set(re.findall(r"#[0-9a-fA-F]{6}\b", sheet)) <= set(asdict(palette).values())
    for name in re.findall(r"url\(controls:([^)]+)\)", sheet):
        assert resources.path(f"controls/{name}").stat().st_size > 0


def test_theme_can_be_changed_while_open(qtbot: QtBot, qapp: QApplication) -> None:
    style.apply_style(qapp, style.DARK)
    button = ToolButton("zoom", "Zoom", "Z")
    qtbot.addWidget(button)
    assert colors(button.icon().pixmap(20)) == {style.DARK.text}
    style.apply_style(qapp, style.LIGHT)
    assert style.current_palette() == style.LIGHT
    assert colors(button.icon().pixmap(20)) == {style.LIGHT.text}
    assert qapp.palette().window().color() == QColor(style.LIGHT.window)
    style.apply_style(qapp, style.DARK)


def test_figures_are_asked_to_be_equally_wide(qapp: QApplication) -> None:
    plain = QFont()
    plain.clearFeatures()
    assert style.tabular(plain).featureValue(QFont.Tag("tnum")) == 1
    assert plain.featureTags() == []
    assert style.ui_font().isFeatureSet(QFont.Tag("tnum"))
