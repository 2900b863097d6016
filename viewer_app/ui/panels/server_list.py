"""The list of servers: name, host, and a dot for what came of the last test."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QSizePolicy, QWidget

from viewer_app.session.server_drafts import Draft
from viewer_app.ui.serving import Serving
from viewer_app.ui.style import current_palette
from viewer_app.ui.widgets.plain import tool_tip

_DOT_PX = 10
NEW = "New server"


class ServerList(QListWidget):
    """Shows drafts in their order."""

    def __init__(self, serving: Serving, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Left to Qt, a picture for a fine screen is drawn as large as it has pixels.
        self.setIconSize(QSize(_DOT_PX, _DOT_PX))
        self._serving = serving
        self.setAccessibleName("Servers")
        self.setSpacing(3)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)  # as wide as the buttons beneath
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def fill(self, drafts: Sequence[Draft], index: int) -> None:
        """Show `drafts` and choose that row, or the last; nothing is told of it."""
        with QSignalBlocker(self):
            self.clear()
            for _ in drafts:
                self.addItem(QListWidgetItem())
            self.setCurrentRow(min(index, self.count() - 1))
        self.mark(drafts)

    def mark(self, drafts: Sequence[Draft]) -> None:
        """Show what the same drafts have become."""
        for row, draft in enumerate(drafts):
            item = self.item(row)
            name, host = draft.name or NEW, draft.address.partition("://")[2] or draft.address
            color, words = self._judged(draft)
            item.setText(f"{name}\n{host}")
            item.setIcon(_dot(color, self.devicePixelRatioF()))
            item.setToolTip(tool_tip(f"{draft.address}\n{words}".strip()))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name}, {host}, {words}")

    def _judged(self, draft: Draft) -> tuple[str, str]:
        palette = current_palette()
        if draft.saved is None:
            return palette.warn, "not saved yet"
        report = self._serving.tested.get(draft.saved)
        if report is None:
            return palette.secondary, "not tested in this session"
        return (palette.good, "the last test went well") if report.ok else (palette.error, report.what)


def _dot(color: str, scale: float) -> QIcon:
    picture = QPixmap(round(_DOT_PX * scale), round(_DOT_PX * scale))
    picture.fill(Qt.GlobalColor.transparent)
    picture.setDevicePixelRatio(scale)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    painter.drawEllipse(1, 1, _DOT_PX - 2, _DOT_PX - 2)
    painter.end()
    made = QIcon(picture)
    made.addPixmap(picture, QIcon.Mode.Selected)
    return made
