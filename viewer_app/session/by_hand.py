"""Linking by hand: the slices on show belong together, and so do all that belong to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from viewer_app.errors import CaliperError
from viewer_app.imaging.slices import frame_of_reference
from viewer_app.imaging.stacks import Stack
from viewer_app.session.links import Links, Offset, has_distances, offset_by_hand, offset_by_number, sense
from viewer_app.session.scroll_link import NO_PLACE, OTHER_FRAME, Shown, scroll_target
from viewer_app.session.view import View

Seen = tuple[View, Shown]

_NOT_NEEDED = "Nothing is linked by hand: positions say which slices of the other views belong to this one."
_NONE = "Nothing is linked by hand: the other views show this patient in another way."


@dataclass(frozen=True, slots=True)
class ByHand:
    """The links there are then, and what to tell; `may_override` if views stand beside where positions put them."""

    links: Links
    told: str
    may_override: bool = False


def link_by_hand(links: Links, leader: Seen, others: Sequence[Seen], *, overriding: bool = False) -> ByHand:
    """`links` with an offset for each stack whose position does not link it to `leader`.

    With `overriding` also for those whose position does, but leads to another slice than the one
    on show. Stacks that positions go on linking to the leader get the same offsets to those that
    are linked by hand, so that any of them may lead. Scrolling is linked then.
    """
    beside = [other for other in others if _stands_beside(leader, other)]
    alike = [other for other in others if _index_by_position(leader, other) is not None]
    wanted = [other for other in others if _by_position(leader, other) in (NO_PLACE, OTHER_FRAME)]
    if overriding:
        wanted, alike = [*wanted, *beside], [other for other in alike if other not in beside]
    offsets, refusals = _offsets(leader, wanted)
    if not offsets:
        return ByHand(links, next(iter(refusals), _NOT_NEEDED if alike else _NONE), bool(beside) and not overriding)
    overridden = {shown.stack.key for _, shown in beside} if overriding else set()
    same = [leader[1].stack, *(shown.stack for _, shown in alike)]
    for offset in _between_all(leader[1].stack, same, offsets, overridden):
        links = links.with_offset(offset)
    told = " ".join((_told(len(offsets), overriding and bool(beside)), *refusals[:1]))
    return ByHand(replace(links, scroll=True), told, bool(beside) and not overriding)


def _told(count: int, is_against_position: bool) -> str:
    views = f"this view and {count} other{'s' if count > 1 else ''}"
    against = ", whatever their positions say" if is_against_position else ""
    return f"Linked by hand: {views}. They scroll on from these slices{against}."


def _by_position(leader: Seen, other: Seen) -> str:
    (view, shown), (theirs, their) = leader, other
    return scroll_target(view, shown, theirs, their.stack, Links()).link


def _index_by_position(leader: Seen, other: Seen) -> int | None:
    (view, shown), (theirs, their) = leader, other
    return scroll_target(view, shown, theirs, their.stack, Links()).index


def _stands_beside(leader: Seen, other: Seen) -> bool:
    """Is another stack linked by its position, but shown elsewhere?"""
    index = _index_by_position(leader, other)
    return index not in (None, other[0].index) and other[1].stack.key != leader[1].stack.key


def _offsets(leader: Seen, others: Iterable[Seen]) -> tuple[list[tuple[Stack, Offset]], list[str]]:
    """Those that can be made, and why others cannot."""
    offsets, refusals = [], []
    for other in others:
        try:
            offsets.append((other[1].stack, _offset(leader, other)))
        except CaliperError as error:
            refusals.append(str(error))
    return offsets, refusals


def _offset(leader: Seen, other: Seen) -> Offset:
    (view, shown), (theirs, their) = leader, other
    make = offset_by_hand if has_distances(shown.stack, their.stack) else offset_by_number
    return make(shown.stack, view.index, their.stack, theirs.index)


def _between_all(
    leader: Stack, alike: Sequence[Stack], offsets: Sequence[tuple[Stack, Offset]], overridden: set[str]
) -> list[Offset]:
    """The offsets themselves, and those between all other stacks that follow from them."""
    by_hand = {stack.key: offset for stack, offset in offsets}
    known = {stack.key: stack for stack in (*alike, *(stack for stack, _ in offsets))}
    found = []
    for one, other in combinations(known.values(), 2):
        ours, theirs = by_hand.get(one.key), by_hand.get(other.key)
        units = {offset.unit for offset in (ours, theirs) if offset is not None}
        is_by_position = frame_of_reference(one) == frame_of_reference(other) != ""
        if len(units) != 1 or (is_by_position and not overridden & {one.key, other.key}):
            continue
        unit = units.pop()
        apart = (theirs.amount if theirs else 0.0) - (ours.amount if ours else 0.0)
        way = sense(leader.images[0].plane, one.images[0].plane) if unit == "mm" else 1.0
        found.append(Offset(one.key, other.key, way * apart, unit))
    return found
