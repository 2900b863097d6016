"""What decides the colours of marks, and how far from their planes they are shown: kept over restarts."""

from __future__ import annotations

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget

from viewer_app.measure.coloring import ColorBy
from viewer_app.session.workspace import Workspace
from viewer_app.ui.lying_setting import LyingSetting
from viewer_app.ui.views.manner import Manner

_KEY = "marks/color_by"


def keep_mark_settings(workspace: Workspace, manner: Manner, settings: QSettings, window: QWidget) -> None:
    """Set what was chosen last, and keep what is chosen from now on; what cannot be read counts for nothing."""
    stored = str(settings.value(_KEY, ""))
    manner.update(color_by=next((rule for rule in ColorBy if rule.value == stored), ColorBy.NOTHING))
    manner.changed.connect(lambda: _keep(manner, settings))
    LyingSetting(workspace, manner, settings, window)


def _keep(manner: Manner, settings: QSettings) -> None:
    if settings.value(_KEY) != manner.color_by.value:
        settings.setValue(_KEY, manner.color_by.value)
