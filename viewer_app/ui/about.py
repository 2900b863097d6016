"""Opens "About this series" and keeps it to the series on show."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from viewer_app.session.veil import Veil
from viewer_app.session.workspace import Workspace
from viewer_app.ui.panels.about_window import AboutWindow
from viewer_app.ui.series_facts import about_series
from viewer_app.ui.views.corner_text import date_text, identity_lines

_FOLLOWS_AFTER_MS = 120


class About(QObject):
    """Owns the window while it is open; `show_tags` is what its button "Tags" asks for."""

    def __init__(self, workspace: Workspace, window: QWidget, show_tags: Callable[[], object]) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._window = window
        self._show_tags = show_tags
        self._about: AboutWindow | None = None
        self._told: object = None
        self._veil = Veil(workspace)
        self._timer = QTimer(self, singleShot=True, interval=_FOLLOWS_AFTER_MS)
        self._timer.timeout.connect(self._fill)
        workspace.study_changed.connect(self._study_changed)

    def show(self) -> None:
        """Tell all about the series on show, and from then on of the one that is shown."""
        opened = self._workspace.study
        if opened is None or opened.stack is None:
            return
        if self._about is None:
            self._about = AboutWindow(self._window)
            self._about.finished.connect(self._forget)
            self._about.tags_wanted.connect(self._show_tags)
            self._about.hide_patient(self._veil.hidden)
        self._fill()
        self._about.show()
        self._about.activateWindow()

    def hide_patient(self, hidden: bool) -> None:
        """Leave out whose series it is, or say it again."""
        self._veil.hidden, self._told = hidden, None
        if self._about is not None:
            self._about.hide_patient(hidden)
            self._fill()

    def close(self) -> None:
        """Close the window."""
        self._timer.stop()
        if self._about is not None:
            self._about.close()

    def _study_changed(self) -> None:
        opened = self._workspace.study
        if opened is not None:
            opened.view.changed.connect(lambda *_: self._follow())
            opened.loading.connect(lambda _: self._follow())
            opened.calibrations.changed.connect(lambda *_: self._follow())
        self._follow()

    def _follow(self) -> None:
        if self._about is not None:
            self._timer.start()

    def _fill(self) -> None:
        """Write what is to be told, unless it stands there already: who reads is not to lose the place."""
        opened = self._workspace.study
        stack = opened.stack if opened is not None else None
        if self._about is None:
            return
        if opened is None or stack is None:
            self._about.close()
            return
        failed = opened.volume.failed if opened.volume is not None else {}
        calibration = opened.active.calibration
        told = (stack.key, opened, tuple(failed.items()), calibration)
        if told == self._told:
            return
        self._told = told
        person = identity_lines(opened.study.patient, hidden=self._veil.hidden)
        whose = " · ".join(part for part in (*person, date_text(opened.study.info.date)) if part)
        self._about.entitle(stack.info.modality or "Series", whose)
        self._about.show_report(about_series(stack, failed, self._veil.free, calibration).veiled(self._veil.tells))

    def _forget(self) -> None:
        self._about, self._told = None, None
