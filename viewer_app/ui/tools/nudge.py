"""Moving what is held by arrow keys, by parts of an image pixel: what keys have moved is one step once they rest."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from viewer_app.imaging.geometry import vector
from viewer_app.measure.measurement import Measurement
from viewer_app.session.study import OpenStudy
from viewer_app.ui.tools.draw import shifted
from viewer_app.ui.tools.pointer import Stage
from viewer_app.ui.views.marks import Hit

SMALL_PX, LARGE_PX = 0.1, 1.0
_RESTS_AFTER_MS = 500


def nudged(stage: Stage, measurement: Measurement, hit: Hit, across: int, down: int, pixels: float) -> Measurement:
    """The measurement with what was hit so many image pixels to the right and down, as the image is turned."""
    plane = stage.plane
    middle, toward = stage.camera.to_plane([(0.0, 0.0), (float(across), float(down))])
    # Along a row or a column: the picture is turned by quarters only.
    sides = (toward - middle).round(9)
    signs = [int(side > 0) - int(side < 0) for side in sides.tolist()]
    start = plane.to_patient([(0.0, 0.0)])[0]
    end = plane.to_patient([(signs[0] * pixels, signs[1] * pixels)])[0]
    return shifted(measurement, hit, vector(start), vector(end))


class Nudge(QObject):
    """A burst of nudges: shown as it goes, kept by `settle`, by itself when the keys rest."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._moved: Measurement | None = None
        self._stage: Stage | None = None
        self._study: OpenStudy | None = None
        self._timer = QTimer(self, singleShot=True, interval=_RESTS_AFTER_MS)
        self._timer.timeout.connect(self.settle)

    def move(self, stage: Stage, hit: Hit, across: int, down: int, pixels: float) -> None:
        """One nudge of what is held."""
        stage.study.measuring.awaited.settle((hit.uid,))
        record = stage.study.measurements.get(hit.uid)
        if record is None:
            return
        is_same = self._moved is not None and self._moved.uid == hit.uid and self._stage is stage
        if not is_same:
            self.settle()
        before = self._moved if self._moved is not None else record.measurement
        self._stage, self._study = stage, stage.study
        self._moved = nudged(stage, before, hit, across, down, pixels)
        stage.preview(self._moved)
        self._timer.start()

    def settle(self) -> None:
        """Make what was moved a step of the history."""
        self._timer.stop()
        moved, stage, study = self._moved, self._stage, self._study
        self._moved = self._stage = self._study = None
        if moved is None or stage is None or study is None or stage.workspace.study is not study:
            return
        stage.preview(None)
        if study.measurements.get(moved.uid) is not None:
            study.measuring.put(moved, "Nudge")
