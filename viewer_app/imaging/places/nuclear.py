"""Places of the frames of a Nuclear Medicine image (PS3.3 C.8.4.8, C.8.4.11, C.8.4.15)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydicom import Dataset

from viewer_app.imaging.geometry import vector
from viewer_app.imaging.places.position import Place, right_place
from viewer_app.imaging.places.scale import Doubts, valid_spacing
from viewer_app.imaging.reading import tags
from viewer_app.imaging.reading.groups import Groups

NM_CLASSES = frozenset({"1.2.840.10008.5.1.4.1.1.20", "1.2.840.10008.5.1.4.1.1.5"})
_RECONSTRUCTED = frozenset({"RECON TOMO", "RECON GATED TOMO"})

_STACKED = "Slices are placed by Spacing Between Slices (nuclear medicine)."
_UNPLACED = "The file does not prove where its slices lie in the patient."
PLANAR = "A planar nuclear image: lengths hold at the detector."


def is_reconstructed(dataset: Dataset) -> bool:
    """True for slices, False for planar images and the raw projections of a tomography (Image Type, value 3)."""
    parts = tags.text(dataset, "ImageType").split("\\")
    return len(parts) > 2 and parts[2] in _RECONSTRUCTED


def reconstructed_place(groups: Groups, number: int) -> tuple[Place | None, Doubts]:
    """Where the reconstructed slice of frame `number` (from 1) lies; the first frame has the place of its detector.

    Slices follow along the normal by Spacing Between Slices, whose sign tells the way.
    """
    first = _first_place(groups)
    steps = _steps(groups.dataset, number)
    if first is None or steps is None:
        return None, (_UNPLACED,)
    position, orientation = first
    normal = np.cross(orientation[:3], orientation[3:])
    moved = np.asarray(position) + steps * normal / np.linalg.norm(normal)
    return (vector(moved), orientation), (_STACKED,) if _frames(groups.dataset) > 1 else ()


def _first_place(groups: Groups) -> Place | None:
    """Of the only detector; a reconstruction that names several places says nothing."""
    items = tags.items(groups.dataset, "DetectorInformationSequence")
    if len(items) > 1:
        return None
    holder = items[0] if items and "ImagePositionPatient" in items[0] else groups.dataset
    return right_place(holder, holder)[0]


def _steps(dataset: Dataset, number: int) -> float | None:
    """How far, in mm along the normal, frame `number` lies from the first; None where that is not known."""
    if _frames(dataset) == 1:
        return 0.0
    slices = tags.value(dataset, "SliceVector")
    spacing = tags.number(dataset, "SpacingBetweenSlices")
    if spacing is None or valid_spacing((abs(spacing), abs(spacing))) is None:
        return None
    if not isinstance(slices, Sequence) or len(slices) != _frames(dataset) or slices[0] != 1:
        return None
    index = slices[number - 1]
    return (index - 1) * spacing if isinstance(index, int) and index > 0 else None


def _frames(dataset: Dataset) -> int:
    return tags.integer(dataset, "NumberOfFrames") or 1
