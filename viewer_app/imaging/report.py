"""Is a stack a volume? The geometry report, in words a radiographer can act on (C11-C13)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from viewer_app.imaging.geometry import Floats, Plane

_STEP_TOLERANCE = 0.01
_STEP_TOLERANCE_MM = 0.01
_TILT_TOLERANCE_DEG = 0.1


@dataclass(frozen=True, slots=True)
class GeometryReport:
    """What the positions of a stack's slices say.

    `is_volume`: evenly spaced, so that it may be reconstructed; `step_mm` is the
    distance between neighbouring slice planes along the normal (0 when there is
    none); `tilt_deg` the angle between the slice-to-slice vector and the normal.
    `warnings` are sentences for the user, most important first; `notes` explain.
    """

    is_volume: bool
    step_mm: float = 0.0
    tilt_deg: float = 0.0
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def geometry_report(planes: Sequence[Plane]) -> GeometryReport:
    """Judge slices that are sorted along their normal and share orientation, spacing and size."""
    if len(planes) < 2:
        return GeometryReport(False, notes=("A single image: no reconstruction.",))
    if not all(plane.located for plane in planes):
        return GeometryReport(False, notes=("Images without a position in the patient: no reconstruction.",))
    origins = np.array([plane.origin for plane in planes])
    steps = np.abs(np.diff(planes[0].height(origins)))
    apart = steps[steps > _STEP_TOLERANCE_MM]
    if not apart.size:
        return GeometryReport(False, notes=(f"All {len(planes)} images show the same place.",))
    step = float(np.median(apart))
    tilt = _tilt_deg(origins, planes[0])
    off = _off_mm(steps, origins)
    is_even = off <= min(_STEP_TOLERANCE * float(np.mean(steps)), _STEP_TOLERANCE_MM)
    warnings = (*_repeats(steps), *_gaps(steps, step))
    if not is_even and not warnings:
        warnings = (f"Uneven slices: up to {off:.3f} mm off their place.",)
    if tilt > _TILT_TOLERANCE_DEG:
        warnings = (*warnings, f"Gantry tilt {tilt:.1f}°.")
    return GeometryReport(is_even, step, tilt, warnings)


def _off_mm(steps: Floats, origins: Floats) -> float:
    """How far slices are off even steps and off their even place: small steps of one sign add up."""
    vectors = np.diff(origins, axis=0)
    strides = np.linalg.norm(vectors - vectors.mean(axis=0), axis=1)
    places = np.linalg.norm(origins - np.linspace(origins[0], origins[-1], len(origins)), axis=1)
    return max(float(np.max(off)) for off in (strides, places, np.abs(steps - np.mean(steps))))


def _tilt_deg(origins: Floats, plane: Plane) -> float:
    along = origins[-1] - origins[0]
    across = np.linalg.norm(np.cross(along, plane.normal))
    return math.degrees(math.atan2(float(across), abs(float(along @ np.asarray(plane.normal)))))


def _repeats(steps: Floats) -> tuple[str, ...]:
    repeated = int(np.count_nonzero(steps <= _STEP_TOLERANCE_MM))
    return (f"{repeated} {_plural(repeated, 'image repeats', 'images repeat')} a position.",) if repeated else ()


def _gaps(steps: Floats, step: float) -> tuple[str, ...]:
    uneven = steps[(steps > _STEP_TOLERANCE_MM) & (np.abs(steps - step) > _STEP_TOLERANCE * step)]
    if not uneven.size:
        return ()
    multiples = np.rint(uneven / step)
    whole = (multiples >= 2) & (np.abs(uneven - multiples * step) <= 2 * _STEP_TOLERANCE * step)
    missing = int(np.sum(multiples - 1))
    if whole.all() and missing <= len(steps):
        return (f"{missing} {_plural(missing, 'slice', 'slices')} missing.",)
    return (f"Uneven slice distance: {float(np.min(steps)):.2f} to {float(np.max(steps)):.2f} mm.",)


def _plural(count: int, one: str, many: str) -> str:
    return one if count == 1 else many
