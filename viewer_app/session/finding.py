"""Where an image or a stack is among stacks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.study import Study
from viewer_app.measure.measurement import Reconstruction, Reference

if TYPE_CHECKING:
    from viewer_app.session.study import OpenStudy


def stacks_of(opened: OpenStudy, study: Study) -> tuple[Stack, ...]:
    """The stacks of the opened study, or of one of its priors."""
    return tuple(stack for stack, owner in opened.within_reach if owner is study)


def image_in(stacks: Iterable[Stack], reference: Reference) -> tuple[Stack, int] | None:
    """The stack and slice index of an image; None where none of `stacks` holds it."""
    for stack in (found for found in stacks if found.info.series_uid == reference.series_uid):
        index = stack.index_of(reference.sop_instance_uid, reference.frame)
        if index is not None:
            return stack, index
    return None


def stack_in(stacks: Iterable[Stack], drawn_on: Reference | Reconstruction) -> Stack | None:
    """The stack that holds the image of a figure, or whose plane it was drawn on; None where it is not there."""
    if isinstance(drawn_on, Reference):
        found = image_in(stacks, drawn_on)
        return found[0] if found is not None else None
    wanted = drawn_on.series_uid, drawn_on.stack
    return next((stack for stack in stacks if (stack.info.series_uid, stack.number) == wanted), None)
