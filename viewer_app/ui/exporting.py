"""What leaves the window: the report of the measurements, the picture of a view on the clipboard or on paper."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from viewer_app.session.reporting import export
from viewer_app.session.workspace import Workspace
from viewer_app.ui.printing import PrintPreview, copy_view, print_header
from viewer_app.ui.views.viewports import Viewports

_REPORT_FILTER = "Excel workbook (*.xlsx);;Comma separated (*.csv);;JSON (*.json);;DICOM report (*.dcm)"


class Exporting(QObject):
    """Each action takes what the active study or view shows; the patient is left out while hidden."""

    report_written = Signal(object, bool)
    """Path of a report that has been written, and whether without the patient."""

    send_wanted = Signal()
    """The study, or the report of it, is to go to a server."""

    def __init__(self, workspace: Workspace, viewports: Viewports, window: QWidget) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._viewports = viewports
        self._window = window

    def report(self) -> None:
        """Ask where to, and write the report of the study's measurements there."""
        if self._workspace.study is None or not self._workspace.study.measurements.records:
            return
        chosen, _ = QFileDialog.getSaveFileName(self._window, "Export report", "report.xlsx", _REPORT_FILTER)
        if chosen:
            self.report_to(Path(chosen))

    def report_to(self, path: Path) -> None:
        """Write the report of the study's measurements to `path`, without the patient while patients are hidden."""
        path = path if path.suffix else path.with_suffix(".xlsx")
        hidden = self._viewports.manner.patient_hidden
        export(self._workspace, path, lambda: self.report_written.emit(path, hidden), hidden=hidden)

    def copy_view(self) -> None:
        """The picture of the active view on the clipboard, as it is seen."""
        if self._viewports.active.has_image_place:
            copy_view(self._viewports.active)
            self._workspace.noticed.emit("The picture of the view is on the clipboard.")

    def print_view(self) -> None:
        """The page with the active view, to be printed."""
        viewport = self._viewports.active
        if viewport.has_image_place:
            study = viewport.tile.study
            header = print_header(study.patient, study.info, hidden=viewport.manner.patient_hidden)
            PrintPreview(viewport, header, self._workspace.failed.emit, self._window).open()
