"""What is plotted of which kind, its least, mean and largest value, and its numbers as a table."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import ArrayLike

from tests.measure.made import REFERENCE, UPRIGHT, image, measurement
from viewer_app.imaging.geometry import Plane
from viewer_app.imaging.places.regions import Region
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.evaluate import record
from viewer_app.measure.histogram import Histogram
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import DrawnOn, Place
from viewer_app.measure.plotting import Plot, Summary, is_plotted, plot_of, point_at, table
from viewer_app.measure.profile import Profile

NOISE = np.random.default_rng(3).integers(-1000, 2000, (64, 64))
AREAS = {"rectangle", "ellipse", "circle", "circle_three_points", "polygon", "freehand", "spline"}


def plotted(kind: str, shown: PlanarImage, pixels: ArrayLike) -> Plot:
    images: dict[DrawnOn, PlanarImage] = {REFERENCE: shown}
    return plot_of(record(measurement(kind, UPRIGHT, UPRIGHT.to_patient(pixels)), images, Place(0, 0)), images)


VOLUMES = {"volume", "contour_volume", "contour_volume_interpolated", "ellipsoid"}


def test_areas_volumes_and_the_probe_have_histograms_and_lines_profiles() -> None:
    assert {kind for kind in KINDS if is_plotted(kind)} == AREAS | VOLUMES | {"probe", "distance", "polyline"}
    with pytest.raises(ValueError, match="'angle' is not plotted"):
        plotted("angle", image(UPRIGHT, NOISE), [(1, 1), (2, 2), (3, 1)])


@pytest.mark.parametrize("kind", sorted(AREAS | {"probe"}))
def test_every_pixel_that_is_counted_is_in_a_bin_and_the_lines_are_the_numbers_of_the_measurement(kind: str) -> None:
    pixels = [(32.2, 31.7)] if kind == "probe" else [(12, 14), (50, 20), (40, 55)][: KINDS[kind].max_points]
    shown = image(UPRIGHT, NOISE)
    drawn = record(measurement(kind, UPRIGHT, UPRIGHT.to_patient(pixels)), {REFERENCE: shown}, Place(0, 0))
    values = {value.key: value.number for value in drawn.values}
    found = plot_of(drawn, {REFERENCE: shown})
    assert isinstance(found.found, Histogram)
    assert sum(found.found.counts) == values["count"]
    assert found.summary == Summary(*(values[key] or 0.0 for key in ("minimum", "mean", "maximum")))
    assert found.found.edges[0] <= found.summary.minimum < found.found.edges[1]
    assert found.found.edges[-2] <= found.summary.maximum < found.found.edges[-1]


def test_the_disc_of_a_probe_is_not_the_square_around_it() -> None:
    """2.5 pixels around the centre of a pixel: 21 centres."""
    found = plotted("probe", image(UPRIGHT, np.full((9, 9), 7)), [(4, 4)])
    assert isinstance(found.found, Histogram)
    assert found.found.counts == (21,)


def test_the_mean_along_a_line_is_that_of_the_line_drawn() -> None:
    """From 0 over 10 to 40, a pixel each: (5 + 25) / 2."""
    found = plotted("distance", image(UPRIGHT, np.array([[0, 10, 40], [0, 0, 0]])), [(0, 0), (2, 0)])
    assert found.summary == Summary(0.0, 15.0, 40.0)
    assert found.note == "interpolated between the pixels of the image"


def test_stretches_without_a_value_have_no_part_in_the_mean() -> None:
    found = plotted("distance", image(UPRIGHT, np.full((4, 4), 8)), [(-20, 1), (3, 1)])
    assert found.summary == Summary(8.0, 8.0, 8.0)
    nowhere = plotted("polyline", image(UPRIGHT, np.full((4, 4), 8)), [(-20, 1), (-9, 1)])
    assert (nowhere.summary, nowhere.note) == (None, "nothing along the line has a value")


def test_a_colour_image_has_no_values_and_says_so() -> None:
    shown = image(UPRIGHT, np.zeros((8, 8, 3), dtype=np.uint8))
    for kind, pixels in (("distance", [(1, 1), (5, 5)]), ("rectangle", [(1, 1), (5, 5)]), ("probe", [(4, 4)])):
        found = plotted(kind, shown, pixels)
        assert (found.summary, found.note) == (None, "a colour image has no values")


def test_points_along_a_polyline() -> None:
    pixels = [(0, 0), (3, 0), (3, 1)]
    drawn = measurement("polyline", UPRIGHT, UPRIGHT.to_patient(pixels))
    along = plotted("polyline", image(UPRIGHT, NOISE), pixels).found
    assert isinstance(along, Profile)
    assert [point_at(drawn, along, at) for at in (0, 2, 3, 3.5, 4)] == [
        (0, 0, 0), (2, 0, 0), (3, 0, 0), (3, 0.5, 0), (3, 1, 0),
    ]  # fmt: skip


def test_in_a_region_of_an_ultrasound_image_distances_are_its_millimetres_and_places_those_drawn() -> None:
    """0.2 mm down and 0.4 mm along a row: 4 pixels and 10 pixels."""
    plane = Plane.in_pixels()
    shown = image(plane, NOISE, regions=(Region((0, 0, 39, 39), 1, False, (0.2, 0.4)),))
    drawn = measurement("polyline", plane, plane.to_patient([(2, 2), (6, 2), (6, 12)]))
    images: dict[DrawnOn, PlanarImage] = {REFERENCE: shown}
    along = plot_of(record(drawn, images, Place(0, 0)), images).found
    assert isinstance(along, Profile)
    assert along.corners == pytest.approx((0.0, 1.6, 3.6))
    assert along.distance_unit == "mm"
    assert plane.to_pixels([point_at(drawn, along, at) for at in (0.8, 2.6)]) == pytest.approx(
        np.array([(4, 2), (6, 7)])
    )


def test_tables_can_be_pasted_into_a_sheet() -> None:
    line = Profile((0.0, 0.5), (1.5, None), (0.0, 0.5), "mm", "HU")
    assert table(Plot(line, None, "")) == "Distance (mm)\tValue (HU)\n0.0\t1.5\n0.5\t\n"
    bars = Histogram((0.5, 1.5, 2.5), (3, 0))
    assert table(Plot(bars, None, "")) == "From\tBefore\tPixels\n0.5\t1.5\t3\n1.5\t2.5\t0\n"
