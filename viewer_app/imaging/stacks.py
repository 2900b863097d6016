"""Series to stacks: images of one size, orientation and scale that show each place once, sorted by place (C10, C11)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from viewer_app.imaging.geometry import Floats, Plane
from viewer_app.imaging.headers import Image, SeriesInfo
from viewer_app.imaging.objects import is_image
from viewer_app.imaging.reading_order import in_reading_order
from viewer_app.imaging.report import Finding, GeometryReport, geometry_report
from viewer_app.imaging.splitting import SAME_PLACE_MM, Split, split_repeats
from viewer_app.imaging.study import Series

_SAME_DIRECTION = 1e-4
_SAME_SPACING = 1e-4

_FEW_IMAGES, _NEARLY_EVERY = 2, 0.9

# Parts that differ in their places are read one by one; of more than this nobody would find the wanted one.
_MOST_PARTS = 32

_TWINS = "same UID again"

_OWN_FRAMES_OF_REFERENCE = Finding(
    "frames of reference", "Every image names a Frame of Reference of its own; they are taken as one."
)


@dataclass(frozen=True)
class Stack:
    """Images to scroll through, in reading order: head to feet, front to back, right to left.

    A series may be split into several stacks; stacks are never merged over
    series. `number` counts the stacks of a series from 0. `label` says what
    tells the stack from others of its series that show the same places
    ("b = 800 s/mm²"), `by` what they are told apart by ("b-value"); "" where
    there are none. Parts that show more than 32 different sets of places are one stack, sorted by
    part and then by place.
    """

    info: SeriesInfo
    number: int
    images: tuple[Image, ...]
    report: GeometryReport
    label: str = ""
    by: str = ""

    @cached_property
    def key(self) -> str:
        """Tells the stacks of a patient apart."""
        return f"{self.series_key}/{self.number}"

    @cached_property
    def series_key(self) -> str:
        """Tells its series from the patient's others, also from one of another study that has its UID (C40)."""
        return f"{self.images[0].instance.study.study_uid}/{self.info.series_uid}"

    @cached_property
    def has_own_orientation(self) -> bool:
        """True where a file says in words how it is turned, so that its coordinates are not trusted for it (C37)."""
        return any(image.frame.orientation is not None for image in self.images)

    @cached_property
    def has_lookup(self) -> bool:
        """True where values come about by a Modality LUT (PS3.3 C.11.1)."""
        return any(image.frame.rescale.lookup is not None for image in self.images)

    @property
    def title(self) -> str:
        """The description of the series, and the label where there is one."""
        return " · ".join(part for part in (self.info.description, self.label) if part)

    @property
    def affine(self) -> Floats:
        """(4, 4): index (slice, row, column, 1) to patient mm, shear of a tilted gantry included (C13).

        Meaningful when the report says `is_volume`.
        """
        plane = self.images[0].plane
        first, last = np.asarray(plane.origin), np.asarray(self.images[-1].plane.origin)
        matrix = np.eye(4)
        matrix[:3, 0] = (last - first) / max(len(self.images) - 1, 1)
        matrix[:3, 1] = np.multiply(plane.column_direction, plane.row_spacing)
        matrix[:3, 2] = np.multiply(plane.row_direction, plane.column_spacing)
        matrix[:3, 3] = first
        return matrix

    def index_of(self, sop_instance_uid: str, frame: int = 1) -> int | None:
        """Position of an image in the stack, from 0; None if it is not in it. A twin has no place of its own (H46)."""
        for index, image in enumerate(self.images):
            is_it = image.sop_instance_uid == sop_instance_uid and not image.instance.is_twin
            if is_it and image.frame.number == frame:
                return index
        return None


@dataclass(frozen=True, slots=True)
class _Draft:
    """A stack before it has a number."""

    images: list[Image]
    report: GeometryReport
    label: str = ""
    by: str = ""


def stacks_of(series: Series) -> tuple[Stack, ...]:
    """The stacks of a series, largest orientation first, parts in the order of their values; () without an image."""
    images = [
        Image(instance, frame) for instance in series.instances if is_image(instance) for frame in instance.frames
    ]
    drafts = _all_drafts([image for image in images if not image.instance.is_twin])
    for group in _alike((image for image in images if image.instance.is_twin), own_frames=False):
        drafts.append(_draft(in_reading_order(group), (), _TWINS))
    return tuple(
        Stack(series.info, number, tuple(draft.images), draft.report, draft.label, draft.by)
        for number, draft in enumerate(drafts)
    )


def _all_drafts(images: list[Image]) -> list[_Draft]:
    own_frames = _each_its_own_frame_of_reference(images)
    groups = sorted(_alike(images, own_frames), key=len, reverse=True)
    drafts = []
    for group in groups:
        notes = [_OWN_FRAMES_OF_REFERENCE] if own_frames else []
        if len(groups) > 1:
            notes.append(_apart(group[0], [other[0] for other in groups if other is not group]))
        drafts += _drafts(group, notes)
    return drafts


def _drafts(group: list[Image], notes: list[Finding]) -> list[_Draft]:
    split = split_repeats(group) if len(group) > 1 and group[0].plane.located else None
    if split is None:
        return [_draft(in_reading_order(group), notes)]
    if not _is_readable(split):
        return [_of_many_parts(split, notes)]
    told = Finding(
        "split",
        f"The series shows each place {len(split.parts)} times: split by {split.by}.",
        "Each part is a stack of its own.",
    )
    return [_draft(in_reading_order(list(part.images)), [*notes, told], part.label, split.by) for part in split.parts]


