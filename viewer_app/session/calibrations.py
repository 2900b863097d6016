"""The user's calibrations of the opened study: their one owner, and what a change of them does to measurements."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

from PySide6.QtCore import QObject, Signal

from viewer_app.errors import CaliperError
from viewer_app.imaging.geometry import Plane
from viewer_app.imaging.headers import Image
from viewer_app.imaging.stacks import Stack
from viewer_app.measure.calibrate import Scales
from viewer_app.measure.evaluate import rescaled
from viewer_app.measure.kind import Images
from viewer_app.measure.kinds import DRAWN
from viewer_app.measure.measurement import Measurement, Record, Reference
from viewer_app.measure.user_calibration import (
    Basis,
    Pixel,
    UserCalibration,
    calibrated_plane,
    checked,
    in_force,
    refuse_known_geometry,
)
from viewer_app.session.history import Change
from viewer_app.store import StoredCalibration

_DAMAGED = (
    "A stored calibration of this study is damaged and gives no scale: numbers that follow it are marked. "
    "Draw its line again."
)

FindImage = Callable[[Reference], tuple[Stack, int] | None]


class Calibrations(QObject):
    """Calibrations by UID. Changes come through the history; the figures they are about stay as they were drawn."""

    changed = Signal(object, object)
    """The calibration before and after; None where it was not, or is no longer, there."""

    reset = Signal()
    """All calibrations are new: the stored ones have been read."""

    def __init__(self, find_image: FindImage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._find_image = find_image
        self._known: dict[str, UserCalibration] = {}
        self.damaged: tuple[str, ...] = ()
        """UIDs of stored calibrations that are no longer what was written, and give no scale."""

    @property
    def all(self) -> tuple[UserCalibration, ...]:
        """All calibrations, oldest first."""
        return tuple(sorted(self._known.values(), key=lambda each: each.created_at))

    def load(
        self, stored: Iterable[StoredCalibration], wished: Mapping[str, UserCalibration | None] = MappingProxyType({})
    ) -> str:
        """Take over what the store holds, and what is `wished` by UID to be in it; a sentence for what is damaged."""
        found = tuple(stored)
        sound = {item.uid: item.calibration for item in found if item.calibration is not None}
        now = {**sound, **self._known, **wished}
        self._known = {uid: calibration for uid, calibration in now.items() if calibration is not None}
        self.damaged = tuple(item.uid for item in found if item.calibration is None)
        self.reset.emit()
        return _DAMAGED if self.damaged else ""

    def carry_out(self, changes: Iterable[Change[UserCalibration]]) -> None:
        """Make the changes; for the history."""
        for change in changes:
            self._known = self._with(change.before, change.after)
            self.changed.emit(change.before, change.after)

    def of(self, reference: Reference) -> UserCalibration | None:
        """The calibration that lengths on an image follow; None where they follow the file."""
        return self._of(reference, self._known)

    def plane(self, reference: Reference, plane: Plane) -> Plane:
        """The plane that lengths on an image follow: for scale bars and words. Marks lie on the file's own `plane`."""
        return calibrated_plane(plane, self.of(reference))

    def scales(self, measurement: Measurement) -> Scales:
        """What to evaluate a measurement by."""
        return self._scales(measurement, self._known)

    def drawn(
        self, reference: Reference, line: tuple[Pixel, Pixel], length_mm: float, *, whole_series: bool, author: str
    ) -> tuple[UserCalibration | None, UserCalibration]:
        """What a line of known length would change: the calibration of that scope so far, and the new one.

        Nothing is changed yet. CaliperError where the image's geometry is known, where it is not in the
        study, and for a line or a length that cannot be right.
        """
        image = self.without_scale(reference)
        made = checked(
            UserCalibration(
                str(uuid.uuid4()), reference, whole_series, Basis.of(image), line, length_mm, author, datetime.now(UTC)
            )
        )
        before = next((each for each in self.all if (each.scope, each.basis) == (made.scope, made.basis)), None)
        return before, made if before is None else replace(made, uid=before.uid)

    def without_scale(self, reference: Reference) -> Image:
        """The image, whose scale a user may give; CaliperError for any other."""
        image = self._image(reference)
        if image is None:
            raise CaliperError("This image is not in the study that is open.", "Draw the line on an image of it.")
        refuse_known_geometry(image)
        return image

    def effects(
        self,
        before: UserCalibration | None,
        after: UserCalibration | None,
        records: Iterable[Record],
        images_of: Callable[[Measurement], Images],
    ) -> tuple[tuple[Record, Record], ...]:
        """The records whose numbers `after` instead of `before` makes others, each before and after.

        They belong into the same step of the history. `images_of` gives the images that have arrived.
        """
        then = self._with(before, after)
        found = []
        for record in (record for record in records if record.measurement.kind in DRAWN):
            drawn = record.measurement
            scales = self._scales(drawn, then)
            if scales != self._scales(drawn, self._known):
                found.append((record, rescaled(record, images_of(drawn), scales)))
        return tuple(found)

    def _with(self, before: UserCalibration | None, after: UserCalibration | None) -> dict[str, UserCalibration]:
        kept = {uid: each for uid, each in self._known.items() if before is None or uid != before.uid}
        return kept if after is None else kept | {after.uid: after}

    def _of(self, reference: Reference, known: dict[str, UserCalibration]) -> UserCalibration | None:
        image = self._image(reference) if known else None
        return None if image is None else in_force(known.values(), reference, image)

    def _scales(self, measurement: Measurement, known: dict[str, UserCalibration]) -> Scales:
        references = dict.fromkeys(figure.reference for figure in measurement.figures if figure.reference)
        found = {reference: self._of(reference, known) for reference in references}
        return {reference: each.scale for reference, each in found.items() if each is not None}

    def _image(self, reference: Reference) -> Image | None:
        place = self._find_image(reference)
        return None if place is None else place[0].images[place[1]]
