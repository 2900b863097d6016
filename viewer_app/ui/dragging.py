"""Series on their way from the list into a viewport, by drag and drop inside the window."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QMimeData, Qt
from PySide6.QtGui import QDrag, QDropEvent
from PySide6.QtWidgets import QWidget

from viewer_app.imaging.stacks import Stack
from viewer_app.session.study import OpenStudy

_FORM = "application/x-caliper-stack"


def drag_stack(source: QWidget, key: str) -> None:
    """Let the user carry the stack of that key from `source`; returns when it is dropped."""
    drag, data = QDrag(source), QMimeData()
    data.setData(_FORM, QByteArray(key.encode()))
    drag.setMimeData(data)
    drag.setPixmap(source.grab())
    drag.setHotSpot(source.rect().center() / 2)
    drag.exec(Qt.DropAction.CopyAction)


def welcome_stack(event: QDropEvent, study: OpenStudy | None) -> None:
    """Say that a series may be dropped here while a study is open, and nothing else."""
    event.setAccepted(study is not None and bool(_key(event.mimeData())))


def dropped_stack(event: QDropEvent, study: OpenStudy | None) -> Stack | None:
    """The stack of `study` that is dropped, which is thereby taken; None where it is something else."""
    stack = None if study is None else study.stack_by_key(_key(event.mimeData()))
    event.setAccepted(stack is not None)
    return stack


def _key(data: QMimeData) -> str:
    """The key of the stack that is carried, "" where it is something else."""
    return bytes(data.data(_FORM).data()).decode("utf-8", "replace") if data.hasFormat(_FORM) else ""
