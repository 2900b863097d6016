"""The measurements of the opened study: the one owner of their records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from viewer_app.imaging.geometry import Floats, Plane
from viewer_app.measure.kinds import is_by_voxels
from viewer_app.measure.measurement import Record, Reference
from viewer_app.session.history import Change


class Measurements(QObject):
    """Records by measurement UID, in the order of drawing."""

    changed = Signal(object, object)
    """The record before and after; None where it was not, or is no longer, there."""

    reset = Signal()
    """Many records are new: another study, the stored ones have been read, or one step changed several."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._records: dict[str, Record] = {}
        self._sorted: tuple[Record, ...] | None = None
        self._volumes: tuple[Record, ...] | None = None
        self._places: dict[Reference | None, list[int]] | None = None
        self._first_points: tuple[NDArray[np.int64], Floats] | None = None
        self._differing: set[str] = set()

    @property
    def records(self) -> tuple[Record, ...]:
        """All records, oldest first."""
        if self._sorted is None:
            self._sorted = tuple(sorted(self._records.values(), key=lambda record: record.measurement.created_at))
        return self._sorted

    @property
    def volumes(self) -> tuple[Record, ...]:
        """The records of volumes that are of voxels, oldest first: every frame asks for them."""
        if self._volumes is None:
            self._volumes = tuple(record for record in self.records if is_by_voxels(record.measurement))
        return self._volumes

    def get(self, uid: str) -> Record | None:
        """The record of a measurement."""
        return self._records.get(uid)

    def on_image(self, reference: Reference) -> tuple[Record, ...]:
        """The records drawn on one image, oldest first."""
        return tuple(record for record in self.concerning(reference) if record.measurement.reference == reference)

    def concerning(self, reference: Reference | None) -> tuple[Record, ...]:
        """The records with a figure drawn on that image, or on a reconstructed plane, oldest first."""
        if self._places is None:
            self._places = {}
            for place, record in enumerate(self.records):
                for source in {figure.reference for figure in record.measurement.figures}:
                    self._places.setdefault(source, []).append(place)
        found = {*self._places.get(reference, ()), *self._places.get(None, ())}
        return tuple(self.records[place] for place in sorted(found))

    def near(self, plane: Plane, distance: float) -> tuple[Record, ...]:
        """The records with a figure that begins nearer than that to a plane, in its unit, oldest first.

        What lies on a plane is among them: one look at all first points leaves out nearly everything else.
        """
        if self._first_points is None:
            figures = [(place, one) for place, record in enumerate(self.records) for one in record.measurement.figures]
            places = np.array([place for place, _ in figures], dtype=np.int64)
            self._first_points = places, np.array([one.points[0] for _, one in figures]).reshape(-1, 3)
        places, points = self._first_points
        found = np.unique(places[np.abs(plane.height(points)) < distance])
        return tuple(self.records[place] for place in found.tolist())

    def load(self, records: Iterable[Record], differing: Iterable[str] = ()) -> None:
        """Take over what the store holds, and which of it is doubtful."""
        self._records = {record.measurement.uid: record for record in records}
        self._sorted, self._volumes, self._places, self._first_points = None, None, None, None
        self._differing = set(differing)
        self.reset.emit()

    def carry_out(self, changes: Sequence[Change[Record]]) -> set[str]:
        """Make the changes, one told as itself, several at once as a reset; the UIDs they are of."""
        for change in changes:
            self._put(change.before, change.after)
        if len(changes) == 1:
            self.changed.emit(changes[0].before, changes[0].after)
        else:
            self.reset.emit()
        return {record.measurement.uid for each in changes if (record := each.after or each.before) is not None}

    def differs(self, uid: str) -> bool:
        """True if the stored number of a measurement is not what its image gives now (C41)."""
        return uid in self._differing

    def flag(self, record: Record) -> None:
        """Tell from now on that the stored number of `record` does not agree with its image."""
        self._differing.add(record.measurement.uid)
        self.changed.emit(record, record)

    def _put(self, before: Record | None, after: Record | None) -> None:
        """Put `after` in the place of `before`. Drawing it anew ends a doubt, another label does not."""
        self._sorted, self._places, self._first_points = None, None, None
        if any(each is not None and is_by_voxels(each.measurement) for each in (before, after)):
            self._volumes = None
        if after is not None:
            self._records[after.measurement.uid] = after
            if before is not None and _drawn(before) != _drawn(after):
                self._differing.discard(after.measurement.uid)
        elif before is not None:
            self._records.pop(before.measurement.uid, None)


def _drawn(record: Record) -> object:
    return record.measurement.figures, record.measurement.region