def _is_readable(split: Split) -> bool:
    """Few parts, or many that show the same places, between which one goes by a slider through time."""
    if len(split.parts) <= _MOST_PARTS:
        return True
    plane, kinds = split.parts[0].images[0].plane, list[Floats]()
    for part in split.parts:
        heights = np.sort(plane.height([image.plane.origin for image in part.images]))
        if not any(same_heights(heights, kind) for kind in kinds):
            kinds.append(heights)
        if len(kinds) > _MOST_PARTS:
            return False
    return True


def same_heights(one: Floats, other: Floats) -> bool:
    """Whether two stacks of parallel planes, heights (n,) in mm in like order, show the same places."""
    return one.shape == other.shape and bool((np.abs(one - other) <= SAME_PLACE_MM).all())


def _draft(images: list[Image], notes: Iterable[Finding], label: str = "", by: str = "") -> _Draft:
    report = geometry_report([image.plane for image in images])
    mixed = _mixed_units(images)
    if mixed:
        report = report.not_a_volume().adding(mixed)
    return _Draft(images, report.adding((*notes, *_doubts(images))), label, by)


def _mixed_units(images: Iterable[Image]) -> tuple[Finding, ...]:
    """One slice of a PET without its weight, a CT slice without its rescale: nothing may be reckoned across them."""
    units = dict.fromkeys(image.frame.rescale.unit or "no unit" for image in images)
    if len(units) < 2:
        return ()
    what = f"The values are not of one unit ({', '.join(units)})."
    meaning = "Each image is right by itself, but one window does not fit all. MPR and volume are refused."
    return (Finding("units", what, meaning, is_warning=True),)


def _of_many_parts(split: Split, notes: Iterable[Finding]) -> _Draft:
    """All parts one after the other; the first part's geometry stands for the step and tilt."""
    parts = [in_reading_order(list(part.images)) for part in split.parts]
    images = [image for part in parts for image in part]
    first = geometry_report([image.plane for image in parts[0]])
    told = Finding(
        "4D",
        f"4D: {len(parts)} parts by {split.by}, {len(parts[0])} images each, in one stack, part after part.",
        "MPR and volume need one part alone.",
        is_warning=True,
    )
    return _Draft(images, first.not_a_volume().adding((told, *_mixed_units(images), *notes, *_doubts(images))))


def _doubts(images: Iterable[Image]) -> list[Finding]:
    """What the frames say of themselves, each sentence once: doubts, and notes that explain their values."""
    frames = [image.frame for image in images]
    told = [("doubt", doubt) for frame in frames for doubt in frame.doubts]
    told += [("values", note) for frame in frames for note in frame.notes]
    return [Finding(kind, sentence) for kind, sentence in dict.fromkeys(told)]


def _alike(images: Iterable[Image], own_frames: bool) -> list[list[Image]]:
    """Images of one size, orientation and scale; a grid that is equal to the last bit is looked up, not compared."""
    groups: list[list[Image]] = []
    known: dict[object, list[Image]] = {}
    for image in images:
        key = _exactly(image)
        if key not in known:
            fitting = (group for group in groups if _belongs(image, group[0], own_frames))
            found = next(fitting, None)
            if found is None:
                groups.append(found := [])
            known[key] = found
        known[key].append(image)
    return groups


def _exactly(image: Image) -> tuple[object, ...]:
    plane, pixels = image.plane, image.instance.pixel_format
    assert pixels is not None
    grid = (plane.row_direction, plane.column_direction, plane.spacing, plane.unit, plane.calibration, plane.located)
    return pixels.rows, pixels.columns, pixels.is_colour, plane.frame_of_reference_uid, grid


def _apart(image: Image, others: Sequence[Image]) -> Finding:
    """Why the series has other stacks, in words (H45)."""
    reasons = [name for name, value in _TRAITS.items() if any(value(image) != value(other) for other in others)]
    return Finding(
        "split",
        f"The series is split by {', '.join(reasons) or 'small differences'}.",
        "Each stack stands alone; nothing is measured across them.",
    )


_TRAITS: dict[str, Callable[[Image], object]] = {
    "image size": lambda image: _exactly(image)[:2],
    "colour": lambda image: _exactly(image)[2],
    "Frame of Reference": lambda image: image.plane.frame_of_reference_uid,
    "scale": lambda image: (np.round(image.plane.spacing, 4).tolist(), image.plane.unit, image.plane.calibration),
    "place in the patient": lambda image: image.plane.located,
    "orientation": lambda image: np.round((image.plane.row_direction, image.plane.column_direction), 4).tolist(),
}


def _each_its_own_frame_of_reference(images: Sequence[Image]) -> bool:
    """Some archives write a new Frame of Reference UID into (nearly) every slice: it then tells nothing."""
    uids = {image.plane.frame_of_reference_uid for image in images}
    return len(images) > _FEW_IMAGES and len(uids) > _NEARLY_EVERY * len(images) and "" not in uids


def _belongs(image: Image, other: Image, own_frames: bool) -> bool:
    here, there = image.plane, other.plane
    format_here, format_there = image.instance.pixel_format, other.instance.pixel_format
    assert format_here is not None and format_there is not None
    return (
        (format_here.rows, format_here.columns, format_here.is_colour)
        == (format_there.rows, format_there.columns, format_there.is_colour)
        and here.located == there.located
        and (own_frames or here.frame_of_reference_uid == there.frame_of_reference_uid)
        and _same_grid(here, there)
    )


def _same_grid(here: Plane, there: Plane) -> bool:
    if here.unit != there.unit or here.calibration != there.calibration:
        return False
    directions = np.abs(
        np.subtract(
            (*here.row_direction, *here.column_direction),
            (*there.row_direction, *there.column_direction),
        )
    )
    spacing = np.abs(np.divide(here.spacing, there.spacing) - 1)
    return bool(directions.max() <= _SAME_DIRECTION and spacing.max() <= _SAME_SPACING)
