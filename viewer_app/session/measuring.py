"""Measuring in an opened study: numbers from its images, and every change of its measurements."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from viewer_app.errors import CaliperError
from viewer_app.imaging.study import TWIN
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.evaluate import evaluate, record
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Figure, Measurement, Place, Record, Reference
from viewer_app.session.history import Change, History

if TYPE_CHECKING:
    from viewer_app.session.study import OpenStudy


class Measuring:
    """Adds, changes and checks the measurements of `opened`; each change is a step of `history`."""

    def __init__(self, opened: OpenStudy) -> None:
        self._opened = opened
        self._checked: set[str] = set()
        self.history = History(opened)
        self.history.let_carry(Record, self._carry_out)

    def measured(self, measurement: Measurement) -> Record:
        """The measurement with its numbers, from the images that have arrived."""
        return record(measurement, self._images(measurement), self._place(measurement))

    def put(self, measurement: Measurement, title: str) -> None:
        """Add a measurement, or replace the one of the same UID, as one step of the history.

        Nothing is measured on a twin, nor on an image that is not there: that is told by `failed` of the study.
        """
        if measurement.reference is None:
            self.refuse_mark()
            return
        if len(self._images(measurement)) < len({figure.reference for figure in measurement.figures}):
            self._opened.failed.emit(CaliperError("This image has not arrived.", "Measure on it when it is shown."))
            return
        before = self._opened.measurements.get(measurement.uid)
        stamped = replace(measurement, updated_at=datetime.now(UTC)) if before else measurement
        self.history.do(title, Change(before, self.measured(stamped)))

    def refuse_mark(self) -> None:
        """Tell why nothing can be drawn where `current_reference` of the active tile is None."""
        self._opened.failed.emit(self._why_no_mark())

    def rename(self, uid: str, label: str) -> None:
        """Give a measurement another label, as one step of the history. Its numbers stay as they are."""
        before = self._opened.measurements.get(uid)
        if before is not None and before.measurement.label != label:
            renamed = replace(before.measurement, label=label, updated_at=datetime.now(UTC))
            self.history.do("Rename", Change(before, replace(before, measurement=renamed)))

    def remove(self, uid: str) -> None:
        """Delete a measurement, as one step of the history."""
        before = self._opened.measurements.get(uid)
        if before is not None:
            self.history.do("Delete", Change(before, None))

    def check_stored_numbers(self) -> None:
        """Once an image is there, its measurements must evaluate to the numbers they were stored with (C41)."""
        for found in self._opened.measurements.records:
            uid = found.measurement.uid
            images = {} if uid in self._checked else self._images(found.measurement)
            if images and found.measurement.kind in KINDS:
                self._checked.add(uid)
                if not _agrees(found, images):
                    self._opened.measurements.flag(found)

    def _why_no_mark(self) -> CaliperError:
        if self._opened.active.is_prior:
            return CaliperError("This is another study.", "Open it by its series list to measure on it.")
        if self._opened.view.value.cut is not None:
            told = "Marks on reconstructed planes are not kept yet."
            return CaliperError(told, "Measure on the images as they were taken.")
        return CaliperError(TWIN, "Marks of the other file are left as they are.")

    def _carry_out(self, changes: tuple[Change[Record], ...]) -> None:
        self._checked -= self._opened.measurements.carry_out(changes)
        self.check_stored_numbers()

    def _images(self, measurement: Measurement) -> dict[Reference, PlanarImage]:
        found = {figure.reference: self._image(figure) for figure in measurement.figures if figure.reference}
        return {reference: image for reference, image in found.items() if image is not None}

    def _image(self, figure: Figure) -> PlanarImage | None:
        place = self._opened.find_image(figure.reference) if figure.reference else None
        volume = self._opened.volume_by_key(place[0].key) if place is not None else None
        return volume.image(place[1]) if place and volume is not None and volume.has(place[1]) else None

    def _place(self, measurement: Measurement) -> Place:
        found = self._opened.find_image(measurement.reference) if measurement.reference else None
        if found is None:
            return Place(-1, -1)
        stack, index = found
        number = self._opened.stacks.index(stack)
        return Place(number, index, stack.info.description, stack.info.number, stack.info.modality)


def _agrees(found: Record, images: dict[Reference, PlanarImage]) -> bool:
    """Where and what was measured is what the images say now, to the last bit."""
    figures = found.measurement.figures
    if any(figure.reference in images and images[figure.reference].plane != figure.plane for figure in figures):
        return False
    now = evaluate(found.measurement, images)
    return [(value.number, value.unit) for value in now] == [(value.number, value.unit) for value in found.values]
