"""Parts of one series that show the same places: the phases of a heart, the volumes of a run, the b-values.

One steps between them at one place in the patient, never at one number of the image.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.headers import Window
from viewer_app.imaging.splitting import SAME_PLACE_MM
from viewer_app.imaging.stacks import Stack, same_heights
from viewer_app.session.view import View

_SAME_DIRECTION = 1e-4

# Of more phases than this only the first is listed: hundreds of cards help nobody.
MOST_LISTED = 32

# What only time tells apart: grey must then mean the same throughout, or a passing contrast agent is not seen.
_TIMES = frozenset(
    {
        *("cardiac phase", "respiratory phase", "trigger time", "respiratory trigger", "time point", "frame time"),
        *("acquisition", "acquisition time", "content time", "object"),
    }
)


def phases(stacks: Sequence[Stack], stack: Stack) -> tuple[Stack, ...]:
    """The parts of the series of `stack` that show the same places as it does, in their order; itself among them."""
    if not _is_part(stack):
        return (stack,)
    heights = _heights(stack, stack)
    return tuple(other for other in stacks if other is stack or _shows_the_same(stack, heights, other))


def listed(stacks: Sequence[Stack]) -> dict[str, Stack]:
    """By stack key, the stack that stands for it in a list: the first of more than 32 phases, else itself."""
    standing: dict[str, Stack] = {}
    for stack in stacks:
        if stack.key not in standing:
            together = phases(stacks, stack)
            many = len(together) > MOST_LISTED
            standing |= {other.key: stack for other in together} if many else {stack.key: stack}
    return standing


def same_place(stack: Stack, index: int, other: Stack) -> int | None:
    """The slice of `other` that lies where slice `index` of `stack` does (within 0.01 mm), None where there is none."""
    if other is stack:
        return index
    plane = stack.images[index].plane
    if not plane.located or not _is_parallel(stack, other):
        return None
    away = np.abs(plane.height([image.plane.origin for image in other.images]))
    nearest = int(np.argmin(away))
    return nearest if away[nearest] <= SAME_PLACE_MM else None


def is_in_time(stack: Stack) -> bool:
    """Whether only time tells the parts of the series apart."""
    return bool(stack.by) and set(stack.by.split(", ")) <= _TIMES


def at_phase(view: View, stack: Stack, other: Stack, window: Window | None = None) -> View | None:
    """`view` of `stack`, moved to the same place in `other`; None where `other` does not show it.

    `window`, the one in force, goes along where only time tells the two apart and both have one unit.
    """
    index = same_place(stack, view.index, other)
    if index is None:
        return None
    kept = window if is_in_time(stack) and _unit(stack) == _unit(other) else None
    return replace(view, stack_key=other.key, index=index, window=view.window or kept)


def _is_part(stack: Stack) -> bool:
    image = stack.images[0]
    return bool(stack.by) and image.plane.located and not image.instance.is_twin


def _shows_the_same(stack: Stack, heights: Floats, other: Stack) -> bool:
    belongs = other.series_key == stack.series_key and other.by == stack.by and _is_part(other)
    return belongs and _is_parallel(stack, other) and same_heights(heights, _heights(stack, other))


def _heights(stack: Stack, other: Stack) -> Floats:
    return stack.images[0].plane.height([image.plane.origin for image in other.images])


def _is_parallel(stack: Stack, other: Stack) -> bool:
    here, there = stack.images[0].plane, other.images[0].plane
    directions = np.subtract(
        (*here.row_direction, *here.column_direction), (*there.row_direction, *there.column_direction)
    )
    in_one_space = there.located and here.frame_of_reference_uid == there.frame_of_reference_uid
    return in_one_space and bool(np.abs(directions).max() <= _SAME_DIRECTION)


def _unit(stack: Stack) -> str:
    return stack.images[0].frame.rescale.unit
