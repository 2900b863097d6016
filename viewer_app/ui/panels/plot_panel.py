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
from viewer_app.session.plotting import plot_work
from viewer_app.session.study import OpenStudy
from viewer_app.session.workspace import Workspace
from viewer_app.tasks import Lane
from viewer_app.ui.panels.plot_view import PlotView
from viewer_app.ui.panels.plot_words import bin_words, nearest, sample_words, summary_words
from viewer_app.ui.views.manner import Manner

_NONE = (
    "Select a measurement: of a distance or a polyline the values along it are plotted here, of an area or a value "
    "probe how often each value occurs."
)
_NO_PLOT = "This kind of measurement has no plot. Distances, polylines, areas and value probes have one."
_UNDER_WAY = "Being worked out …"
_AT_MOST_EVERY_MS = 60


class PlotPanel(QWidget):
    """Nothing is worked out while it is hidden, and never more than one plot at a time."""

    def __init__(self, workspace: Workspace, manner: Manner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._manner = workspace, manner
        self._taken: Record | None = None
        self.shown: tuple[Measurement, Plot] | None = None
        self._connected: OpenStudy | None = None
        self._is_working = self._is_wanted = False
        self._timer = QTimer(self, singleShot=True, interval=_AT_MOST_EVERY_MS)
        self._timer.timeout.connect(self._work)
        self.title, self.words, self.summary, self.readout, self.note = (QLabel() for _ in range(5))
        self.view = PlotView()
        self.copy_button = QPushButton("Copy numbers")
        self._arrange()
        self.view.pointed.connect(self._point)
        self.copy_button.clicked.connect(self.copy)
        manner.selected_changed.connect(self._want)
        manner.taken.connect(self._take)
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
            for signal in (study.measurements.changed, study.measurements.reset, study.arrived):
                signal.connect(self._want)
        self._connected = study
        self._show(None, None)
        self._want()

    def _take(self, record: Record | None) -> None:
        self._taken = record
        self._want()

    def _want(self, *_: object) -> None:
        """Plot anew soon; what comes while a plot is on its way waits for its end."""
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def _record(self) -> Record | None:
        study = self._workspace.study
        selected = study.measurements.get(self._manner.current) if study is not None else None
        return self._taken or selected

    def _work(self) -> None:
        study, record = self._workspace.study, self._record()
        if self._is_working:
            self._is_wanted = True
            return
        work = plot_work(study, record) if study is not None and record is not None else None
        if record is None or work is None:
            self._show(record, None)
            return
        self._is_working = True
        if self.shown is None:
            self.words.setText(_UNDER_WAY)
        self._workspace.tasks.run(
            Lane.PIXELS, work, done=lambda plot: self._done(study, record, plot), failed=self._failed
        )

    def _done(self, study: OpenStudy | None, record: Record, plot: Plot) -> None:
        self._is_working = False
        if study is self._workspace.study and self.isVisible():
            self._show(record, plot)
        if self._is_wanted:
            self._is_wanted = False
            self._want()

    def _failed(self, error: CaliperError) -> None:
        self._is_working = False
        self._show(None, None)
        self.words.setText(str(error))

    # -- showing it -----------------------------------------------------------------------------------

    def _show(self, record: Record | None, plot: Plot | None) -> None:
        has_values = record is not None and plot is not None and plot.summary is not None
        self.shown = (record.measurement, plot) if has_values and record is not None and plot is not None else None
        for widget in (self.title, self.summary, self.view, self.readout, self.copy_button):
            widget.setVisible(has_values)
        self.words.setVisible(not has_values)
        self.note.setVisible(has_values and plot is not None and bool(plot.note))
        if self.shown is None:
            self._point(None)
            why = "" if plot is None else plot.note
            self.words.setText(_NONE if record is None else f"{why[:1].upper()}{why[1:]}." if why else _NO_PLOT)
            return
        measurement, shown = self.shown
        assert record is not None
        self.title.setText(f"{KINDS[measurement.kind].title} · {headline(record.values)}")
        self.note.setText(f"Values are {shown.note}." if isinstance(shown.found, Profile) else shown.note)
        self.view.draw(shown)
        self.summary.setText(summary_words(shown))

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
