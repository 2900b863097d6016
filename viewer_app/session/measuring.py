"""Measuring in an opened study: numbers from its images, and every change of its measurements."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from viewer_app.errors import CaliperError
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.evaluate import evaluate
from viewer_app.measure.kind import Images, image_of
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.lying import OF_A_VOXEL
from viewer_app.measure.measurement import DrawnOn, Figure, Measurement, Place, Reconstruction, Record, Reference
from viewer_app.measure.quantity import Value
from viewer_app.measure.region import RULE_VERSION
from viewer_app.measure.sections import section
from viewer_app.measure.user_calibration import UserCalibration
from viewer_app.session.finding import stack_in
from viewer_app.session.history import Change, History
from viewer_app.session.reconstructed import acquired_image, voxels_of
from viewer_app.session.seen_again import seen_now
from viewer_app.session.volumetry import Volumetry, stack_kind
from viewer_app.tasks import Tasks

if TYPE_CHECKING:
    from viewer_app.session.study import OpenStudy

_REPEATED = 1e-9
"""Values between voxels are the same again to this share, whichever of the two samplers gave them."""


class Measuring:
    """Adds, changes and checks the measurements of `opened`; each change is a step of `history`."""

    def __init__(self, opened: OpenStudy, tasks: Tasks) -> None:
        self._opened = opened
        self._checked: set[str] = set()
        self._stack_keys: dict[Reference | Reconstruction, str] = {}
        self.shown_within = OF_A_VOXEL
        """How far a mark may be from a plane it is shown on, as a share of the smallest edge of a voxel."""
        self.volumetry = Volumetry(opened, tasks)
        self.history = History(opened)
        # Before the records: the numbers of a record are checked by the scale that is in force then.
        self.history.let_carry(UserCalibration, opened.calibrations.carry_out)
        self.history.let_carry(Record, self._carry_out)
        opened.resampling.made.connect(self._resampled)

    def measured(self, measurement: Measurement) -> Record:
        """The measurement with its numbers, from the images that have arrived."""
        values = self._values(measurement, self._images(measurement))
        return Record(measurement, values, self._place(measurement), RULE_VERSION)

    def has_images(self, measurement: Measurement) -> bool:
        """True where the pixels of all figures are there."""
        return len(self._images(measurement)) == len({figure.source for figure in measurement.figures})

    def put(self, measurement: Measurement, title: str) -> None:
        """Add a measurement, or replace the one of the same UID, as one step of the history.

        Nothing is measured where a new figure is refused, nor on an image that is not there: that is told by `failed`
        of the study.
        """
        if any(figure.source is None for figure in measurement.figures):
            self.refuse_mark()
            return
        if not self.has_images(measurement):
            self._opened.failed.emit(CaliperError("This image has not arrived.", "Measure on it when it is shown."))
            return
        before = self._opened.measurements.get(measurement.uid)
        now = {"updated_at": datetime.now(UTC)} if before else {"seen": seen_now(self._opened, measurement)}
        stamped = replace(measurement, **now)
        self._do(title, before, self.measured(stamped))

    def refuse_mark(self) -> None:
        """Tell why nothing can be drawn in the active tile; nothing where it can."""
        why = self._opened.active.why_no_mark
        if why is not None:
            self._opened.failed.emit(why)

    def rename(self, uid: str, label: str) -> None:
        """Give a measurement another label, as one step of the history. Its numbers stay as they are."""
        before = self._opened.measurements.get(uid)
        if before is not None and before.measurement.label != label:
            renamed = replace(before.measurement, label=label, updated_at=datetime.now(UTC))
            self._do("Rename", before, replace(before, measurement=renamed))

    def remove(self, uid: str) -> None:
        """Delete a measurement, as one step of the history."""
        before = self._opened.measurements.get(uid)
        if before is not None:
            self._do("Delete", before, None)

    def calibrate(self, uid: str, length_mm: float, *, whole_series: bool, author: str) -> None:
        """Let the line of a distance be `length_mm` long, and all lengths of its image, or series, follow, as one step.

        CaliperError where the line cannot tell a scale: see `Calibrations.drawn`.
        """
        found = self._opened.measurements.get(uid)
        if found is None or found.measurement.kind != "distance" or found.measurement.reference is None:
            raise CaliperError("This is no distance on an image.", "Draw one along something of known length.")
        own = self._opened.calibrations.of(found.measurement.reference)
        if whole_series and own is not None and not own.whole_series:
            told = "This image has a calibration of its own, which goes before that of its series."
            raise CaliperError(told, "Remove it first, or calibrate this image alone.")
        (start, end) = found.measurement.figures[0].plane.to_pixels(found.measurement.figures[0].points).tolist()
        line = (start[0], start[1]), (end[0], end[1])
        before, after = self._opened.calibrations.drawn(
            found.measurement.reference, line, length_mm, whole_series=whole_series, author=author
        )
        self._calibrate("Calibrate", before, after)

    def remove_calibration(self, calibration: UserCalibration) -> None:
        """Let lengths follow the file again, or what was calibrated otherwise, as one step."""
        self._calibrate("Remove calibration", calibration, None)

    def _calibrate(self, title: str, before: UserCalibration | None, after: UserCalibration | None) -> None:
        calibrations, records = self._opened.calibrations, self._opened.measurements.records
        effects = calibrations.effects(before, after, records, self._images)
        self.history.do(title, Change(before, after), *(Change(*effect) for effect in effects))

    def check_stored_numbers(self) -> None:
        """Once an image is there, its measurements must evaluate to the numbers they were stored with (C41)."""
        for found in self._opened.measurements.records:
            uid = found.measurement.uid
            images = {} if uid in self._checked else self._images(found.measurement)
            if images and found.measurement.kind in KINDS:
                self._checked.add(uid)
                if not self._agrees(found, images):
                    self._opened.measurements.flag(found)

    def stack_key(self, figure: Figure) -> str:
        """The key of the stack a figure was drawn on, or on a plane of which; "" where it is not in the study."""
        drawn_on = figure.reconstruction or figure.reference
        if drawn_on is None:
            return ""
        if drawn_on not in self._stack_keys:
            self._stack_keys[drawn_on] = self._find_stack(drawn_on)
        return self._stack_keys[drawn_on]

    def _find_stack(self, drawn_on: Reference | Reconstruction) -> str:
        found = stack_in(self._opened.stacks, drawn_on)
        return found.key if found is not None else ""

    def _resampled(self, key: str) -> None:
        self.check_stored_numbers()

    def _do(self, title: str, before: Record | None, after: Record | None) -> None:
        self.history.do(title, Change(before, after))

    def _carry_out(self, changes: tuple[Change[Record], ...]) -> None:
        self._checked -= self._opened.measurements.carry_out(changes)
        self.check_stored_numbers()

    def _values(self, measurement: Measurement, images: Images) -> tuple[Value, ...]:
        scales = self._opened.calibrations.scales(measurement)
        return self.volumetry.values(measurement) or evaluate(measurement, images, scales)

    def _images(self, measurement: Measurement) -> dict[DrawnOn, PlanarImage]:
        """The pixels of all figures, as far as they are there; of a volume, once all images of its stack are."""
        if stack_kind(measurement) is not None and self.volumetry.values(measurement) is None:
            return {}
        sources = {figure.source: figure for figure in measurement.figures if figure.source is not None}
        found = {source: self._image(measurement, figure) for source, figure in sources.items()}
        return {source: image for source, image in found.items() if image is not None}

    def _image(self, measurement: Measurement, figure: Figure) -> PlanarImage | None:
        made = figure.reconstruction
        if made is not None:
            voxels = voxels_of(self._opened, self.stack_key(figure))
            return None if voxels is None else section(voxels, measurement, made, figure.plane)
        return acquired_image(self._opened, figure)

    def _place(self, measurement: Measurement) -> Place:
        figure, opened = measurement.figures[0], self._opened
        found = opened.find_image(figure.reference) if figure.reference is not None else None
        stack, index = found if found is not None else (None, -1)
        if figure.reconstruction is not None:
            stack = opened.stack_by_key(self.stack_key(figure))
        if stack is None or stack not in opened.stacks:
            return Place(-1, -1)
        number = opened.stacks.index(stack)
        return Place(number, index, stack.info.description, stack.info.number, stack.info.modality)

    def _agrees(self, found: Record, images: Images) -> bool:
        """Where and what was measured is what the images say now: to the last bit, if none of it is interpolated."""
        figures = found.measurement.figures
        if not all(self._is_in_place(figure, image_of(figure, images)) for figure in figures):
            return False
        now, exactly = self._values(found.measurement, images), not any(figure.reconstruction for figure in figures)
        return len(now) == len(found.values) and all(
            _same(one, other, exactly=exactly) for one, other in zip(now, found.values, strict=True)
        )

    def _is_in_place(self, figure: Figure, image: PlanarImage | None) -> bool:
        """The plane is that of the image, or one through the stack as it is now; what is not there is not in doubt."""
        if image is None or figure.reconstruction is None:
            return image is None or image.plane == figure.plane
        stack = self._opened.stack_by_key(self.stack_key(figure))
        grid = self._opened.grid(stack) if stack is not None else None
        return (
            grid is not None
            and grid.frame_of_reference_uid == figure.plane.frame_of_reference_uid
            and all(math.isclose(grid.smallest_edge_mm, size, rel_tol=_REPEATED) for size in figure.plane.spacing)
        )


def _same(one: Value, other: Value, *, exactly: bool) -> bool:
    if exactly or one.number is None or other.number is None:
        return (one.number, one.unit) == (other.number, other.unit)
    near = math.isclose(one.number, other.number, rel_tol=_REPEATED, abs_tol=_REPEATED)
    return near and one.unit == other.unit
