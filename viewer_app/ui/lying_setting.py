"""How far a mark may be from a plane it is shown on: kept in the settings, asked for in a small window."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QInputDialog, QSpinBox, QWidget

from viewer_app.measure.lying import OF_A_VOXEL, PARALLEL_DEG
from viewer_app.session.workspace import Workspace
from viewer_app.ui.views.manner import Manner

_KEY = "marks/shown_within_percent"
_USUAL, _LEAST, _MOST, _STEP = round(100 * OF_A_VOXEL), 5, 200, 5
_RULE = (
    "How far may a reconstructed plane be from a mark and still show it?\n\n"
    f"The plane must be parallel to that of the mark ({PARALLEL_DEG:g}°). {_USUAL} % of the smallest edge of a voxel\n"
    "is usual; with more, a mark is seen on several neighbouring planes.\n\n"
    "A mark drawn on an image as it was taken is on no other such image. No number depends on this."
)


def shown_within(settings: QSettings) -> float:
    """The share of the smallest edge of a voxel the user chose; the usual one where nothing usable is set."""
    value = str(settings.value(_KEY, "")).strip()
    is_usable = value.isdecimal() and _LEAST <= int(value) <= _MOST
    return int(value) / 100 if is_usable else OF_A_VOXEL


class LyingSetting(QObject):
    """Tells every study that is opened, and lets the user choose; views follow at once."""

    def __init__(self, workspace: Workspace, manner: Manner, settings: QSettings, window: QWidget) -> None:
        super().__init__(window)
        self._workspace, self._manner, self._settings, self._window = workspace, manner, settings, window
        workspace.study_changed.connect(self._follow)
        manner.lying_wanted.connect(self.ask)

    def ask(self) -> None:
        """Let the user choose another share."""
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle("Where marks are shown")
        dialog.setLabelText(_RULE)
        dialog.setInputMode(QInputDialog.InputMode.IntInput)
        dialog.setIntRange(_LEAST, _MOST)
        dialog.setIntStep(_STEP)
        dialog.setIntValue(round(100 * shown_within(self._settings)))
        for field in dialog.findChildren(QSpinBox):
            field.setSuffix(" % of a voxel")
            field.setToolTip(_RULE)
        dialog.intValueSelected.connect(self._choose)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _choose(self, percent: int) -> None:
        self._settings.setValue(_KEY, percent)
        self._follow()

    def _follow(self) -> None:
        if self._workspace.study is not None:
            self._workspace.study.measuring.shown_within = shown_within(self._settings)
            self._manner.changed.emit()
