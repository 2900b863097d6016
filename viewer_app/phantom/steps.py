"""P6: stacks that are tilted, that have a gap or a jitter, or whose pitch changes (C12, C13)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from pydicom.dataset import FileDataset

from viewer_app.imaging.geometry import Vector, vector
from viewer_app.phantom.blocks import axial_plane, stack, uneven

TILTS_DEG = (-30.0, -15.0, 0.0, 15.0, 30.0)
COUNT, STEP_MM = 20, 2.0


def tilted(degrees: float, step_mm: float = STEP_MM, count: int = COUNT) -> list[FileDataset]:
    """Slices of a gantry that leans back by `degrees`, while the table moves along z by `step_mm`.

    The distance of their planes is step * cos(tilt): 1.932 mm for 15 degrees and 2 mm.
    """
    lean, name = math.radians(degrees), f"tilt {degrees:g}"
    plane = replace(
        axial_plane((0.0, 0.0, 0.0), 0.5, 0.5, name), column_direction=(0.0, math.cos(lean), math.sin(lean))
    )
    stored = [np.full((8, 8), 1024 + 10 * k, dtype=np.uint16) for k in range(count)]
    return stack(stored, plane, [(0.0, 0.0, step_mm * k) for k in range(count)], name)


def with_gap(first: int = 7, missing: int = 2) -> list[FileDataset]:
    """Even slices, of which `missing` from number `first` (from 0) on are not there."""
    kept = [k for k in range(COUNT) if not first <= k < first + missing]
    return uneven([(0.0, 0.0, STEP_MM * k) for k in kept], f"gap {first} {missing}")


def with_jitter(off_mm: float, axis: int = 2) -> list[FileDataset]:
    """Even slices, of which every second one is moved by `off_mm` along a patient axis (0, 1, 2)."""
    places = np.zeros((COUNT, 3))
    places[:, 2] = np.arange(COUNT) * STEP_MM
    places[1::2, axis] += off_mm
    return uneven(_vectors(places), f"jitter {off_mm:g} {axis}")


def with_changing_pitch(steps_mm: tuple[float, ...] = (2.0,) * 8 + (5.0,) * 8) -> list[FileDataset]:
    """Slices at these distances, as a head scan has them: thin at the base of the skull, thick above."""
    places = np.zeros((len(steps_mm) + 1, 3))
    places[1:, 2] = np.cumsum(steps_mm)
    return uneven(_vectors(places), "pitch")


def _vectors(places: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[Vector]:
    return [vector(place) for place in places]
