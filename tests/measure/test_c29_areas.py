"""C29, C30, C24: statistics of every area kind equal SimpleITK and numpy on the same mask."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from numpy.typing import ArrayLike

from tests.made import random_plane, written
from tests.measure.made import REFERENCE, UPRIGHT, image, measured, measurement, spread_points
from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.headers import Rescale
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.area import CROSSED, AreaKind
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.quantity import Value
from viewer_app.measure.region import Mask
from viewer_app.measure.statistics import statistics
from viewer_app.phantom.blocks import ROD_HU, ROD_RADIUS_MM, ct_block, rod_centers
from viewer_app.phantom.solids import DISC_AREA_MM2, DISC_CENTER_MM, DISC_CENTRES, edge_disc, solid
from viewer_app.scripting import Series, measure

AREAS = {name: kind for name, kind in KINDS.items() if isinstance(kind, AreaKind)}
EVERY = pytest.mark.parametrize("kind", AREAS.values(), ids=AREAS)


def test_there_are_seven() -> None:
    assert set(AREAS) == {
        "rectangle", "ellipse", "circle", "circle_three_points", "polygon", "freehand", "spline",
    }  # fmt: skip


STORED = {
    "whole HU": (np.int16, Rescale(unit="HU")),
    "half HU": (np.uint16, Rescale(0.5, -500.0, "HU")),
    "falling": (np.uint8, Rescale(-1.7, 3.0, "HU")),
    "wide": (np.int32, Rescale(0.01, 0.0, "HU")),
    "floating": (np.float32, Rescale(unit="HU")),
}


@EVERY
@pytest.mark.parametrize("stored", STORED)
def test_statistics_equal_simpleitk_on_the_same_mask(kind: AreaKind, stored: str) -> None:
    random = np.random.default_rng(29)
    dtype, rescale = STORED[stored]
    high = {"uint8": 255, "int32": 10_000_000}.get(np.dtype(dtype).name, 3000)
    pixels = random.integers(0, high, (64, 64)).astype(dtype)
    for _ in range(10):
        plane = random_plane(random, row_spacing=0.8, column_spacing=0.5)
        shown = image(plane, pixels, rescale=rescale)
        points = spread_points(kind, plane, random, kind.min_points)
        drawn = measurement(kind.name, plane, plane.to_patient(points)).figures[0]
        region = kind.footprint(drawn, shown)
        assert region is not None
        assert_equal(measured(kind.name, shown, points), shown, region.in_image((64, 64)))


def assert_equal(values: Mapping[str, Value], shown: PlanarImage, mask: Mask) -> None:
    theirs = sitk.LabelStatisticsImageFilter()
    theirs.Execute(sitk.GetImageFromArray(shown.modality_values()), sitk.GetImageFromArray(mask.astype(np.uint8)))
    chosen = shown.modality_values()[mask]
    low, first, median, third, high = np.percentile(chosen, [5, 25, 50, 75, 95])
    expected = {
        "mean": theirs.GetMean(1), "sd": theirs.GetSigma(1), "minimum": theirs.GetMinimum(1),
        "maximum": theirs.GetMaximum(1), "count": theirs.GetCount(1), "median": np.median(chosen),
        "percentile_5": low, "percentile_25": first,
        "percentile_75": third, "percentile_95": high, "outside": values["outside"].number, "excluded": 0,
    }  # fmt: skip
    assert median == np.median(chosen)
    for key, number in expected.items():
        assert values[key].number == pytest.approx(number, rel=1e-9, abs=1e-9), key


def test_percentiles_lie_between_neighbours() -> None:
    found = statistics(np.array([[10.0, 40.0, 20.0, 30.0]]), np.ones((1, 4), dtype=bool))
    assert [found.percentile_5, found.median, found.percentile_95] == pytest.approx([11.5, 25.0, 38.5])
    assert [found.percentile_25, found.percentile_75] == pytest.approx([17.5, 32.5])


OVER = [
    ("rectangle", [(-4.5, 3.5), (5.5, 8.5)], 30, 20, "40%"),
    ("polygon", [(-4.5, 3.5), (5.5, 3.5), (5.5, 8.5), (-4.5, 8.5)], 30, 20, "40%"),
    ("ellipse", [(-8.5, 3.5), (8.5, 12.5)], 65, 56, "46%"),
]


@pytest.mark.parametrize(("kind", "points", "inside", "outside", "share"), OVER)
def test_c30_what_lies_outside_the_image(kind: str, points: ArrayLike, inside: int, outside: int, share: str) -> None:
    values = measured(kind, image(UPRIGHT, np.arange(256).reshape(16, 16)), points)
    assert (values["count"].number, values["outside"].number) == (inside, outside)
    assert values["mean"].note == f"{share} of the region is outside the image"


@pytest.mark.parametrize(("left", "share"), [(-1.4, "less than 1%"), (-15.4, "65%"), (-900.4, "more than 99%")])
def test_c30_a_share_is_never_told_as_nothing_or_all(left: float, share: str) -> None:
    values = measured(
        "rectangle", image(UPRIGHT, np.zeros((300, 300))), [(left, -0.6), (299.4 if left > -2 else 7.4, 4)]
    )
    assert values["mean"].note == f"{share} of the region is outside the image"


def test_c30_too_far_to_be_counted_is_said() -> None:
    values = measured("circle", image(UPRIGHT, np.ones((16, 16))), [(8, 8), (1e6, 8)])
    assert (values["count"].number, values["outside"].number) == (256, None)
    assert values["outside"].note == "the region reaches too far beyond the image to be counted"


@EVERY
def test_c30_wholly_outside_there_is_no_value(kind: AreaKind) -> None:
    points = spread_points(kind, UPRIGHT, np.random.default_rng(1), kind.min_points) + 500
    values = measured(kind.name, image(UPRIGHT, np.ones((64, 64))), points)
    assert (values["mean"].number, values["mean"].note) == (None, "no pixel inside")
    assert values["count"].number == 0
    assert values["area"].number


def test_c24_padding_is_left_out_and_counted() -> None:
    stored = np.ones((16, 16))
    stored[:, :8] = -5
    for kind in (np.int16, np.float64):
        shown = image(UPRIGHT, stored.astype(kind), padding=(-5.0, -5.0))
        values = measured("rectangle", shown, [(3.5, 3.5), (12.5, 9.5)])
        assert (values["count"].number, values["excluded"].number, values["mean"].number) == (30, 24, 1.0)
        assert values["mean"].note == "24 without a value left out"


def test_a_bow_tie_says_so_beside_its_mean() -> None:
    values = measured("polygon", image(UPRIGHT, np.ones((40, 40))), [(-10, 0), (30, 30), (30, 0), (-10, 30)])
    assert values["mean"].note.startswith(f"{CROSSED}; ")
    assert values["mean"].note.endswith("of the region is outside the image")


@pytest.fixture(scope="module")
def block(tmp_path_factory: pytest.TempPathFactory) -> Series:
    """P1."""
    return written(tmp_path_factory.mktemp("block"), ct_block()).series[0]


@pytest.mark.parametrize("rod", range(len(ROD_HU)))
def test_p1_a_rod_has_its_hu_in_every_kind(block: Series, rod: int) -> None:
    x, y = rod_centers()[rod]
    turns = np.arange(12) * (2 * np.pi / 12)
    edge = [(x + 6 * np.cos(turn), y + 6 * np.sin(turn), 0.0) for turn in turns]
    points: dict[str, ArrayLike] = {
        "rectangle": [(x - 5, y - 5, 0), (x + 5, y + 5, 0)], "ellipse": [(x - 6, y - 5, 0), (x + 6, y + 5, 0)],
        "circle": [(x, y, 0), edge[3]], "circle_three_points": [edge[0], edge[4], edge[7]],
    }  # fmt: skip
    for kind in AREAS:
        values = measure(kind, block, points.get(kind, edge))
        for key in (
            "mean",
            "minimum",
            "maximum",
            "median",
            "percentile_5",
            "percentile_25",
            "percentile_75",
            "percentile_95",
        ):
            assert (values[key].number, values[key].unit) == (ROD_HU[rod], "HU"), (kind, key)
        assert values["sd"].number == 0.0
        assert values["area"].number == pytest.approx((values["count"].number or 0) * 0.64, rel=0.1)


def test_p1_a_circle_on_the_rod_itself_has_exactly_its_pixels(block: Series) -> None:
    for (x, y), hu in zip(rod_centers(), ROD_HU, strict=True):
        values = measure("circle", block, [(x, y, 0), (x, y + ROD_RADIUS_MM, 0)])
        assert (values["mean"].number, values["sd"].number) == (hu, 0.0)
        assert values["area"].number == pytest.approx(np.pi * ROD_RADIUS_MM**2, rel=1e-12)
        assert values["diameter"].number == pytest.approx(2 * ROD_RADIUS_MM, rel=1e-12)


def test_p4_the_edge_disc(tmp_path: Path) -> None:
    series = written(tmp_path, edge_disc()).series[0]
    x, y = DISC_CENTER_MM
    for kind, points in (
        ("circle", [(x, y, 0), (x + 3, y - 4, 0)]),
        ("ellipse", [(x - 5, y - 5, 0), (x + 5, y + 5, 0)]),
        ("circle_three_points", [(x - 5, y, 0), (x + 3, y + 4, 0), (x, y - 5, 0)]),
    ):
        values = measure(kind, series, points)
        assert values["area"].number == pytest.approx(DISC_AREA_MM2, rel=1e-9)
        assert values["area"].unit == "mm²"
        assert (values["count"].number, values["mean"].number) == (DISC_CENTRES, 100.0)


def test_p2_the_ellipsoid_cut_by_its_middle_slice(tmp_path: Path) -> None:
    """Half axes of 14 and 9 mm at the centre (0.13, -0.21, 0.37); pixels of 0.5 x 0.7 mm, slices of 1.25 mm."""
    series = written(tmp_path, solid("ellipsoid")).series[0]
    index = series.nearest_index((0.13, -0.21, 0.37))
    z = series.stack.images[index].plane.origin[2]
    share = np.sqrt(1 - ((z - 0.37) / 12) ** 2)
    across, down = 14 * share, 9 * share
    corners = [(0.13 - across, -0.21 - down, z), (0.13 + across, -0.21 + down, z)]
    values = measure("ellipse", series, corners, index=index)
    assert values["area"].number == pytest.approx(np.pi * across * down, rel=1e-9)
    assert values["long_diameter"].number == pytest.approx(2 * across, rel=1e-9)
    assert (values["mean"].number, values["sd"].number) == (1000.0, 0.0)
    pixels: Floats = series.image(index).modality_values()
    assert values["count"].number == (pixels == 1000.0).sum()


def test_without_its_image_an_area_is_told_all_the_same() -> None:
    shown = image(UPRIGHT, np.zeros((64, 64, 3), dtype=np.uint8))
    values = measured("circle", shown, [(8, 8), (12, 11)])
    assert values["area"].number == pytest.approx(np.pi * 25)
    assert (values["count"].number, values["count"].note) == (None, "a colour image has no values")
    assert REFERENCE.frame == 3
