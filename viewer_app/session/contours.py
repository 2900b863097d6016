"""Marks that were drawn and have one label, to be made into a volume: outlines on slices, or three diameters.

The volume keeps copies of them, so that no number changes unseen; it knows which marks they are of.
"""

from __future__ import annotations

from dataclasses import replace

from viewer_app.errors import VolumeError
from viewer_app.imaging.geometry import vector
from viewer_app.measure.area import AreaKind
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.lying import to_patient
from viewer_app.measure.measurement import Figure, Measurement, Record
from viewer_app.session.study import OpenStudy

CHANGED = "its marks were changed since"
_DIAMETERS = ("distance", "two_diameters")
_OF_A_PIXEL = 0.1
"""A curve becomes straight pieces as fine as a screen needs them that shows each pixel of the image ten pixels wide."""


Marks = tuple[tuple[Figure, ...], tuple[str, ...]]
"""Copies of the figures of marks, and the UIDs of these."""


def contours_of_label(opened: OpenStudy, uid: str) -> Marks:
    """The outlines with the label of measurement `uid` on the stack of the active tile.

    Raises:
        VolumeError: `uid` encloses no area, there is one outline only, or the stack has no volumes.
    """
    found, stack = opened.measurements.get(uid), opened.stack
    if found is None or not _is_outline(found):
        raise VolumeError(
            "No outline is selected.", "Select one of those to make a volume of; give all the same label."
        )
    why = opened.measuring.volumetry.why_not(opened.active)
    if why is not None:
        raise why
    label, key = found.measurement.label, stack.key if stack is not None else ""
    mine = [each for each in opened.measurements.records if _is_outline(each) and each.measurement.label == label]
    mine = [each for each in mine if opened.measuring.stack_key(each.measurement.figures[0]) == key]
    figures = tuple(map(_contour, mine))
    if _is_flat(figures):
        raise VolumeError(
            f"Only one slice of this series has an outline labelled “{label}”." if label else "Only one slice has one.",
            "Draw outlines on further slices and give all the same label.",
        )
    return figures, tuple(each.measurement.uid for each in mine)


def diameters_of_label(opened: OpenStudy, uid: str) -> Marks:
    """The figures of the distances and two diameters with the label of measurement `uid`: three diameters in all.

    Raises:
        VolumeError: `uid` is none of these, or they are not three, or not all of one Frame of Reference in mm.
    """
    found = opened.measurements.get(uid)
    if found is None or found.measurement.kind not in _DIAMETERS:
        raise VolumeError("No diameter is selected.", "Select one of the three; give all the same label.")
    label = found.measurement.label
    drawn = [each.measurement for each in opened.measurements.records if each.measurement.kind in _DIAMETERS]
    mine = [each for each in drawn if each.label == label]
    figures = tuple(each.figures[0] for each in mine)
    count = sum(len(figure.points) for figure in figures) // 2
    if count != 3:
        raise VolumeError(
            f"An ellipsoid needs three diameters; {count} have this label.",
            "Draw two diameters and a distance, and give both the same label.",
        )
    if any(not one.plane.located for one in figures) or len({one.plane.frame_of_reference_uid for one in figures}) > 1:
        raise VolumeError("The diameters do not lie in one space in the patient.", "Draw them on images of one series.")
    return figures, tuple(each.uid for each in mine)


def marks_have_changed(opened: OpenStudy, made: Measurement) -> bool:
    """True where one of the marks it was made of was changed or deleted since, or another got their label."""
    return bool(made.made_of) and _as_now(opened, made)[0] != made.figures


def made_anew(opened: OpenStudy, made: Measurement, joining: str = "") -> Measurement:
    """The volume of its marks as they are now, and of the mark `joining`.

    These are those it was made of, without what was deleted, and the outlines that got the label of all these since.

    Raises:
        VolumeError: it was made of no marks, or too few of them are left.
    """
    if not made.made_of:
        raise VolumeError("This was not made of marks.", "Select a volume of contours, or an ellipsoid.")
    if joining and joining not in made.made_of:
        made = replace(made, made_of=(*made.made_of, joining))
    figures, uids = _as_now(opened, made)
    by_voxels = KINDS[made.kind].by_voxels
    if _is_flat(figures) if by_voxels else sum(len(figure.points) for figure in figures) != 6:
        left = f"{len(uids)} of the {len(made.made_of)} marks it was made of are left: too few for this volume."
        raise VolumeError(left, "Draw them anew and make a volume of these.")
    return replace(made, figures=figures, made_of=uids)


def left_behind(opened: OpenStudy) -> frozenset[str]:
    """UIDs of the volumes whose marks are others now."""
    found = (each.measurement for each in opened.measurements.records)
    return frozenset(each.uid for each in found if marks_have_changed(opened, each))


def may_join(opened: OpenStudy, uid: str, mark: Measurement) -> bool:
    """True where `uid` is a volume of contours, and `mark` an outline on an image of its stack."""
    found = opened.measurements.get(uid)
    if found is None or not _is_of_contours(found.measurement) or not _encloses(mark):
        return False
    key = opened.measuring.stack_key(mark.figures[0])
    return bool(key) and key == opened.measuring.stack_key(found.measurement.figures[0])


def label_of_marks(opened: OpenStudy, made: Measurement) -> str:
    """The label that all marks have that a volume was made of; "" where these have several."""
    found = [each for each in map(opened.measurements.get, made.made_of) if each is not None]
    labels = {each.measurement.label for each in found}
    return labels.pop() if len(labels) == 1 else ""


def _as_now(opened: OpenStudy, made: Measurement) -> Marks:
    found = [each for each in map(opened.measurements.get, made.made_of) if each is not None]
    found += _joined(opened, made)
    copied = _contour if KINDS[made.kind].by_voxels else _drawn
    return tuple(map(copied, found)), tuple(each.measurement.uid for each in found)


def _joined(opened: OpenStudy, made: Measurement) -> list[Record]:
    """The outlines that are not yet of a volume of contours and have the label of all that are."""
    label = label_of_marks(opened, made)
    if not label or not _is_of_contours(made):
        return []
    named = [one for one in opened.measurements.records if one.measurement.label == label and _is_outline(one)]
    return [
        one for one in named if one.measurement.uid not in made.made_of and may_join(opened, made.uid, one.measurement)
    ]


def _is_of_contours(made: Measurement) -> bool:
    return bool(made.made_of) and KINDS[made.kind].by_voxels


def _drawn(record: Record) -> Figure:
    return record.measurement.figures[0]


def _is_flat(figures: tuple[Figure, ...]) -> bool:
    return len({figure.reference for figure in figures}) < 2


def _is_outline(record: Record) -> bool:
    return _encloses(record.measurement)


def _encloses(drawn: Measurement) -> bool:
    return isinstance(KINDS.get(drawn.kind), AreaKind) and drawn.reference is not None


def _contour(record: Record) -> Figure:
    drawn = record.measurement
    figure, kind = drawn.figures[0], KINDS[drawn.kind]
    (line,) = kind.outline(figure.plane.in_plane(figure.points), _OF_A_PIXEL * min(figure.plane.spacing)).lines
    points = to_patient(figure.plane, line[:-1] if (line[0] == line[-1]).all() else line)
    return Figure(figure.plane, tuple(vector(point) for point in points), figure.reference)
