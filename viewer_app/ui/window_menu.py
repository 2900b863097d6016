"""The windows one may choose for the image on show: automatic, the file's own by name, and the presets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtGui import QActionGroup, QIcon, QImage, QPixmap
from PySide6.QtWidgets import QMenu, QWidget

from viewer_app.imaging.headers import Window
from viewer_app.session.presets import Preset
from viewer_app.ui.views.color_maps import COLOR_MAPS, NO_MAP, color_table
from viewer_app.ui.views.corner_text import SEPARATOR, window_text

_SWATCH = QSize(48, 48)  # sharp at every screen factor up to 3


@dataclass(frozen=True, slots=True)
class WindowChoice:
    """One entry. `key` is the number key of a preset, "" for a window of the file."""

    title: str
    window: Window
    key: str = ""


def file_choices(windows: Sequence[Window]) -> tuple[WindowChoice, ...]:
    """The file's VOI LUTs and windows, each once, in its order, by its explanation and its numbers."""
    return tuple(WindowChoice(_title(window), window) for window in dict.fromkeys(windows))


def preset_choices(presets: Sequence[Preset]) -> tuple[WindowChoice, ...]:
    """The presets by name, with their keys."""
    return tuple(WindowChoice(row.name.replace("&", "&&"), row.window, row.key) for row in presets)


def window_menu(
    parent: QWidget,
    groups: Sequence[Sequence[WindowChoice]],
    current: Window | None,
    choose: Callable[[Window], None],
    sentence: Callable[[str], str] = str,
) -> QMenu:
    """A menu of `groups` of choices, parted by lines; the one in force is checked.

    `sentence` masks in their titles what is not to be said.
    """
    menu = QMenu("Window", parent)
    marked = QActionGroup(menu)
    for group in groups:
        menu.addSeparator()
        for choice in group:
            action = menu.addAction(f"{sentence(choice.title)}\t{choice.key}".rstrip())
            action.setCheckable(True)
            marked.addAction(action)
            action.setChecked(choice.window == current)
            action.triggered.connect(lambda _=False, window=choice.window: choose(window))
    return menu


def color_map_menu(parent: QWidget, current: str, choose: Callable[[str], None]) -> QMenu:
    """A menu of the colour maps, greys first, each with its colours; the one in force is checked."""
    menu = QMenu("Colours", parent)
    marked = QActionGroup(menu)
    in_force = current if current in COLOR_MAPS else NO_MAP
    for name, title in ((NO_MAP, "Greys"), *((found.name, found.title) for found in COLOR_MAPS.values())):
        action = menu.addAction(_swatch(name), title)
        action.setCheckable(True)
        marked.addAction(action)
        action.setChecked(name == in_force)
        action.triggered.connect(lambda _=False, name=name: choose(name))
        if name == NO_MAP:
            menu.addSeparator()
    return menu


def _swatch(name: str) -> QIcon:
    """The colours of a map from dark to bright."""
    colors = color_table(name)
    line = QImage(colors.tobytes(), len(colors), 1, len(colors) * 3, QImage.Format.Format_RGB888)
    return QIcon(QPixmap.fromImage(line.scaled(_SWATCH)))


def _title(window: Window) -> str:
    if window.function == "LUT":
        title = window_text(window)
    else:
        numbers = window_text(Window(window.center, window.width))
        title = SEPARATOR.join((window.explanation or "Window of the file", numbers))
    return title.replace("&", "&&")  # a menu would take the letter after it for a key
