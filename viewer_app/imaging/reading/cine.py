"""When the frames of a cine were taken (PS3.3 C.7.6.5, Cine Module, and C.7.6.6, Multi-frame)."""

from __future__ import annotations

from itertools import accumulate

from pydicom import Dataset

from viewer_app.imaging.headers import Cine
from viewer_app.imaging.reading import tags

CINE_TAGS = ("FrameIncrementPointer", "FrameTime", "FrameTimeVector", "CineRate", "RecommendedDisplayFrameRate")

_FRAME_TIME_VECTOR = "00181065"
_LONGEST_STEP_MS = 3_600_000.0


def cine_of(dataset: Dataset, frames: int) -> Cine | None:
    """The timing of an object of `frames` frames; None for one frame, and where the file gives no usable time or rate.

    Frame Increment Pointer decides between Frame Time and Frame Time Vector where both are there.
    """
    if frames < 2:
        return None
    times = _from_vector(dataset, frames)
    interval = tags.number(dataset, "FrameTime")
    if interval is not None and not 0 < interval <= _LONGEST_STEP_MS:
        interval = None
    if interval is not None and not (times and _points_to_vector(dataset)):
        times = ()
    rate = _rate(dataset)
    if not times and interval is None and rate is None:
        return None
    return Cine(0.0 if interval is None or times else interval, times, rate)


def _from_vector(dataset: Dataset, frames: int) -> tuple[float, ...]:
    """Milliseconds since the first frame; the vector holds the step to each frame, the first being 0."""
    steps = tags.numbers(dataset, "FrameTimeVector", frames)
    if steps is None or not all(0 <= step <= _LONGEST_STEP_MS for step in steps) or not any(steps[1:]):
        return ()
    return tuple(accumulate((0.0, *steps[1:])))


def _points_to_vector(dataset: Dataset) -> bool:
    return _FRAME_TIME_VECTOR in tags.text(dataset, "FrameIncrementPointer").replace(",", "").replace(" ", "")


def _rate(dataset: Dataset) -> float | None:
    """Frames per second at which the sender wants it to be played."""
    for keyword in ("RecommendedDisplayFrameRate", "CineRate"):
        rate = tags.number(dataset, keyword)
        if rate is not None and 0 < rate <= 1000:
            return rate
    return None
