"""Turning and flipping a picture: which one may be, what it then is, and how that is told (C38, IHE BIR 25)."""

from __future__ import annotations

from dataclasses import replace

from viewer_app.imaging.headers import Image
from viewer_app.imaging.places.planes import PROJECTIONS
from viewer_app.imaging.stacks import Stack
from viewer_app.session.view import View

# Angiographic and craniofacial volumes, breast tomosynthesis: X-ray modalities that store sections (PS3.4 B.5).
_SECTION_CLASSES = "1.2.840.10008.5.1.4.1.1.13.1."
# Words of Image Type with which sections are marked that are stored as plain X-ray or secondary capture images.
_SECTION_WORDS = frozenset({"VOLUME", "MPR", "REFORMATTED", "TOMOSYNTHESIS", "RECON TOMO"})

_WORDS = {
    (False, 0): "",
    (False, 1): "Rotated 90° clockwise",
    (False, 2): "Rotated 180°",
    (False, 3): "Rotated 90° counterclockwise",
    (True, 0): "Flipped left to right",
    (True, 1): "Flipped left to right, then rotated 90° clockwise",
    (True, 2): "Flipped top to bottom",
    (True, 3): "Flipped left to right, then rotated 90° counterclockwise",
}


def may_turn(stack: Stack, index: int) -> bool:
    """True for a projection, which no coordinates hold upright; a section is turned in advanced mode only."""
    return _is_projection(stack.images[index])


def turned_right(view: View) -> View:
    """The picture turned clockwise by 90°."""
    return _turned(view, 1)


def turned_left(view: View) -> View:
    """The picture turned counterclockwise by 90°."""
    return _turned(view, -1)


def flipped(view: View) -> View:
    """What is seen mirrored left to right, however it has been turned."""
    # A turn followed by a flip is the flip followed by the opposite turn.
    return replace(view, flipped=not view.flipped, quarter_turns=-view.quarter_turns % 4)


def as_acquired(view: View) -> View:
    """The picture neither turned nor flipped."""
    return replace(view, flipped=False, quarter_turns=0)


def turn_words(is_flipped: bool, quarter_turns: int) -> str:
    """How a picture differs from what was acquired: "Rotated 180°"; "" where it does not."""
    return _WORDS[is_flipped, quarter_turns % 4]


def _turned(view: View, quarter_turns: int) -> View:
    return replace(view, quarter_turns=(view.quarter_turns + quarter_turns) % 4)


def _is_projection(image: Image) -> bool:
    instance = image.instance
    return (
        instance.series.modality in PROJECTIONS
        and not image.plane.located
        and not instance.sop_class_uid.startswith(_SECTION_CLASSES)
        and _SECTION_WORDS.isdisjoint(instance.details.get("ImageType", "").split("\\"))
    )
