"""The three planes of an MPR are one volume: window, inversion and colours are those of all, whatever is linked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.session.sitting import Sitting
from tests.session.test_study import several
from viewer_app.imaging.headers import Window
from viewer_app.session.links import Links
from viewer_app.session.reconstructing import mpr_layout
from viewer_app.session.study import OpenStudy
from viewer_app.session.view import View

CHANGES: Mapping[str, dict[str, Any]] = {
    "window": {"window": Window(40.0, 350.0)},
    "invert": {"inverted": True},
    "colours": {"color_map": "hot-iron"},
    "from zero": {"clamped": True},
    "all at once": {"window": Window(1.0, 2.0), "inverted": True, "color_map": "pet", "clamped": False},
}
_PLANES = 3


@pytest.fixture
def opened(sitting: Sitting, tmp_path: Path) -> OpenStudy:
    """A stack in three planes, the images beside them."""
    found = sitting.open(several(tmp_path / "images", 1))
    (stack,) = found.stacks
    found.show_layout(mpr_layout(stack, found.view.value))
    assert found.active.mpr is not None
    return found


def look(view: View) -> tuple[Window | None, bool, str, bool | None]:
    return view.window, view.inverted, view.color_map, view.clamped


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("place", range(_PLANES))
def test_what_is_done_in_one_plane_is_done_in_all(opened: OpenStudy, place: int, name: str) -> None:
    for scroll, pan_zoom, window in product((False, True), repeat=3):
        opened.together.link(Links(scroll, pan_zoom, window))
        for change in (CHANGES[name], {"window": None, "inverted": False, "color_map": "", "clamped": None}):
            layout = opened.layout.value
            wanted = replace(layout.views[place], **change)
            opened.layout.set(layout.with_view(place, wanted))
            assert [look(view) for view in opened.layout.value.views[:_PLANES]] == [look(wanted)] * _PLANES


def test_the_images_beside_them_keep_their_inversion_and_colours(opened: OpenStudy) -> None:
    layout = opened.layout.value
    opened.layout.set(layout.with_view(1, replace(layout.views[1], **CHANGES["all at once"])))
    assert opened.layout.value.views[3] == layout.views[3]


def test_planes_shown_together_anew_are_alike_from_the_start(opened: OpenStudy) -> None:
    """As when a layout comes back of which one plane was damaged."""
    layout = opened.layout.value
    other = layout.with_view(2, replace(layout.views[2], **CHANGES["all at once"]))
    opened.layout.set(replace(layout.resized(1, 1)))
    opened.show_layout(other)
    assert [look(view) for view in opened.layout.value.views[:_PLANES]] == [look(layout.views[0])] * _PLANES


def test_a_window_that_follows_from_elsewhere_is_that_of_all(opened: OpenStudy) -> None:
    opened.together.link(Links(window=True))
    layout, window = opened.layout.value, Window(77.0, 99.0)
    opened.layout.set(layout.with_view(3, replace(layout.views[3], window=window)))
    assert [view.window for view in opened.layout.value.views] == [window] * 4


def test_a_window_of_one_plane_is_followed_elsewhere(opened: OpenStudy) -> None:
    opened.together.link(Links(window=True))
    layout, window = opened.layout.value, Window(77.0, 99.0)
    opened.layout.set(layout.with_view(1, replace(layout.views[1], window=window)))
    assert [view.window for view in opened.layout.value.views] == [window] * 4
