"""What a reader of a view must know beside it, in amber: warnings, and what the view is not."""

from __future__ import annotations

from collections.abc import Sequence

from viewer_app.imaging.mpr import mpr_notes, resampled_badge
from viewer_app.session.tile import Tile
from viewer_app.session.turning import turn_words
from viewer_app.ui.views.camera import Camera
from viewer_app.ui.views.corner_text import date_text

_MOST_BADGES = 3
_MARKS_HIDDEN = "Marks hidden (Alt+H)"


def badges_of(tile: Tile, camera: Camera, of_image: Sequence[str], *, marks_hidden: bool) -> tuple[str, ...]:
    """All of them at every density, the gravest first, with those `of_image` among them; no more than can be read."""
    badges = (
        *_resampled_badge(tile),
        *_turn_badge(camera),
        *_study_badge(tile),
        *_link_badge(tile),
        *((_MARKS_HIDDEN,) if marks_hidden else ()),
        *_reconstruction(tile),
        *of_image,
        *_pixel_doubts(tile),
        *_drawing_problems(tile),
    )
    return most_important(tuple(dict.fromkeys(badges)))


def most_important(badges: Sequence[str]) -> tuple[str, ...]:
    """The first few, and how many there are beyond: what fills the image is read by nobody."""
    more = len(badges) - _MOST_BADGES
    if more <= 0:
        return tuple(badges)
    return (*badges[:_MOST_BADGES], f"{more} more … (About this series, Alt+Return)")


def _resampled_badge(tile: Tile) -> tuple[str, ...]:
    """Before all others, at every density: the values between the slices are made (C12)."""
    return (resampled_badge(tile.stack),) if tile.is_resampled and tile.stack is not None else ()


def _turn_badge(camera: Camera) -> tuple[str, ...]:
    """Before all others, and at every density: it must not be lost among them (C38)."""
    words = turn_words(camera.flipped, camera.quarter_turns)
    return (words,) if words else ()


def _study_badge(tile: Tile) -> tuple[str, ...]:
    """At every density: the picture is of another day than the study it is beside."""
    if not tile.is_prior:
        return ()
    other, opened = tile.study.info.date, tile.opened.study.info.date
    name = "Other study" if other == opened else "Prior study" if other < opened else "Newer study"
    return (f"{name} {date_text(other)}".strip(),)


def _link_badge(tile: Tile) -> tuple[str, ...]:
    """How the slices are linked to those of another viewport, where it is not as expected."""
    words = tile.opened.together.words(tile.view.place)
    return (words,) if words else ()


def _reconstruction(tile: Tile) -> tuple[str, ...]:
    """What a reader of a reconstructed plane must know beside it."""
    volume, stack = tile.volume, tile.stack
    if tile.view.value.cut is None or volume is None or stack is None:
        return ()
    count = len(stack.images)
    missing = () if volume.is_complete else (f"Reconstructed from {volume.present} of {count} images",)
    return (*missing, *mpr_notes(stack))


def _pixel_doubts(tile: Tile) -> tuple[str, ...]:
    if tile.volume is None:
        return ()
    if tile.view.value.cut is not None:
        return tuple(dict.fromkeys(words for doubts in tile.volume.doubts.values() for words in doubts))
    return tile.volume.doubts.get(tile.view.value.index, ())


def _drawing_problems(tile: Tile) -> tuple[str, ...]:
    volume = tile.volume
    is_image = volume is not None and tile.view.value.cut is None
    overlays = volume.overlays.get(tile.view.value.index) if is_image and volume is not None else None
    return () if overlays is None else overlays.problems
