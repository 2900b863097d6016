"""How fast a file wants to be played (PS3.3 C.7.6.5, Cine Module), and where that is from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from viewer_app.imaging.headers import Cine, Image

SLOWEST, FASTEST = 1.0, 120.0
"""Frames per second."""

DEFAULT_RATE = 10.0
_SHORTEST_SHARE = 1e-3
_SHORTEST_STEP_S = 1e-6


@dataclass(frozen=True, slots=True)
class Pace:
    """`rate` is frames per second, in the mean; `origin` says where it is from.

    `shares` is how long each frame stays, as a share of the mean; () where all stay equally long.
    """

    rate: float = DEFAULT_RATE
    origin: str = "default: no rate in the file"
    shares: tuple[float, ...] = ()


def pace_of(images: Sequence[Image]) -> Pace:
    """The pace of the frames of one instance in their order; the default where they are not, or it names none."""
    cine = images[0].instance.cine if len(images) > 1 else None
    if cine is None or any(image.instance is not images[0].instance for image in images):
        return Pace()
    steps = _steps(cine, images)
    mean = sum(steps) / len(steps)
    rate, origin = _rate(cine, mean)
    held = min(max(rate, SLOWEST), FASTEST)
    if held != rate:
        origin = f"{origin}, {rate:.3g}/s, held to {held:g}/s"
    shares = tuple(max(step / mean, _SHORTEST_SHARE) for step in (*steps, mean)) if cine.times_ms else ()
    return Pace(held, origin, shares)


def _rate(cine: Cine, mean: float) -> tuple[float, str]:
    if cine.display_rate is not None:
        return cine.display_rate, "display rate of the file"
    return 1 / mean, "frame times of the file, which vary" if cine.times_ms else "frame time of the file"


def _steps(cine: Cine, images: Sequence[Image]) -> list[float]:
    """Seconds from each frame to the next one; the last stays as long as the mean."""
    moments = [cine.seconds(image.frame.number) for image in images]
    return [max(later - before, _SHORTEST_STEP_S) for before, later in pairwise(moments)]


def run_of(images: Sequence[Image], index: int) -> range:
    """The images that are played together with the one at `index`: its own run where it is a frame of a cine.

    A series of several clips or runs is one stack; each is played alone.
    """
    instance = images[index].instance
    if instance.cine is None:
        return range(len(images))
    first, last = index, index
    while first > 0 and images[first - 1].instance is instance:
        first -= 1
    while last + 1 < len(images) and images[last + 1].instance is instance:
        last += 1
    return range(first, last + 1)
