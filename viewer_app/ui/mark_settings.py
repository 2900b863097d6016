"""What decides the colours of marks and the size of words over images, and how far marks reach; kept over restarts."""

from __future__ import annotations

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget

from viewer_app.measure.coloring import ColorBy
from viewer_app.session.workspace import Workspace
from viewer_app.ui.lying_setting import LyingSetting
from viewer_app.ui.views.manner import Manner
from viewer_app.ui.views.text_size import TextSize

_KEY, _SIZE = "marks/color_by", "view/text_size"


def keep_mark_settings(workspace: Workspace, manner: Manner, settings: QSettings, window: QWidget) -> None:
    """Set what was chosen last, and keep what is chosen from now on; what cannot be read counts for nothing."""
    stored = str(settings.value(_KEY, ""))
    size = str(settings.value(_SIZE, ""))
    manner.update(
        color_by=next((rule for rule in ColorBy if rule.value == stored), ColorBy.NOTHING),
        text_size=next((one for one in TextSize if one.value == size), TextSize.NORMAL),
    )
    manner.changed.connect(lambda: _keep(manner, settings))
    LyingSetting(workspace, manner, settings, window)


def _keep(manner: Manner, settings: QSettings) -> None:
    for key, value in ((_KEY, manner.color_by.value), (_SIZE, manner.text_size.value)):
        if settings.value(key) != value:
            settings.setValue(key, value)
