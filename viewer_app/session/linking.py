"""Linked viewports: which views follow one that was moved.

Followers are reckoned from the leader alone, so that what followed need not be
asked to lead: nothing swings to and fro.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from viewer_app.imaging.geometry import Plane
from viewer_app.imaging.slices import are_parallel
from viewer_app.imaging.together import in_one_space, middle, to_patient
from viewer_app.session.links import PARALLEL_DEG, Links
from viewer_app.session.scroll_link import Shown, scroll_target
from viewer_app.session.view import View


def followed(
    before: View | None, after: View, leader: Shown, followers: Mapping[int, tuple[View, Shown]], links: Links
) -> dict[int, tuple[View, str]]:
    """The views of all `followers` once the leader went from `before` to `after`, each with the words of its badge.

    `leader` is what it shows with `after`. Only what changed is followed. With None for `before`
    all counts as changed: so a switch that was put on, or a viewport that got another stack (then
    as the only follower), is brought to the leader. Nothing follows when the leader itself shows another
    stack, or begins or ends to be reconstructed. The words tell how slices are linked: "" where they
    are linked by position, and while `links.scroll` is off.
    """
    changed = _changed(before, after, links)
    return {number: _follow(after, leader, view, shown, links, changed) for number, (view, shown) in followers.items()}


@dataclass(frozen=True, slots=True)
class _Changed:
    """Which of a leader's moves are to be followed."""

    scroll: bool
    pan_zoom: bool
    window: bool


def _changed(before: View | None, after: View, links: Links) -> _Changed:
    if before is None:
        return _Changed(links.scroll, links.pan_zoom, links.window)
    if before.stack_key != after.stack_key or (before.cut is None) != (after.cut is None):
        return _Changed(False, False, False)
    return _Changed(
        links.scroll and before.index != after.index,
        links.pan_zoom and (before.scale, before.center) != (after.scale, after.center),
        links.window and before.window != after.window,
    )


def _follow(after: View, leader: Shown, view: View, shown: Shown, links: Links, changed: _Changed) -> tuple[View, str]:
    words = ""
    if links.scroll:
        target = scroll_target(after, leader, view, shown.stack, links)
        if changed.scroll and target.index is not None:
            view = replace(view, index=target.index)
        words = target.words(view.index)
    if changed.pan_zoom:
        view = _panned(after, leader, view, shown)
    if changed.window and _same_values(after, leader, view, shown):
        view = replace(view, window=after.window)
    return view, words


def _panned(after: View, leader: Shown, view: View, shown: Shown) -> View:
    """As many pixels per mm as the leader, about the same point; the whole picture where the leader shows its whole."""
    ours, theirs = leader.plane_of(after), shown.plane_of(view)
    if ours.unit != theirs.unit:
        return view
    if after.scale is None and after.center is None:
        return replace(view, scale=None, center=None)
    center = _center(after.center or middle(leader.extent), ours, leader, theirs, shown)
    return replace(view, scale=after.scale, center=center or view.center)


def _center(
    center: tuple[float, float], ours: Plane, leader: Shown, theirs: Plane, shown: Shown
) -> tuple[float, float] | None:
    """Where the follower's centre goes: to the same patient point, or as far from the middle of its picture.

    None for planes that are not parallel: what moves in one moves out of the other.
    """
    is_located = ours.located and theirs.located
    if is_located and not are_parallel(ours, theirs, PARALLEL_DEG):
        return None
    if in_one_space(ours, theirs):
        along, down = theirs.in_plane(to_patient(ours, center))[0]
        return float(along), float(down)
    shift = np.subtract(center, middle(leader.extent))
    if is_located:
        # To the patient's left in one is to the patient's left in the other, however the two lay on the table.
        axes, their_axes = (np.array([plane.row_direction, plane.column_direction]) for plane in (ours, theirs))
        shift = their_axes @ (shift @ axes)
    along, down = np.add(middle(shown.extent), shift)
    return float(along), float(down)


def _same_values(after: View, leader: Shown, view: View, shown: Shown) -> bool:
    """True if a window means the same in both: one modality, one unit, and no table that belongs to one file."""
    units = (seen.stack.images[looked.index].frame.rescale.unit for seen, looked in ((leader, after), (shown, view)))
    is_of_file = after.window is not None and after.window.lookup is not None
    return leader.stack.info.modality == shown.stack.info.modality and len(set(units)) == 1 and not is_of_file
