"""Where an image is shown that somebody goes to."""

from __future__ import annotations

import pytest

from viewer_app.imaging.cuts import Cut
from viewer_app.session.arranging import tile_for
from viewer_app.session.layout import Layout
from viewer_app.session.view import View

CUT = Cut((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
PLANE, WANTED, OTHER, EMPTY = View("wanted", 0, cut=CUT), View("wanted", 3), View("other", 7), View()


@pytest.mark.parametrize(
    ("views", "active", "place"),
    [
        ((OTHER, WANTED), 0, 1),  # the stack is on show
        ((WANTED, WANTED), 1, 1),  # twice: the active one
        ((WANTED, View("wanted", 7)), 0, 1),  # the image itself is on show
        ((OTHER, EMPTY, OTHER), 2, 2),  # nowhere: the active one
        ((PLANE, PLANE, PLANE, OTHER), 0, 3),  # planes are kept
        ((PLANE, PLANE, PLANE, WANTED), 1, 3),
        ((PLANE, OTHER, EMPTY, PLANE), 0, 2),  # an empty tile costs nothing
        ((PLANE, PLANE, PLANE), 1, 1),  # there is no other
    ],
)
def test_the_tile_an_image_is_shown_in(views: tuple[View, ...], active: int, place: int) -> None:
    assert tile_for(Layout(1, len(views), views, active), "wanted", 7) == place
