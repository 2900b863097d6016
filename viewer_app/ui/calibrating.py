"""Giving an image its millimetres by a line of known length, and taking them back."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QWidget

from viewer_app.errors import CaliperError
from viewer_app.measure.measurement import Record
from viewer_app.measure.present import shown
from viewer_app.measure.typed import typed_mm
from viewer_app.session.workspace import Workspace
from viewer_app.ui.panels.calibration_field import CalibrationField
from viewer_app.ui.views.viewports import Viewports

_ASIDE_PX = 24
_NO_LINE = "A calibration begins with a distance."
_DRAW = "Draw one along something of known length, select it, and call this again."


class Calibrating(QObject):
    """Asks for the true length of the selected distance in a field beside it; what is refused is said there."""

    def __init__(self, workspace: Workspace, viewports: Viewports, window: QWidget) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._viewports = viewports
        self._window = window
        self.field: CalibrationField | None = None
        workspace.study_changed.connect(self._close)

    def ask(self) -> None:
        """Open the field for the selected distance, unless its image has a scale that is proven."""
        self._viewports.cancel_gesture()
        study, uid = self._workspace.study, self._viewports.manner.current
        if study is None:
            return
        found = study.measurements.get(uid)
        reference = None if found is None else found.measurement.reference
        try:
            if found is None or reference is None or found.measurement.kind != "distance":
                raise CaliperError(_NO_LINE, _DRAW)
            study.calibrations.without_scale(reference)
        except CaliperError as error:
            self._workspace.failed.emit(error)
            return
        self._open(found)

    def remove(self) -> None:
        """Let lengths on the image on show follow the file again."""
        study = self._workspace.study
        calibration = None if study is None else study.active.calibration
        if study is not None and calibration is not None:
            study.measuring.remove_calibration(calibration)

    def _open(self, found: Record) -> None:
        self._close()
        self.field = field = CalibrationField(shown(found.values[0]), self._window)
        field.typed.connect(lambda text, whole_series: self._calibrate(found.measurement.uid, text, whole_series))
        field.finished.connect(self._forget)
        field.show()
        field.move(self._beside(found, field))
        field.length.setFocus()

    def _beside(self, found: Record, field: QWidget) -> QPoint:
        """Below the line and inside the window, on the screen."""
        viewport, figure = self._viewports.active, found.measurement.figures[0]
        ends = viewport.camera.to_screen(viewport.plane.in_plane(figure.points))
        across, down = ends.max(axis=0).tolist()
        at = viewport.mapTo(self._window, QPoint(round(across) + _ASIDE_PX, round(down) + _ASIDE_PX))
        room = self._window.rect().adjusted(0, 0, -field.width(), -field.height())
        inside = QPoint(max(0, min(at.x(), room.right())), max(0, min(at.y(), room.bottom())))
        return self._window.mapToGlobal(inside)

    def _calibrate(self, uid: str, text: str, whole_series: bool) -> None:
        study, field = self._workspace.study, self.field
        if study is None or field is None:
            return
        try:
            author = self._workspace.author
            study.measuring.calibrate(uid, typed_mm(text), whole_series=whole_series, author=author)
        except CaliperError as error:
            field.refuse(str(error))
            return
        field.accept()

    def _close(self) -> None:
        if self.field is not None:
            self.field.reject()

    def _forget(self) -> None:
        self.field = None
