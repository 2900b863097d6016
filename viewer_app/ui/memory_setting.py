"""How much memory the user sets aside for images: kept in the settings, asked for in a small window."""

from __future__ import annotations

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QInputDialog, QWidget

from viewer_app.session.volumes import default_budget_bytes

_KEY = "memory/images_mb"
_MEGABYTE = 1_000_000
_LEAST_MB, _MOST_MB = 100, 1_000_000


def image_budget_bytes(settings: QSettings) -> int:
    """What the user set aside; the default where nothing usable is set."""
    value = str(settings.value(_KEY, "")).strip()
    if not value.isdecimal() or not _LEAST_MB <= int(value) <= _MOST_MB:
        return default_budget_bytes()
    return int(value) * _MEGABYTE


def ask_image_budget(settings: QSettings, parent: QWidget) -> int | None:
    """Let the user set another amount; what is in force from now on, None after a cancel."""
    now = image_budget_bytes(settings) // _MEGABYTE
    text = "Memory for the images of a study, in MB.\nLarger series are kept on the disk."
    chosen, is_set = QInputDialog.getInt(parent, "Memory for images", text, now, _LEAST_MB, _MOST_MB, 100)
    if not is_set:
        return None
    settings.setValue(_KEY, chosen)
    return chosen * _MEGABYTE
