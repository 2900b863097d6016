"""Series to stacks: images of one size, orientation and scale, sorted by place (C10, C11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from viewer_app.imaging.geometry import Floats, Plane
from viewer_app.imaging.headers import Image, SeriesInfo
from viewer_app.imaging.objects import is_image
from viewer_app.imaging.report import GeometryReport, geometry_report
from viewer_app.imaging.study import Series

_SAME_DIRECTION = 1e-4
_SAME_SPACING = 1e-4

_FEW_IMAGES, _NEARLY_EVERY = 2, 0.9

_OWN_FRAMES_OF_REFERENCE = "Every image names a Frame of Reference of its own; they are taken as one."


@dataclass(frozen=True, slots=True)
class Stack:
    """Images to scroll through, in reading order: head to feet, front to back, right to left.

    A series may be split into several stacks; stacks are never merged over
    series. `number` counts the stacks of a series from 0.
    """

    info: SeriesInfo
    number: int
    images: tuple[Image, ...]
    report: GeometryReport

    @property
    def key(self) -> str:
        """Tells the stacks of a study apart."""
        return f"{self.info.series_uid}/{self.number}"

    def index_of(self, sop_instance_uid: str, frame: int = 1) -> int | None:
        """Position of an image in the stack, from 0; None if it is not in it."""
        for index, image in enumerate(self.images):
            if image.sop_instance_uid == sop_instance_uid and image.frame.number == frame:
                return index
        return None


def stacks_of(series: Series) -> tuple[Stack, ...]:
    """The stacks of a series, largest first; () when it holds no image."""
    images = [
        Image(instance, frame) for instance in series.instances if is_image(instance) for frame in instance.frames
    ]
    own_frames = _each_its_own_frame_of_reference(images)
    groups: list[list[Image]] = []
    for image in images:
        for group in groups:
            if _belongs(image, group[0], own_frames):
                group.append(image)
                break
        else:
            groups.append([image])
    groups.sort(key=len, reverse=True)
    notes = (_OWN_FRAMES_OF_REFERENCE,) if own_frames else ()
    return tuple(_stack(series.info, number, group, notes) for number, group in enumerate(groups))


def _stack(info: SeriesInfo, number: int, images: list[Image], notes: tuple[str, ...]) -> Stack:
    images = _sorted(images)
    report = geometry_report([image.plane for image in images])
    told = dict.fromkeys(sentence for image in images for sentence in (*image.frame.doubts, *image.frame.notes))
    return Stack(info, number, tuple(images), replace(report, notes=(*report.notes, *notes, *told)))


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


def _sorted(images: list[Image]) -> list[Image]:
    if not all(image.plane.located for image in images):
        return sorted(images, key=_written_order)
    heights = images[0].plane.height([image.plane.origin for image in images]) * _reading_sign(images[0].plane)
    # A thousandth of a millimetre apart is the same place: then the order of writing decides.
    order = sorted(
        range(len(images)), key=lambda index: (round(float(heights[index]), 3), _written_order(images[index]))
    )
    return [images[index] for index in order]


def _written_order(image: Image) -> tuple[int, str, int]:
    return image.instance.instance_number or 0, image.sop_instance_uid, image.frame.number


def _reading_sign(plane: Plane) -> float:
    """+1 if the normal points the way a stack is read: to the feet, to the back, to the left."""
    normal: Floats = np.asarray(plane.normal)
    axis = int(np.argmax(np.abs(normal)))
    return float(np.sign(normal[axis])) * (1.0, 1.0, -1.0)[axis]
