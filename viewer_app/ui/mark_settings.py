"""What decides the colours of marks, kept over restarts."""

from __future__ import annotations

from PySide6.QtCore import QSettings

from viewer_app.measure.coloring import ColorBy
from viewer_app.ui.views.manner import Manner

_KEY = "marks/color_by"


def keep_mark_settings(manner: Manner, settings: QSettings) -> None:
    """Set what was chosen last, and keep what is chosen from now on; what cannot be read counts for nothing."""
    stored = str(settings.value(_KEY, ""))
    manner.update(color_by=next((rule for rule in ColorBy if rule.value == stored), ColorBy.NOTHING))
    manner.changed.connect(lambda: _keep(manner, settings))


def _keep(manner: Manner, settings: QSettings) -> None:
    if settings.value(_KEY) != manner.color_by.value:
        settings.setValue(_KEY, manner.color_by.value)
