"""Right: the plot of the selected measurement, and of the one that is drawn or moved just now."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from viewer_app.errors import CaliperError
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Measurement, Record
from viewer_app.measure.plotting import Plot, point_at, table
from viewer_app.measure.present import headline
from viewer_app.measure.profile import Profile
from viewer_app.session.plotting import Plotted, Work, painted_work, plot_work, prior_work
from viewer_app.session.study import OpenStudy
from viewer_app.session.volumetry import MANY_VOXELS, with_region
from viewer_app.session.workspace import Workspace
from viewer_app.tasks import Lane, Task
from viewer_app.ui.panels.plot_view import PlotView
from viewer_app.ui.panels.plot_words import bin_words, nearest, sample_words, summary_words
from viewer_app.ui.views.corner_text import date_text
from viewer_app.ui.views.manner import Manner

_NONE = (
    "Select a measurement: of a distance or a polyline the values along it are plotted here, of an area, a volume or a "
    "value probe how often each value occurs."
)
_NO_PLOT = "This kind of measurement has no plot. Distances, polylines, areas, volumes and value probes have one."
_UNDER_WAY = "Being worked out …"
_PAINTED = "The volume is being painted: its plot follows once it is measured."
_AT_MOST_EVERY_MS = 60
_STALE_MS = 200
"""After so long the plot of something else is not left standing while one is worked out."""


class PlotPanel(QWidget):
    """Nothing is worked out while it is hidden, and never more than one plot at a time."""

    def __init__(self, workspace: Workspace, manner: Manner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._manner = workspace, manner
        self._taken: Record | None = None
        self.shown: tuple[Measurement, Plot] | None = None
        self._connected: OpenStudy | None = None
        self._work_on = ""
        self._task: Task[Plotted] | None = None
        self._is_wanted = False
        self._timer = QTimer(self, singleShot=True, interval=_AT_MOST_EVERY_MS)
        self._timer.timeout.connect(self._work)
        self._stale = QTimer(self, singleShot=True, interval=_STALE_MS)
        self._stale.timeout.connect(lambda: self._show(None, _UNDER_WAY))
        self.title, self.words, self.summary, self.readout, self.note = (QLabel() for _ in range(5))
        self.view = PlotView()
        self.copy_button = QPushButton("Copy numbers")
        self._arrange()
        self.view.pointed.connect(self._point)
        self.copy_button.clicked.connect(self.copy)
        manner.selected_changed.connect(self._want)
        manner.taken.connect(self._take)
        manner.brush.moved.connect(self._want)
        workspace.study_changed.connect(self._study_changed)
        self._study_changed()

    def copy(self) -> None:
        """The plotted numbers on the clipboard, as columns with tabs between."""
        if self.shown is not None:
            QGuiApplication.clipboard().setText(table(self.shown[1]))
            self._workspace.noticed.emit("The numbers of the plot are on the clipboard.")

    # -- what is to be plotted ------------------------------------------------------------------------

    def _study_changed(self) -> None:
        study = self._workspace.study
        self._taken = None
        if study is not None and study is not self._connected:
            stored, priors = study.measurements, study.prior_marks
            for signal in (stored.changed, stored.reset, study.arrived, priors.changed, priors.pointed_out):
                signal.connect(self._want)
        self._connected = study
        self._stop()
        self._show(None, _NONE)
        self._want()

    def _take(self, record: Record | None) -> None:
        self._taken = record
        self._want()

    def _want(self, *_: object) -> None:
        """Plot anew soon; what comes while a plot is on its way waits for its end."""
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def _wanted(self, study: OpenStudy) -> tuple[str, Work | None, str]:
        """UID of what is to be plotted ("" for nothing), the work that does so, and in words why there is none."""
        painted, selected = self._manner.brush.in_hand, study.measurements.get(self._manner.current)
        record = self._taken or selected
        if painted is not None:
            if not painted.region.layers or painted.region.count > MANY_VOXELS:
                return painted.uid, None, _PAINTED
            before, new = study.measuring.drawn(painted.uid), self._workspace.new_measurement
            return painted.uid, painted_work(study, with_region(before, painted.region, painted.stack, new)), ""
        if record is not None:
            return record.measurement.uid, plot_work(study, record), _NO_PLOT
        of_prior = study.prior_marks.get(study.prior_marks.pointed)
        if of_prior is not None:
            return study.prior_marks.pointed, prior_work(study, *of_prior), _NO_PLOT
        return "", None, _NONE

    def _work(self) -> None:
        study = self._workspace.study
        uid, work, words = ("", None, _NONE) if study is None else self._wanted(study)
        if self._task is not None and uid == self._work_on:
            self._is_wanted = True
            return
        self._stop()
        if work is None or study is None:
            self._show(None, words)
            return
        if self.shown is None:
            self._show(None, _UNDER_WAY)
        elif uid != self._work_on:
            self._stale.start()
        self._work_on = uid
        self._task = self._workspace.tasks.run(Lane.PIXELS, work, done=self._done, failed=self._failed)

    def _stop(self) -> None:
        """What is under way is of something else than what is wanted now."""
        if self._task is not None:
            self._task.cancel()
        self._task, self._is_wanted = None, False
        self._stale.stop()

    def _done(self, found: Plotted) -> None:
        self._task = None
        self._stale.stop()
        if self.isVisible():
            self._show(found)
        if self._is_wanted:
            self._is_wanted = False
            self._want()

    def _failed(self, error: CaliperError) -> None:
        self._stop()
        self._show(None, str(error))

    # -- showing it -----------------------------------------------------------------------------------

    def _show(self, found: Plotted | None, words: str = "") -> None:
        """Show a plot, or where it has no values in words why."""
        has_values = found is not None and found.plot.summary is not None
        self.shown = (found.record.measurement, found.plot) if found is not None and has_values else None
        for widget in (self.title, self.summary, self.view, self.readout, self.copy_button):
            widget.setVisible(has_values)
        self.words.setVisible(not has_values)
        self.note.setVisible(found is not None and has_values and bool(found.plot.note))
        if found is None or not has_values:
            self._point(None)
            self.words.setText(words if found is None else _sentence(found.plot.note) or _UNDER_WAY)
            return
        self.title.setText(self._titled(found))
        self.note.setText(
            f"Values are {found.plot.note}." if isinstance(found.plot.found, Profile) else found.plot.note
        )
        self.view.draw(found.plot, is_dimmed=found.prior is not None)
        self.summary.setText(summary_words(found.plot))

    def _titled(self, found: Plotted) -> str:
        named = f"{KINDS[found.record.measurement.kind].title} · {headline(found.record.values)}"
        if found.prior is not None:
            return f"{named} · prior, {date_text(found.prior.info.date) or 'without a date'}"
        return f"{named} · being painted" if found.is_painted else named

    def _point(self, at: float | None) -> None:
        """Tell what is at this place of the horizontal axis, and mark it on the image."""
        if self.shown is None or at is None:
            self.view.show_cursor(None)
            self._manner.point_at(None)
            self.readout.setText("")
            return
        measurement, plot = self.shown
        if isinstance(plot.found, Profile):
            index = nearest(plot.found.distances, at)
            self.view.show_cursor(plot.found.distances[index])
            self.readout.setText(sample_words(plot.found, index))
            self._manner.point_at(measurement, point_at(measurement, plot.found, plot.found.distances[index]))
        else:
            self.view.show_cursor(at)
            self.readout.setText(bin_words(plot.found, at))

    # -- Qt -------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what changed while it was not seen."""
        super().showEvent(event)
        self._want()

    def hideEvent(self, event: QHideEvent) -> None:
        """Work out nothing while it is not seen."""
        super().hideEvent(event)
        self._timer.stop()
        self._stop()
        self._point(None)

    def _arrange(self) -> None:
        self.title.setProperty("role", "heading")
        for label in (self.words, self.note):
            label.setProperty("role", "secondary")
        for label in (self.words, self.note, self.summary):
            label.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 14, 14, 10)
        column.addWidget(self.words, 1)
        column.addWidget(self.title)
        column.addWidget(self.summary)
        column.addWidget(self.view, 4)
        column.addWidget(self.readout)
        column.addWidget(self.note)
        column.addWidget(self.copy_button)
        column.addStretch(1)


def _sentence(note: str) -> str:
    return f"{note[:1].upper()}{note[1:]}." if note else ""
