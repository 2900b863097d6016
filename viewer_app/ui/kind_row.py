"""The measuring tools in the tool row: as many as there is room for, and all of them in a menu at the end."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from viewer_app.ui import style

_GAP_PX = 4


_ALL = "All measuring tools"


class KindRow(QWidget):
    """A button for each action; those that do not fit are reached through the last one, which shows the one in use."""

    def __init__(self, actions: Sequence[QAction], icon_px: int) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_GAP_PX)
        self.buttons = tuple(_button(icon_px) for _ in actions)
        for button, action in zip(self.buttons, actions, strict=True):
            button.setDefaultAction(action)
            action.toggled.connect(self._show_state)
        self._all = style.icon("ruler", style.current_palette(), size=icon_px)
        self.more = _more_button(actions, icon_px)
        for button in (*self.buttons, self.more):
            row.addWidget(button)
        self.more.hide()

    def fit(self, width: int) -> None:
        """Show as many buttons as `width` logical pixels hold, from the first on, and the last one if not all."""
        each, last, count = self._each, self.more.sizeHint().width(), len(self.buttons)
        shown = count if width >= self.whole_width else min(max(0, (width - last) // each), count - 1)
        for index, button in enumerate(self.buttons):
            button.setVisible(index < shown)
        self.more.setVisible(shown < count)
        self.setFixedWidth(self.whole_width if shown == count else shown * each + last)
        self._show_state()

    @property
    def whole_width(self) -> int:
        """Logical pixels that all buttons take."""
        return self._each * len(self.buttons) - _GAP_PX

    def width_of(self, count: int) -> int:
        """Logical pixels that the first so many buttons take, with the last one."""
        return self._each * count + self.more.sizeHint().width()

    @property
    def _each(self) -> int:
        return self.buttons[0].sizeHint().width() + _GAP_PX

    def _show_state(self) -> None:
        hidden = [button.defaultAction() for button in self.buttons if button.isHidden()]
        taken = next((action for action in hidden if action.isChecked()), None)
        self.more.setChecked(taken is not None)
        self.more.setIcon(self._all if taken is None else taken.icon())
        self.more.setToolTip(_ALL if taken is None else taken.toolTip())
        self.more.setAccessibleName(_ALL if taken is None else f"{taken.text()}; {_ALL.lower()}")


def _button(icon_px: int) -> QToolButton:
    button = QToolButton()
    button.setIconSize(QSize(icon_px, icon_px))
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # as the other buttons of a tool bar
    return button


def _more_button(actions: Sequence[QAction], icon_px: int) -> QToolButton:
    button = _button(icon_px)
    button.setCheckable(True)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    menu = QMenu(button)
    menu.addActions(list(actions))
    button.setMenu(menu)
    return button
