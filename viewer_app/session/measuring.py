"""Measuring in an opened study: numbers from its images, and every change of its measurements."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from viewer_app.errors import CaliperError
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.evaluate import evaluate
from viewer_app.measure.kind import Images
from viewer_app.measure.kinds import is_by_voxels
from viewer_app.measure.lying import OF_A_VOXEL
from viewer_app.measure.measurement import (
    DrawnOn,
    Figure,
    Measurement,
    Place,
    Reconstruction,
    Record,
    Reference,
)
from viewer_app.measure.quantity import Dimension, Value
from viewer_app.measure.region import RULE_VERSION
from viewer_app.measure.sections import section
from viewer_app.measure.seen import Seen
from viewer_app.measure.user_calibration import UserCalibration
from viewer_app.session.ahead import Ahead, Awaited, Glimpses
from viewer_app.session.checking import Checks
from viewer_app.session.finding import stack_in
from viewer_app.session.history import Change, History
from viewer_app.session.reconstructed import Across, acquired_image, voxels_of
from viewer_app.session.seen_again import seen_now
from viewer_app.session.volumetry import Volumetry
from viewer_app.tasks import Tasks

if TYPE_CHECKING:
    from viewer_app.session.study import OpenStudy

_UNKNOWN = frozenset({Dimension.PIXEL_VALUE, Dimension.COUNT})
_LAGS = "…"
_WORDS = ("label", "description", "color", "label_offset")


class Measuring:
    """Adds, changes and checks the measurements of `opened`; each change is a step of `history`."""

    def __init__(self, opened: OpenStudy, tasks: Tasks) -> None:
        self._opened = opened
        self._stack_keys: dict[Reference | Reconstruction, str] = {}
        self.shown_within = OF_A_VOXEL
        """How far a mark may be from a plane it is shown on, as a share of the smallest edge of a voxel."""
        self.volumetry = Volumetry(opened, tasks)
        self._ahead = Ahead(opened, tasks)
        self.awaited = Awaited(opened, self._ahead)
        self._glimpses = Glimpses(opened, self._ahead)
        self._checks = Checks(opened, self._ahead)
        self.across = Across(opened)
        self.history = History(opened)
        self.history.let_settle(self.awaited.settle, partial(self.awaited.do, ()))
        # Before the records: the numbers of a record are checked by the scale that is in force then.
        self.history.let_carry(UserCalibration, opened.calibrations.carry_out)
        self.history.let_carry(Record, self._carry_out)
        opened.resampling.made.connect(self._resampled)

    def measured(self, measurement: Measurement) -> Record:
        """The measurement with its numbers, from the images that have arrived."""
        values = self.values(measurement, self.images(measurement))
        return Record(measurement, values, self._place(measurement), RULE_VERSION)

    def glimpsed(self, measurement: Measurement) -> Record:
        """The same at once, for what is in hand: without numbers of pixels that are still to be sampled.

        `arrived` of the study tells when they may be asked for again.
        """
        return self._without_pixels(measurement) if self._glimpses.lags(measurement) else self.measured(measurement)

    @property
    def waiting(self) -> tuple[Record, ...]:
        """What was drawn and is kept as soon as its pixels are sampled, with what is known of its numbers."""
        return tuple(self._without_pixels(each) for each in self.awaited.measurements if not is_by_voxels(each))

    @property
    def repainted(self) -> tuple[Record, ...]:
        """The volumes that are kept once what was asked for earlier is done, with what is known of their numbers."""
        waiting = (each for each in self.awaited.measurements if is_by_voxels(each))
        return tuple(
            Record(each, self.volumetry.values(each) or (), self._place(each), RULE_VERSION) for each in waiting
        )

    def drawn(self, uid: str) -> Measurement | None:
        """The measurement as it was drawn or changed last, whether or not it still waits for its pixels."""
        waiting = [each for each in self.awaited.measurements if each.uid == uid]
        found = self._opened.measurements.get(uid)
        return waiting[-1] if waiting else found.measurement if found is not None else None

    def _without_pixels(self, measurement: Measurement) -> Record:
        values = evaluate(measurement, {}, self._opened.calibrations.scales(measurement))
        told = (replace(one, note=_LAGS) if one.dimension in _UNKNOWN else one for one in values)
        return Record(measurement, tuple(told), self._place(measurement), RULE_VERSION)

    def has_images(self, measurement: Measurement) -> bool:
        """True where the pixels of all figures are there."""
        if is_by_voxels(measurement):
            return len(self.images(measurement)) == len({figure.source for figure in measurement.figures})
        return all(map(self._is_there, measurement.figures))

    def _is_there(self, figure: Figure) -> bool:
        if figure.reconstruction is not None:
            return voxels_of(self._opened, self.stack_key(figure)) is not None
        return acquired_image(self._opened, figure) is not None

    def put(self, measurement: Measurement, title: str, onto: str = "") -> str:
        """Add a measurement, or replace the one of the same UID, as one step of the history; its UID, "" for none.

        It is one with the step `onto` where that was the last, as `History.do`. Nothing is measured where a new figure
        is refused, nor on an image that is not there: that is told by `failed` of the study. Where many pixels are to
        be sampled it is done once they are, and in any case before what is done next; then "" is given back too.
        """
        if any(figure.source is None for figure in measurement.figures):
            self.refuse_mark()
            return ""
        if not self.has_images(measurement):
            self._opened.failed.emit(CaliperError("This image has not arrived.", "Measure on it when it is shown."))
            return ""
        self._glimpses.close()
        steps: list[str] = []
        seen, drawn = seen_now(self._opened, measurement), self.drawn(measurement.uid)
        self.awaited.do((measurement,), lambda: steps.append(self._put(measurement, drawn, title, onto, seen)))
        return steps[0] if steps else ""

    def _put(
        self, measurement: Measurement, drawn: Measurement | None, title: str, onto: str, seen: Seen | None
    ) -> str:
        before = self._opened.measurements.get(measurement.uid)
        if before is not None and drawn is not None:
            measurement = _with_words(measurement, drawn, before.measurement)
        stamped = replace(measurement, updated_at=datetime.now(UTC)) if before else replace(measurement, seen=seen)
        return self._do(title, before, self.measured(stamped), onto)

    def refuse_mark(self) -> None:
        """Tell why nothing can be drawn in the active tile; nothing where it can."""
        why = self._opened.active.why_no_mark
        if why is not None:
            self._opened.failed.emit(why)

    def rename(self, uid: str, label: str, onto: str = "") -> None:
        """Give a measurement another label, as one step of the history, or with the step `onto`. Its numbers stay.

        What waits is put first, and nobody waits for it.
        """
        self.awaited.do((), partial(self._rename, uid, label, onto))

    def _rename(self, uid: str, label: str, onto: str) -> None:
        before = self._opened.measurements.get(uid)
        if before is not None and before.measurement.label != label:
            renamed = replace(before.measurement, label=label, updated_at=datetime.now(UTC))
            self._do("Rename", before, replace(before, measurement=renamed), onto)

    def remove(self, uid: str) -> None:
        """Delete a measurement, as one step of the history, after what waits is put."""
        self.awaited.do((), partial(self._remove, uid))

    def _remove(self, uid: str) -> None:
        before = self._opened.measurements.get(uid)
        if before is not None:
            self._do("Delete", before, None)

    def calibrate(self, uid: str, length_mm: float, *, whole_series: bool, author: str) -> None:
        """Let the line of a distance be `length_mm` long, and all lengths of its image, or series, follow, as one step.

        CaliperError where the line cannot tell a scale, see `Calibrations.drawn`; told by `failed` of the study
        where something waits, which comes first.
        """
        self.awaited.do((), partial(self._calibrate_by, uid, length_mm, whole_series, author))

    def _calibrate_by(self, uid: str, length_mm: float, whole_series: bool, author: str) -> None:
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
        self.awaited.do((), partial(self._calibrate, "Remove calibration", calibration, None))

    def _calibrate(self, title: str, before: UserCalibration | None, after: UserCalibration | None) -> None:
        calibrations, records = self._opened.calibrations, self._opened.measurements.records
        effects = calibrations.effects(before, after, records, self.images)
        self.history.do(title, Change(before, after), *(Change(*effect) for effect in effects))

    def check_stored_numbers(self) -> None:
        """Once an image is there, its measurements must evaluate to the numbers they were stored with (C41).

        What takes longer than a moment goes on by itself; flags appear as they are known.
        """
        self._checks.look()

    def close(self) -> None:
        """Nobody asks for numbers any more; what waited is done."""
        self.awaited.settle()
        self._glimpses.close()
        self._checks.close()
        self.volumetry.close()

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

    def _do(self, title: str, before: Record | None, after: Record | None, onto: str = "") -> str:
        return self.history.do(title, Change(before, after), onto=onto)

    def _carry_out(self, changes: tuple[Change[Record], ...]) -> None:
        self._checks.look_anew(self._opened.measurements.carry_out(changes))

    def values(self, measurement: Measurement, images: Images) -> tuple[Value, ...]:
        """The numbers of a measurement from these images, by the scales in force; of a volume from its stack."""
        scales = self._opened.calibrations.scales(measurement)
        return self.volumetry.values(measurement) or evaluate(measurement, images, scales)

    def images(self, measurement: Measurement) -> dict[DrawnOn, PlanarImage]:
        """The pixels of all figures, as far as they are there; of a volume, once all images of its stack are."""
        if is_by_voxels(measurement) and self.volumetry.values(measurement) is None:
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


def _with_words(measurement: Measurement, drawn: Measurement, now: Measurement) -> Measurement:
    """What was made of `drawn`, with the label and look that this got `now`, where it was put in its turn."""
    given = {name: getattr(now, name) for name in _WORDS if getattr(measurement, name) == getattr(drawn, name)}
    return replace(measurement, **given)
