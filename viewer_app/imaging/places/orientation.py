"""Where the edges of an image lie in the patient, by coordinates or by Patient Orientation (C37; PS3.3 C.7.6.1.1.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from viewer_app.imaging.geometry import Plane, orientation_letters
from viewer_app.imaging.headers import Frame
from viewer_app.imaging.places.scale import Doubts
from viewer_app.imaging.reading import tags
from viewer_app.imaging.reading.groups import Groups

Edges = tuple[str, str, str, str]
"""The words at the left, right, top and bottom edge of an image."""

_NONE: Edges = ("", "", "", "")
_BIPED = {"L": "R", "R": "L", "A": "P", "P": "A", "H": "F", "F": "H"}
# The back of a paw faces its palm or its sole, and the file does not say which.
_QUADRUPED = {
    "LE": "RT", "RT": "LE", "CR": "CD", "CD": "CR", "PR": "DI", "DI": "PR", "PA": "D", "PL": "D", "D": "V", "V": "D",
    "R": "CD", "M": "L", "L": "M",
}  # fmt: skip
_LIMB = frozenset({"PR", "DI"})

_CONTRADICTION = "Orientation unknown: {said} contradicts the coordinates."
_IMPOSSIBLE = "Patient Orientation {said} is impossible and not used."
_ANIMAL = "Orientation unknown: an animal without Patient Orientation."


def frame_orientation(groups: Groups, number: int, plane: Plane) -> tuple[Edges | None, Doubts]:
    """What `Frame.orientation` is for a frame on `plane`, and what is wrong with what the file says."""
    said = tags.text(groups.holder(number, "PatientOrientationInFrameSequence"), "PatientOrientation")
    is_animal = tags.text(groups.dataset, "AnatomicalOrientationType") == "QUADRUPED"
    if not said:
        return (_NONE, (_ANIMAL,)) if is_animal and plane.located else (None, ())
    edges = _said_edges(said, is_animal)
    if edges is None:
        return (_NONE if is_animal else None), (_IMPOSSIBLE.format(said=said[:32]),)
    if is_animal or not plane.located:
        return edges, ()
    directions = (plane.row_direction, plane.column_direction)
    if all(word[0] in orientation_letters(way) for word, way in zip(edges[1::2], directions, strict=True)):
        return None, ()
    return _NONE, (_CONTRADICTION.format(said=said[:32]),)


def edge_letters(frame: Frame) -> Edges | None:
    """What to write at the edges of the image, None where its orientation is unknown."""
    if frame.orientation is not None:
        return frame.orientation if any(frame.orientation) else None
    if not frame.plane.located:
        return None
    row, column = np.asarray(frame.plane.row_direction), np.asarray(frame.plane.column_direction)
    left, right, top, bottom = (orientation_letters(way) for way in (-row, row, -column, column))
    return left, right, top, bottom


def turned(edges: Edges | None, flipped: bool, quarter_turns: int) -> Edges | None:
    """The words at the edges of a picture mirrored left to right if `flipped`, then turned clockwise."""
    if edges is None:
        return None
    left, right, top, bottom = edges
    if flipped:
        left, right = right, left
    for _ in range(quarter_turns % 4):
        left, top, right, bottom = bottom, left, top, right
    return left, right, top, bottom


@lru_cache(maxsize=256)
def _said_edges(said: str, is_animal: bool) -> Edges | None:
    """The edges for the two values of Patient Orientation; None where they cannot be true."""
    opposites = _QUADRUPED if is_animal else _BIPED
    words = [value.strip() for value in said.split("\\")]
    parts = [_split(word, opposites) for word in words]
    if len(words) != 2 or not all(parts) or any(opposites[one] in part for part in parts for one in part):
        return None
    (across, *_), (down, *_) = parts
    if down in (across, opposites[across]):
        return None
    is_limb = bool(_LIMB & {*parts[0], *parts[1]})
    left, top = ("" if is_limb and "D" in part else "".join(opposites[one] for one in part) for part in parts)
    return left, words[0], top, words[1]


def _split(value: str, known: Mapping[str, str]) -> list[str]:
    """ "LECR" as ["LE", "CR"]; [] where a part is unknown or comes twice."""
    names = "|".join(sorted(known, key=len, reverse=True))
    parts = re.findall(names, value) if re.fullmatch(f"(?:{names}){{1,3}}", value) else []
    return parts if len(set(parts)) == len(parts) else []
