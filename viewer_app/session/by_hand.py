"""Linking by hand: the slices on show belong together, and so do all that belong to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from viewer_app.errors import CaliperError
from viewer_app.imaging.slices import frame_of_reference
from viewer_app.imaging.stacks import Stack
from viewer_app.session.links import Links, Offset, has_distances, offset_by_hand, offset_by_number, sense
from viewer_app.session.scroll_link import NO_PLACE, OTHER_FRAME, Shown, Target, scroll_target
from viewer_app.session.view import View

Seen = tuple[View, Shown]

_NOT_NEEDED = "Nothing is linked by hand: positions say which slices of the other views belong to this one."
_NONE = "Nothing is linked by hand: the other views show this patient in another way."


def link_by_hand(links: Links, leader: Seen, others: Sequence[Seen]) -> tuple[Links, str]:
    """`links` with an offset for each stack whose position does not link it to `leader`, and what to tell.

    Stacks that positions link to the leader get the same offsets to those that
    are linked by hand, so that any of them may lead. Scrolling is linked then.
    """
    offsets: list[tuple[Stack, Offset]] = []
    alike: list[Stack] = [leader[1].stack]
    refusals: list[str] = []
    for other in others:
        target = _by_position(leader, other)
        if target.index is not None:
            alike.append(other[1].stack)
        elif target.link in (NO_PLACE, OTHER_FRAME):
            try:
                offsets.append((other[1].stack, _offset(leader, other)))
            except CaliperError as error:
                refusals.append(str(error))
    if not offsets:
        return links, next(iter(refusals), _NOT_NEEDED if len(alike) > 1 else _NONE)
    for offset in _between_all(leader[1].stack, alike, offsets):
        links = links.with_offset(offset)
    count = len(offsets)
    told = f"Linked by hand: this view and {count} other{'s' if count > 1 else ''}. They scroll on from these slices."
    return replace(links, scroll=True), " ".join((told, *refusals[:1]))


def _by_position(leader: Seen, other: Seen) -> Target:
    (view, shown), (theirs, their) = leader, other
    return scroll_target(view, shown, theirs, their.stack, Links())


def _offset(leader: Seen, other: Seen) -> Offset:
    (view, shown), (theirs, their) = leader, other
    make = offset_by_hand if has_distances(shown.stack, their.stack) else offset_by_number
    return make(shown.stack, view.index, their.stack, theirs.index)


def _between_all(leader: Stack, alike: Sequence[Stack], offsets: Sequence[tuple[Stack, Offset]]) -> list[Offset]:
    """The offsets themselves, and those between all other stacks that follow from them."""
    by_hand = {stack.key: offset for stack, offset in offsets}
    known = {stack.key: stack for stack in (*alike, *(stack for stack, _ in offsets))}
    found = []
    for one, other in combinations(known.values(), 2):
        ours, theirs = by_hand.get(one.key), by_hand.get(other.key)
        units = {offset.unit for offset in (ours, theirs) if offset is not None}
        if len(units) != 1 or frame_of_reference(one) == frame_of_reference(other) != "":
            continue
        unit = units.pop()
        apart = (theirs.amount if theirs else 0.0) - (ours.amount if ours else 0.0)
        way = sense(leader.images[0].plane, one.images[0].plane) if unit == "mm" else 1.0
        found.append(Offset(one.key, other.key, way * apart, unit))
    return found
