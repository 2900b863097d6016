"""Which tiles a study begins with, and where an image is shown that somebody goes to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.made import image
from tests.session.sitting import Sitting
from viewer_app.imaging.cuts import Cut
from viewer_app.phantom.dicom import write_series
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


@pytest.mark.parametrize(
    ("modality", "count", "grid"),
    [
        ("MG", 4, (2, 2)),  # both views of both breasts
        ("MG", 2, (1, 2)),
        ("MG", 1, (1, 1)),
        ("DX", 2, (1, 2)),
        ("CR", 3, (1, 2)),
        ("MR", 5, (2, 2)),
        ("MR", 3, (1, 2)),
        ("CT", 6, (1, 1)),
        ("US", 4, (1, 1)),
    ],
)
def test_the_layout_to_begin_with_follows_modality_and_number_of_series(
    sitting: Sitting, tmp_path: Path, modality: str, count: int, grid: tuple[int, int]
) -> None:
    series = [image(number, Modality=modality, SeriesInstanceUID=f"2.25.77.{number}") for number in range(1, count + 1)]
    write_series(tmp_path, series)
    layout = sitting.open(tmp_path).layout.value
    assert (layout.rows, layout.columns) == grid
    shown = [view.stack_key for view in layout.views if view.stack_key]
    assert len(set(shown)) == len(shown) == min(count, grid[0] * grid[1])
