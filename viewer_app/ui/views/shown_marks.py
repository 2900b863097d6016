"""The marks of one viewport: which ones it shows, where they lie on the screen, and what is in hand among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from viewer_app.imaging.geometry import Plane
from viewer_app.imaging.identity import telltales
from viewer_app.measure.measurement import Measurement, Record
from viewer_app.session.reconstructed import figure_on
from viewer_app.session.study import OpenStudy
from viewer_app.session.tile import Tile
from viewer_app.ui.palette import Palette
from viewer_app.ui.views.camera import Camera
from viewer_app.ui.views.manner import Manner
from viewer_app.ui.views.marks import Hit, Mark, mark_of
from viewer_app.ui.views.measurement_item import MeasurementItem

_Seen = tuple[Camera, Plane]
"""What decides where a mark lies on the screen: the camera, and the plane on show."""


class Place(Protocol):
    """What of a viewport decides which marks are shown and where; only asked for while a stack is on show."""

    manner: Manner

    @property
    def study(self) -> OpenStudy:
        """The study on show."""

    @property
    def tile(self) -> Tile:
        """What the viewport shows of it."""

    @property
    def camera(self) -> Camera:
        """From the plane to the viewport."""


class ShownMarks:
    """`item` draws them, in the scene of the viewport; `in_hand` is the record that is being drawn or moved."""

    def __init__(
        self,
        place: Place,
        palette: Palette,
        viewport_size: Callable[[], QRectF],
        kept_clear: Callable[[], Sequence[QRectF]],
    ) -> None:
        self._place = place
        self._kept: dict[str, tuple[_Seen, Mark]] = {}
        self.in_hand: Record | None = None
        self.item = MeasurementItem(palette, viewport_size, kept_clear, self._free)

    def marks(self) -> tuple[Mark, ...]:
        """The marks on the shown image, as they lie on the screen."""
        seen, kept = (self._place.camera, self._place.tile.plane), self._kept
        self._kept = {uid: _mark(kept.get(uid), *shown, seen) for uid, shown in self._records().items()}
        return tuple(mark for _, mark in self._kept.values())

    def preview(self, measurement: Measurement | None) -> None:
        """Take a measurement in hand as it would become; None lets go of it."""
        self.in_hand = None if measurement is None else self._place.study.measuring.measured(measurement)

    def show(self, hover: Hit | None) -> None:
        """Draw the marks as they are now, the one under the pointer as what a click would take."""
        manner = self._place.manner
        self.item.show_marks(self.marks(), manner.selected, hover, manner.patient_hidden)

    def clear(self) -> None:
        """Draw none."""
        self.item.show_marks((), "", None)

    def draw(self, painter: QPainter, camera: Camera) -> None:
        """Lines and handles of the marks as they lie under `camera`, in screen pixels; no labels."""
        plane = self._place.tile.plane
        shown = self._records().values()
        self.item.draw_marks(painter, tuple(mark_of(record, camera, plane, number) for record, number in shown))

    def _records(self) -> dict[str, tuple[Record, int]]:
        """What was measured on the shown image, by UID, and what is in hand on it; with the figure that lies there."""
        tile = self._place.tile
        records = {record.measurement.uid: record for record in tile.opened.measurements.records}
        if self.in_hand is not None:
            records[self.in_hand.measurement.uid] = self.in_hand
        found = {uid: (record, figure_on(tile, record.measurement)) for uid, record in records.items()}
        return {uid: (record, number) for uid, (record, number) in found.items() if number is not None}

    def _free(self, words: str) -> str:
        """What a person wrote; "" where it tells who the hidden patient is."""
        study = self._place.study.study
        is_told = self._place.manner.patient_hidden and telltales(study.patient, study.info).tell_in(words)
        return "" if is_told else words


def _mark(kept: tuple[_Seen, Mark] | None, record: Record, number: int, seen: _Seen) -> tuple[_Seen, Mark]:
    """The mark that is `kept` where it is still that record, so seen: of many marks one moves at a time."""
    if kept is not None and kept[0] == seen and kept[1].record is record:
        return kept
    return seen, mark_of(record, *seen, number)
