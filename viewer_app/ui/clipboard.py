"""A table for other programs to paste, as text and as HTML."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QStringListModel
from PySide6.QtGui import QGuiApplication


def copy_table(text: str, html: str) -> None:
    """Put `text`, with tabs between its columns, and the same as `html` on the clipboard."""
    data = _empty_data()
    data.setText(text)
    data.setHtml(html)
    QGuiApplication.clipboard().setMimeData(data)


def _empty_data() -> QMimeData:
    """Made by Qt: on platforms whose clipboard is inside the program (offscreen, minimal, VNC), Qt keeps what is copied
    until after Python has ended, and an object made by Python crashes when it is destroyed then.
    """
    model = QStringListModel([""])
    data = model.mimeData([model.index(0)])
    for form in data.formats():
        data.removeFormat(form)
    return data
