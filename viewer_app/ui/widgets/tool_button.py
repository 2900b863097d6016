"""One tool of the row at the top: a 34 px target that shows its icon, and names itself and its key when asked."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from viewer_app.ui import style
from viewer_app.ui.widgets.plain import tool_tip

TARGET_PX = 34
ICON_PX = 20


class ToolButton(QToolButton):
    """A button with the line icon `icon`; `key` ("D") stands behind the name in the tool tip."""

    def __init__(
        self, icon: str, name: str, key: str = "", *, checkable: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self.setCheckable(checkable)
        self.setAutoRaise(True)
        self.setFixedSize(TARGET_PX, TARGET_PX)
        self.setIconSize(QSize(ICON_PX, ICON_PX))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.set_face(icon, name, key)

    def set_face(self, icon: str, name: str, key: str = "") -> None:
        """Show another icon and name from now on, as a button does that plays and then pauses."""
        self._icon = icon
        self.setAccessibleName(name)
        self.setToolTip(tool_tip(f"{name} ({key})" if key else name))
        self._dress()

    def changeEvent(self, event: QEvent) -> None:
        """Take the icon in the colours of the new theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()

    def _dress(self) -> None:
        self.setIcon(style.icon(self._icon, style.current_palette(), size=ICON_PX))
