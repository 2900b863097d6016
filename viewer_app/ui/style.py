"""The look: one style sheet, line icons drawn in the palette's colours, figures of one width."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from string import Template

from PySide6.QtCore import QByteArray, QDir, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from viewer_app import resources
from viewer_app.ui.palette import DARK, LIGHT, Palette

__all__ = [
    "DARK",
    "LIGHT",
    "Palette",
    "apply_style",
    "current_palette",
    "icon",
    "icon_pixmap",
    "small_px",
    "style_sheet",
    "tabular",
    "ui_font",
]

_SCALES = (1.0, 1.5, 2.0, 3.0)  # the nearest larger picture is taken for the factors in between


def apply_style(app: QApplication, palette: Palette) -> None:
    """Dress the whole application; call it again to change the theme while windows are open."""
    app.setStyle("Fusion")
    app.setFont(ui_font())
    app.setPalette(_qt_palette(palette))
    QDir.setSearchPaths("controls", [str(resources.path("controls"))])
    app.setProperty("caliperPalette", palette)
    app.setStyleSheet(style_sheet(palette, QFontInfo(app.font()).pixelSize()))


def current_palette() -> Palette:
    """The palette last applied; the dark one before that."""
    app = QApplication.instance()
    found = app.property("caliperPalette") if app else None
    return found if isinstance(found, Palette) else DARK


def style_sheet(palette: Palette, font_px: int) -> str:
    """The style sheet with every `${role}` filled in; `font_px` is the height of the normal font in pixels."""
    sizes = {"small": f"{small_px(font_px)}px", "title": f"{round(font_px * 1.15)}px"}
    theme = "dark" if QColor(palette.window).lightness() < 128 else "light"
    return Template(resources.text("style.qss")).substitute(asdict(palette), theme=theme, **sizes)


def ui_font() -> QFont:
    """The system's own UI font with figures of one width."""
    return tabular(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont))


def tabular(font: QFont) -> QFont:
    """A copy of `font` whose figures are equally wide, so that columns of numbers stand still."""
    made = QFont(font)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def small_px(font_px: int) -> int:
    """The height in pixels of secondary text beside text of `font_px`."""
    return max(11, round(font_px * 0.88))


def icon(name: str, palette: Palette, *, size: int = 20, active: bool = False) -> QIcon:
    """The line icon `name` for `size` x `size` logical pixels, sharp at every screen factor up to 3.

    Checked it takes the accent, as it does always when `active`; disabled it fades. FileNotFoundError for a name
    that is not among the resources.
    """
    return _icon(name, palette, size, active)


def icon_pixmap(name: str, color: str, *, size: int = 20, scale: float = 1.0) -> QPixmap:
    """The line icon drawn once in `color` ("#rrggbb"), `size` logical pixels at the screen factor `scale`."""
    return _draw(_renderer(name, color), size, scale)


@cache
def _icon(name: str, palette: Palette, size: int, active: bool) -> QIcon:
    mode, state = QIcon.Mode, QIcon.State
    normal, faded = palette.accent if active else palette.text, _blend(palette.secondary, palette.window)
    looks = (
        (normal, mode.Normal, state.Off),
        (palette.accent, mode.Normal, state.On),
        (faded, mode.Disabled, state.Off),
        (faded, mode.Disabled, state.On),
    )
    made = QIcon()
    for color, look, checked in looks:
        renderer = _renderer(name, color)
        for scale in _SCALES:
            made.addPixmap(_draw(renderer, size, scale), look, checked)
    return made


@cache
def _renderer(name: str, color: str) -> QSvgRenderer:
    drawing = resources.text(f"icons/{name}.svg").replace("currentColor", color)
    return QSvgRenderer(QByteArray(drawing.encode()))


def _draw(renderer: QSvgRenderer, size: int, scale: float) -> QPixmap:
    pixmap = QPixmap(QSize(size, size) * scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(pixmap.rect()))
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap


def _blend(over: str, under: str) -> str:
    a, b = QColor(over), QColor(under)
    return QColor((a.red() + b.red()) // 2, (a.green() + b.green()) // 2, (a.blue() + b.blue()) // 2).name()


def _qt_palette(palette: Palette) -> QPalette:
    role = QPalette.ColorRole
    roles = {
        role.Window: palette.window,
        role.WindowText: palette.text,
        role.Base: palette.raised,
        role.AlternateBase: palette.hover,
        role.Text: palette.text,
        role.PlaceholderText: palette.secondary,
        role.Button: palette.raised,
        role.ButtonText: palette.text,
        role.BrightText: palette.error,
        role.ToolTipBase: palette.raised,
        role.ToolTipText: palette.text,
        role.Highlight: palette.active,
        role.HighlightedText: palette.on_active,
        role.Link: palette.accent,
        role.LinkVisited: palette.accent,
        role.Accent: palette.accent,
        role.Mid: palette.line,
        role.Dark: palette.line,
    }
    made = QPalette(QColor(palette.raised), QColor(palette.window))
    for name, color in roles.items():
        made.setColor(name, QColor(color))
    for name in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, name, QColor(_blend(palette.secondary, palette.window)))
    return made
