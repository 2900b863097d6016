"""What the window says when nothing is open: what to do next."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from viewer_app.ui import style

_LOGO_PX = 64


class EmptyState(QWidget):
    """An invitation with a button for each way to open a study."""

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = QLabel("Drop a folder here, open a study, or choose one on an Orthanc server")
        self._title.setProperty("role", "heading")
        self._title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._title.setWordWrap(True)
        logo = QLabel()
        logo.setPixmap(style.icon("caliper", style.current_palette(), size=_LOGO_PX).pixmap(_LOGO_PX, _LOGO_PX))
        logo.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        row = QHBoxLayout()
        row.addStretch(1)
        for name in ("open_folder", "open_file", "open_server", "open_sample"):
            row.addWidget(_button(actions[name], primary=name == "open_sample"))
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(18)
        column.addStretch(1)
        column.addWidget(logo)
        column.addWidget(self._title)
        column.addLayout(row)
        column.addStretch(2)


def _button(action: QAction, *, primary: bool) -> QPushButton:
    button = QPushButton(action.text())
    if primary:
        button.setProperty("role", "primary")
    button.clicked.connect(action.trigger)
    return button
