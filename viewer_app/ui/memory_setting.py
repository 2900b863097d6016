"""How much memory the user sets aside for images: kept in the settings, asked for in a small window."""

from __future__ import annotations

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QInputDialog, QSpinBox, QWidget

from viewer_app.imaging.memory import physical_bytes
from viewer_app.session.volumes import default_budget_bytes

_KEY = "memory/images_mb"
_MEGABYTE = 1_000_000
_LEAST_MB, _MOST_MB, _STEP_MB = 100, 1_000_000, 100
_WHAT = (
    "How much memory the images of a study may take.\nA series that needs room makes Caliper let go of the one shown"
    "\nlongest ago; a series larger than this is kept on the disk."
)
_OF_ALL = "This computer has {:,} MB; half of it is the usual amount."


def image_budget_bytes(settings: QSettings) -> int:
    """What the user set aside; the default where nothing usable is set."""
    value = str(settings.value(_KEY, "")).strip()
    if not value.isdecimal() or not _LEAST_MB <= int(value) <= _MOST_MB:
        return default_budget_bytes()
    return int(value) * _MEGABYTE


def ask_image_budget(settings: QSettings, parent: QWidget) -> int | None:
    """Let the user set another amount; what is in force from now on, None after a cancel."""
    dialog = QInputDialog(parent)
    dialog.setWindowTitle("Memory for images")
    installed = physical_bytes()
    dialog.setLabelText(f"{_WHAT}\n{_OF_ALL.format(installed // _MEGABYTE)}" if installed else _WHAT)
    dialog.setInputMode(QInputDialog.InputMode.IntInput)
    dialog.setIntRange(_LEAST_MB, _MOST_MB)
    dialog.setIntStep(_STEP_MB)
    dialog.setIntValue(image_budget_bytes(settings) // _MEGABYTE)
    for field in dialog.findChildren(QSpinBox):
        field.setSuffix(" MB")
    is_set, chosen = bool(dialog.exec()), dialog.intValue()
    dialog.deleteLater()
    if not is_set:
        return None
    settings.setValue(_KEY, chosen)
    return chosen * _MEGABYTE
