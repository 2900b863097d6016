"""Moving what is held by arrow keys, by parts of an image pixel: kept at once, and one step until the keys rest."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from viewer_app.imaging.geometry import vector
from viewer_app.measure.measurement import Measurement
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
    """Each nudge is measured and saved at once; those of one burst, until the keys rest, are one step."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._burst = ("", "")
        self._timer = QTimer(self, singleShot=True, interval=_RESTS_AFTER_MS)
        self._timer.timeout.connect(self.settle)

    def move(self, stage: Stage, hit: Hit, across: int, down: int, pixels: float) -> None:
        """One nudge of what is held."""
        if not self._timer.remainingTime():  # overdue: the window was busy
            self.settle()
        drawn = stage.study.measuring.drawn(hit.uid)
        if drawn is None:
            return
        moved = nudged(stage, drawn, hit, across, down, pixels)
        uid, step = self._burst
        self._burst = hit.uid, stage.study.measuring.put(moved, "Nudge", onto=step if uid == hit.uid else "")
        self._timer.start()

    def settle(self) -> None:
        """The burst is over: what comes is a step of its own."""
        self._timer.stop()
        self._burst = ("", "")
