"""Where a mark lies on another image: the same place in the patient, or nowhere.

Images of one series share their Frame of Reference (PS3.3 C.7.4.1), named or not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from viewer_app.errors import CaliperError
from viewer_app.imaging.geometry import Plane, vector
from viewer_app.imaging.slices import are_parallel
from viewer_app.measure.measurement import Figure, Measurement, Reference

PARALLEL_DEG = 0.1
"""Projecting along a normal that is off by so much shortens a length by less than two millionths."""


@dataclass(frozen=True, slots=True)
class Spot:
    """An image a mark may be put on; `shape` is (rows, columns)."""

    reference: Reference
    plane: Plane
    shape: tuple[int, int]


def figure_on(measurement: Measurement, spot: Spot) -> Figure:
    """The mark's figure at the same place in the patient on another image, along the normal of its plane.

    CaliperError where the images share no Frame of Reference, are not parallel, or
    where all of the mark would lie beside the image. Images without a place in the
    patient take the pixels of another frame of their own file, of no other image.
    """
    if len(measurement.figures) != 1:
        raise CaliperError("This mark lies on several images.", "Copy marks that lie on one image.")
    (figure,) = measurement.figures
    for is_so, what, advice in _REFUSALS:
        if is_so(figure, spot):
            raise CaliperError(what, advice)
    points = figure.points
    if figure.plane != spot.plane:
        points = tuple(map(vector, spot.plane.to_patient(spot.plane.to_pixels(points))))
    moved = Figure(spot.plane, points, spot.reference)
    if _is_beside(moved, spot.shape):
        raise CaliperError("The mark would lie beside this image.", "Copy it to an image that shows its place.")
    return moved


def _is_beside(figure: Figure, shape: tuple[int, int]) -> bool:
    """All of the box around the points lies outside the image, whose edges are half a pixel outside."""
    pixels = figure.plane.to_pixels(figure.points)
    low, high = pixels.min(axis=0), pixels.max(axis=0)
    rows, columns = shape
    return bool(np.any(high < -0.5) or np.any(low > np.array([columns, rows]) - 0.5))


def _is_of_another_image(figure: Figure, spot: Spot) -> bool:
    """One of the two has no place in the patient, and they are not frames of one file on one grid."""
    if figure.plane.located and spot.plane.located:
        return False
    ours = figure.reference.sop_instance_uid if figure.reference is not None else ""
    return figure.plane != spot.plane or ours != spot.reference.sop_instance_uid


def _is_of_another_frame(figure: Figure, spot: Spot) -> bool:
    if not spot.plane.located:
        return False
    ours, theirs = figure.plane.frame_of_reference_uid, spot.plane.frame_of_reference_uid
    series_uid = figure.reference.series_uid if figure.reference is not None else ""
    return ours != theirs or (not ours and series_uid != spot.reference.series_uid)


def _is_tilted(figure: Figure, spot: Spot) -> bool:
    return not are_parallel(figure.plane, spot.plane, PARALLEL_DEG)


_REFUSALS: tuple[tuple[Callable[[Figure, Spot], bool], str, str], ...] = (
    (
        _is_of_another_image,
        "The images do not say where in the patient they lie, so the mark has no place on this one.",
        "Draw it on this image.",
    ),
    (
        _is_of_another_frame,
        "The images are not of one Frame of Reference: the same numbers are another place in the patient.",
        "Draw it on this image.",
    ),
    (_is_tilted, "This image is not parallel to that of the mark.", "Copy it to images of the same orientation."),
)
