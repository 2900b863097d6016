"""How much of the patient each slice of a stack stands for (C32)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from viewer_app.errors import VolumeError
from viewer_app.imaging.geometry import Calibration, Floats
from viewer_app.imaging.slices import heights
from viewer_app.imaging.stacks import Stack

# What leaves slices without a slab of their own, as the geometry report calls it.
_REFUSED = ("single", "no place", "one place", "4D", "repeat")
_SAME_PLACE_MM = 0.01
_ADVICE = "Measure it on a series of parallel images, each at a place of its own; or take an ellipsoid."


@dataclass(frozen=True, slots=True)
class Slabs:
    """`thicknesses_mm`, one for each slice; `notes` are sentences where they are not all alike."""

    thicknesses_mm: tuple[float, ...]
    notes: tuple[str, ...] = ()


def slabs_of(stack: Stack) -> Slabs:
    """Each slab reaches half way to the slices beside it, measured along the normal from Image Position (Patient).

    The first and the last reach as far outwards as they do inwards. Slice Thickness and Spacing Between Slices are
    not used.

    Raises:
        VolumeError: no millimetres, no place in the patient, a single image, or several of one place.
    """
    _refuse(stack)
    steps = np.abs(np.diff(heights(stack)))
    if steps.min() <= _SAME_PLACE_MM:
        raise VolumeError("Several images show the same place: no volume.", _ADVICE)
    outwards = np.concatenate([steps[:1], steps, steps[-1:]])
    thicknesses: Floats = (outwards[:-1] + outwards[1:]) / 2
    return Slabs(tuple(thicknesses.tolist()), _notes(stack, thicknesses))


def _refuse(stack: Stack) -> None:
    if stack.images[0].plane.unit != "mm":
        raise VolumeError("The images have no scale: no volume.", "Calibrate them, or choose another series.")
    if stack.images[0].plane.calibration is Calibration.LOCALIZER:
        raise VolumeError("A localizer is a projection: no volume.", _ADVICE)
    for finding in stack.report.findings:
        if finding.kind in _REFUSED:
            raise VolumeError(f"{finding.what} A volume needs the distance of slices.", _ADVICE)


def _notes(stack: Stack, thicknesses: Floats) -> tuple[str, ...]:
    gaps = [finding.what for finding in stack.report.findings if finding.kind == "gap"]
    notes = [f"{what} The slices beside count half way across." for what in gaps]
    if stack.report.is_volume or np.ptp(thicknesses) <= _SAME_PLACE_MM:
        return tuple(notes)
    low, high = float(thicknesses.min()), float(thicknesses.max())
    return (f"Uneven slices: each counts with its own slab, {low:.2f} to {high:.2f} mm.", *notes)
