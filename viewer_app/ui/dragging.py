"""Series on their way from the list into a viewport, by drag and drop inside the window."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QMimeData, Qt
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QWidget

_FORM = "application/x-caliper-stack"


def drag_stack(source: QWidget, key: str) -> None:
    """Let the user carry the stack of that key from `source`; returns when it is dropped."""
    drag, data = QDrag(source), QMimeData()
    data.setData(_FORM, QByteArray(key.encode()))
    drag.setMimeData(data)
    drag.setPixmap(source.grab())
    drag.setHotSpot(source.rect().center() / 2)
    drag.exec(Qt.DropAction.CopyAction)


def dragged_stack(data: QMimeData) -> str:
    """The key of the stack that is carried, "" where it is something else."""
    return bytes(data.data(_FORM).data()).decode("utf-8", "replace") if data.hasFormat(_FORM) else ""
