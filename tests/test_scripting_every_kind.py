"""`measure` measures every kind of the table: the numbers of a box and a ball are those of closed forms."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from viewer_app.errors import VolumeError
from viewer_app.imaging.geometry import Floats
from viewer_app.measure.kinds import KINDS
from viewer_app.phantom.dicom import write_series
from viewer_app.phantom.solids import SOLID_HU, SOLIDS, solid
from viewer_app.scripting import (
    Series,
    differences_percent,
    grow,
    histogram,
    measure,
    open_study,
    paint,
    plane_through,
    voxels,
)

Z = 0.625  # the place of a slice
BOX_ML = 14.0 * 12.0 * 15.0 / 1000.0  # of whole voxels about the origin


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Series]]:
    """Opens the series of a solid, once."""
    studies: dict[str, Any] = {}

    def series_of(name: str) -> Series:
        if name not in studies:
            folder = tmp_path_factory.mktemp(name.replace(" ", "-"))
            write_series(folder, solid(name))
            studies[name] = open_study(folder)
        found: Series = studies[name].series[0]
        return found

    yield series_of
    for study in studies.values():
        study.close()


def ring(radius: float, count: int) -> Floats:
    """So many points of a circle about the middle, on the slice at Z."""
    turns = np.arange(count) * 2 * math.pi / count
    return np.column_stack([radius * np.cos(turns), radius * np.sin(turns), np.full(count, Z)])


def rectangle(half_x: float, half_y: float, z: float) -> list[tuple[float, float, float]]:
    """The corners of one about the middle of a slice."""
    return [(-half_x, -half_y, z), (half_x, -half_y, z), (half_x, half_y, z), (-half_x, half_y, z)]


def outlines(step: int) -> Callable[[Series], list[list[tuple[float, float, float]]]]:
    """The box on every so manyth of the slices it fills, the last one included."""

    def made(series: Series) -> list[list[tuple[float, float, float]]]:
        heights = [image.plane.origin[2] for image in series.stack.images if abs(image.plane.origin[2]) < 7.5]
        return [rectangle(7.0, 6.0, z) for z in sorted({*heights[::step], heights[-1]})]

    return made


def at(*points: tuple[float, float]) -> list[tuple[float, float, float]]:
    """Points on the slice at Z."""
    return [(x, y, Z) for x, y in points]


INSIDE = {"mean": SOLID_HU, "minimum": SOLID_HU, "maximum": SOLID_HU}
DISC = {"area": 25 * math.pi, **INSIDE}
WHOLE = {"volume": BOX_ML, "sd": 0.0, "median": SOLID_HU, "count": 20 * 24 * 12, "excluded": 0, **INSIDE}

TRUTHS: Mapping[str, tuple[Any, Mapping[str, float]]] = {
    "distance": (at((0, 0), (3, 4)), {"length": 5}),
    "distance_3d": ([(-5, 0, Z), (5, 0, Z + 7.5)], {"length": 12.5}),
    "polyline": (at((0, 0), (3, 4), (3, -4)), {"length": 13}),
    "two_diameters": (at((-5, 0), (5, 0), (1, -3), (1, 3)), {"long": 10, "short": 6}),
    "angle": (at((5, 0), (0, 0), (5, 5)), {"angle": 45}),
    "open_angle": (at((0, 0), (5, 0), (2, 2), (-1, 5)), {"angle": 135, "supplement": 45}),
    "cobb": (at((0, 0), (5, 0), (2, 2), (-1, 5)), {"cobb": 45, "supplement": 135}),
    "rectangle": (at((-3, -2), (3, 2)), {"area": 24, "perimeter": 20, "long_side": 6, "short_side": 4, **INSIDE}),
    "ellipse": (at((-5, -3), (5, 3)), {"area": 15 * math.pi, "long_diameter": 10, "short_diameter": 6, **INSIDE}),
    "circle": (at((0, 0), (3, 4)), {"diameter": 10, "perimeter": 10 * math.pi, **DISC}),
    "circle_three_points": (at((5, 0), (0, 5), (-3, 4)), {"diameter": 10, "perimeter": 10 * math.pi, **DISC}),
    "polygon": (rectangle(3, 2, Z), {"area": 24, "perimeter": 20, **INSIDE}),
    "freehand": (ring(5, 360), DISC),
    "spline": (ring(5, 36), DISC),
    "probe": (at((0, 0)), {"value": SOLID_HU, "sd": 0, "median": SOLID_HU, "percentile_25": SOLID_HU, **INSIDE}),
    "arrow": (at((0, 0), (5, 5)), {}),
    "text_note": (at((0, 0)), {}),
    "volume": (lambda series: grow(series, (0.1, 0.1, Z), low=500), WHOLE),
    "contour_volume": (outlines(1), WHOLE),
    "contour_volume_interpolated": (outlines(4), {"volume": BOX_ML, "count": 20 * 24 * 4, **INSIDE}),
    "ellipsoid": (
        [(-5, 0, Z), (5, 0, Z), (0, -3, Z), (0, 3, Z), (0, 0, Z - 5), (0, 0, Z + 7.5)],
        {"volume": math.pi / 6 * 0.75, "first": 10, "second": 6, "third": 12.5, "sd": 0, "excluded": 0, **INSIDE},
    ),
}


def test_every_kind_has_a_truth() -> None:
    assert TRUTHS.keys() == KINDS.keys()


@pytest.mark.parametrize("name", TRUTHS)
def test_every_kind_of_the_table_is_its_closed_form(opened: Callable[[str], Series], name: str) -> None:
    series, (given, truth) = opened("box"), TRUTHS[name]
    found = measure(name, series, given(series) if callable(given) else given)
    assert list(found) == [quantity.key for quantity in KINDS[name].quantities]
    curved = {"freehand": 1e-4, "spline": 1e-4}
    for key, number in truth.items():
        assert found[key].number == pytest.approx(number, rel=curved.get(name, 1e-12), abs=1e-12), key


def test_every_way_to_voxels_gives_the_same_box(opened: Callable[[str], Series]) -> None:
    """Grown, painted within a range, and as a mask; what is erased is missing to the voxel."""
    series = opened("box")
    whole = grow(series, (0.1, 0.1, Z), low=500)
    assert paint(series, [(-3, 0, Z), (3, 0, Z)], 30, low=500) == whole
    assert voxels(series, whole.mask()) == whole
    slice_alone = paint(series, [(0, 0, Z)], 30, index=series.nearest_index((0, 0, Z)), low=500)
    assert slice_alone.count == 20 * 24
    left = measure("volume", series, whole - slice_alone)["volume"]
    assert left.number == pytest.approx(BOX_ML * 11 / 12, rel=1e-12)
    assert measure("volume", series, whole.mask()) == measure("volume", series, whole)


def test_volumes_side_by_side_differ_by_their_rules(opened: Callable[[str], Series]) -> None:
    """A ball of 10 mm: voxels and ellipsoid, told in ml, against 4/3 pi r³."""
    series, (x, y, z) = opened("sphere"), (0.13, -0.21, 0.37)
    counted = measure("volume", series, grow(series, (x, y, z), low=500))
    ends: Sequence[tuple[float, float, float]] = [
        (x - 10, y, z), (x + 10, y, z), (x, y - 10, z), (x, y + 10, z), (x, y, z - 10), (x, y, z + 10),
    ]  # fmt: skip
    round_ = measure("ellipsoid", series, ends)
    assert round_["volume"].number == pytest.approx(SOLIDS["sphere"].volume_mm3 / 1000, rel=1e-12)
    assert (counted["volume"].unit, round_["volume"].unit) == ("ml", "ml")
    assert [round_[key] for key in ("count", "mean", "sd")] == [counted[key] for key in ("count", "mean", "sd")]
    ml, exact = counted["volume"].number, SOLIDS["sphere"].volume_mm3 / 1000
    assert ml is not None
    first, second = differences_percent(round_, counted)
    assert first == 0.0
    assert second == pytest.approx(100 * (ml / exact - 1), abs=1e-9)
    assert differences_percent() == ()


def test_wrong_wishes_for_volumes_are_refused(opened: Callable[[str], Series]) -> None:
    series, other = opened("box"), opened("tilted box")
    region = grow(series, (0.1, 0.1, Z), low=500)
    plane = plane_through([(0, 0, Z), (1, 0, Z), (0, 1, Z)])
    for place in ({"index": 3}, {"cut": plane}):
        with pytest.raises(ValueError, match="whole stack"):
            measure("volume", series, region, **place)
    with pytest.raises(ValueError, match="takes 6 to 6 points, not 4"):
        measure("ellipsoid", series, at((0, 0), (1, 0), (0, 1), (1, 1)))
    with pytest.raises(ValueError, match="3 or more points, not 2"):
        measure("contour_volume", series, [at((0, 0), (1, 1))])
    with pytest.raises(VolumeError, match="size of the images"):
        measure("volume", series, np.ones((2, 3, 4)))
    for seed, words in (((900, 0, Z), "outside the images"), ((10, 0, Z), "not in the range")):
        with pytest.raises(VolumeError, match=words):
            grow(series, seed, low=500)
    with pytest.raises(ValueError, match="no slice 99"):
        paint(series, [(0, 0, Z)], 3, index=99)
    of_others = measure("volume", other, region)["volume"]
    assert of_others.number is None
    assert of_others.note == "The volume belongs to other images."


@pytest.mark.parametrize(
    "kind", [name for name, kind in KINDS.items() if any(q.key == "count" for q in kind.quantities)]
)
def test_every_kind_with_statistics_has_a_histogram_of_the_same_pixels(
    opened: Callable[[str], Series], kind: str
) -> None:
    series, given = opened("box"), TRUTHS[kind][0]
    points = given(series) if callable(given) else given
    values, found = measure(kind, series, points), histogram(kind, series, points)
    assert sum(found.counts) == values["count"].number
    assert found.edges[0] <= SOLID_HU < found.edges[-1]
    assert (found.unit, found.note) == (values["mean"].unit, "")
    assert found.counted == ("voxel" if KINDS[kind].counts_voxels else "pixel")


@pytest.mark.parametrize("kind", ["distance", "two_diameters", "arrow"])
def test_what_encloses_nothing_has_no_histogram(opened: Callable[[str], Series], kind: str) -> None:
    with pytest.raises(ValueError, match="encloses no pixels"):
        histogram(kind, opened("box"), TRUTHS[kind][0])


def test_a_histogram_on_a_plane_is_of_its_pixels(opened: Callable[[str], Series]) -> None:
    series, cut = opened("box"), plane_through([(0, 0, 0), (5, 1, 0), (0, 1, 5)])
    points = [(-2, -0.4, 0), (2, 0.4, 0), (0, 1, 5)]
    found = histogram("circle_three_points", series, points, cut=cut)
    assert sum(found.counts) == measure("circle_three_points", series, points, cut=cut)["count"].number
