"""Viewports that are linked, and what becomes of one when another is moved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.scans import Directions, extent_of, picture
from viewer_app.imaging.stacks import Stack
from viewer_app.session.linking import followed
from viewer_app.session.links import Links
from viewer_app.session.scroll_link import Shown
from viewer_app.session.view import View

SCROLL, PAN_ZOOM, WINDOW = Links(scroll=True), Links(pan_zoom=True), Links(window=True)
ALL = Links(True, True, True)
OTHER = "2.25.2"


def shown(stack: Stack, index: int = 0) -> Shown:
    """A viewport that shows a slice."""
    plane, size = picture(stack, index)
    return Shown(stack, plane, extent_of(plane, size))


def moved(leader: Stack, before: View, after: View, follower: Stack, view: View, links: Links) -> tuple[View, str]:
    """What becomes of one follower."""
    pair = (replace(view, stack_key=follower.key), shown(follower, view.index))
    before, after = replace(before, stack_key=leader.key), replace(after, stack_key=leader.key)
    found = followed(before, after, shown(leader, after.index), {7: pair}, links)
    assert list(found) == [7]
    return found[7]


def scrolled(leader: Stack, index: int, follower: Stack, at: int, links: Links = SCROLL) -> tuple[int, str]:
    """Where a follower at slice `at` goes when the leader scrolls to `index`."""
    before = View(index=(index + 1) % len(leader.images))
    view, words = moved(leader, before, View(index=index), follower, View(index=at), links)
    assert view == View(follower.key, view.index)
    return view.index, words


def leaning(degrees: float) -> Directions:
    """Of an axial slice that leans back by so much."""
    turn = np.radians(degrees)
    return (1.0, 0.0, 0.0), (0.0, float(np.cos(turn)), float(np.sin(turn)))
