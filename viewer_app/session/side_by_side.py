"""Volumes of one label side by side, each with its rule and its difference from the first."""

from __future__ import annotations

from dataclasses import dataclass, replace

from viewer_app.errors import VolumeError
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Record
from viewer_app.measure.quantity import Dimension, Value
from viewer_app.measure.volumes import millilitres
from viewer_app.session.study import OpenStudy


@dataclass(frozen=True, slots=True)
class Row:
    """A volume in ml, how far it may be off, and its difference from the first row in per cent of that.

    None where it is not known; the first has no difference. `rule` says which voxels it has, or how it is reckoned.
    """

    title: str
    ml: float | None
    bound_ml: float | None
    difference_percent: float | None
    rule: str
    note: str = ""


def volumes_of_label(opened: OpenStudy, uid: str) -> tuple[Row, ...]:
    """The volumes with the label of measurement `uid`, that one first, then as they were drawn.

    Raises:
        VolumeError: `uid` is no volume.
    """
    found = opened.measurements.get(uid)
    if found is None or _volume(found) is None:
        raise VolumeError("No volume is selected.", "Select one of those to compare; give all the same label.")
    label = found.measurement.label
    others = (each for each in opened.measurements.records if each.measurement.label == label and each is not found)
    volumes = [(each, value) for each in (found, *others) if (value := _volume(each)) is not None]
    first = millilitres(volumes[0][1])
    return tuple(_row(each, value, first if place else None) for place, (each, value) in enumerate(volumes))


def _volume(record: Record) -> Value | None:
    main = record.values[0] if record.values else None
    return main if main is not None and main.dimension is Dimension.VOLUME else None


def _row(record: Record, value: Value, first: float | None) -> Row:
    ml, kind = millilitres(value), KINDS[record.measurement.kind]
    bound = None if value.uncertainty is None else millilitres(replace(value, number=value.uncertainty))
    difference = 100.0 * (ml / first - 1.0) if ml is not None and first else None
    rule = value.provenance.partition("; ")[2] or "π / 6 x the three diameters"
    return Row(kind.title, ml, bound, difference, rule, value.note)
