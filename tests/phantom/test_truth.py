"""The table of truths against other ways to the same numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.phantom.conftest import Series, plane_of
from viewer_app.phantom import PRIOR_SHIFT_MM, SAMPLE_TRUTH, Truth, sample_table_markdown
from viewer_app.phantom.body import exact_layers, noisy_layers
from viewer_app.phantom.body.chest import NODULES
from viewer_app.phantom.series import plans
from viewer_app.phantom.shapes import Ellipsoid
from viewer_app.phantom.tissue import LESION, LUNG, NODULE

TRUTHS = {truth.key: truth for truth in SAMPLE_TRUTH}
_SPHERES = [t for t in SAMPLE_TRUTH if t.kind == "volume"]


def _ball(truth: Truth) -> Ellipsoid:
    """The ball that is drawn, found among the layers by its place: not through the truth's own constants."""
    prior = truth.series == "prior"
    shift = np.array(PRIOR_SHIFT_MM if prior else (0.0, 0.0, 0.0))
    layers = noisy_layers(tuple(n.prior_diameter_mm if prior else n.diameter_mm for n in NODULES))
    place = np.array(truth.points_mm[0]) - shift
    balls = [x.shape for x in layers if x.tissue in (NODULE, LESION) and isinstance(x.shape, Ellipsoid)]
    return next(ball for ball in balls if np.allclose(ball.center, place))


def test_keys_are_unique_and_numbers_finite() -> None:
    assert len(TRUTHS) == len(SAMPLE_TRUTH) > 60
    assert all(math.isfinite(truth.number) for truth in SAMPLE_TRUTH)


@pytest.mark.parametrize("truth", _SPHERES, ids=lambda truth: truth.key)
def test_volume_by_counting_points_inside_the_drawn_ball(truth: Truth) -> None:
    ball = _ball(truth)
    reach, count = ball.radii[0] * 1.05, 90
    step = 2 * reach / count
    offsets = (np.arange(count, dtype=np.float32) + 0.5) * step - reach
    x, y, z = (offsets + c for c in ball.center)
    inside = ball.distance(x, y[:, None], z[:, None, None]) < 0
    assert np.count_nonzero(inside) * step**3 == pytest.approx(truth.number, rel=2e-3)


@pytest.mark.parametrize("truth", [t for t in SAMPLE_TRUTH if t.kind == "length"], ids=lambda truth: truth.key)
def test_length_is_the_distance_of_its_points(truth: Truth) -> None:
    first, second = truth.points_mm
    assert np.linalg.norm(np.subtract(first, second)) == pytest.approx(truth.number, abs=1e-9)


@pytest.mark.parametrize("key", ["ct-nodules-angle", "prior-nodules-angle"])
def test_angle_by_the_law_of_cosines(key: str) -> None:
    a, b, c = TRUTHS[key].points_mm
    ab, bc, ac = math.dist(a, b), math.dist(b, c), math.dist(a, c)
    assert TRUTHS[key].number == pytest.approx(math.degrees(math.acos((ab**2 + bc**2 - ac**2) / (2 * ab * bc))))


def test_growth_follows_from_both_studies() -> None:
    for nodule in NODULES:
        now, before = TRUTHS[f"ct-{nodule.key}-volume"].number, TRUTHS[f"prior-{nodule.key}-volume"].number
        assert TRUTHS[f"ct-{nodule.key}-growth-volume"].number == pytest.approx((now / before - 1) * 100)


@pytest.mark.parametrize("key", ["ct", "prior"])
def test_rods_are_exact_around_their_axis(series: Callable[[str], Series], key: str) -> None:
    images, hu = series(key)
    for truth in (t for t in SAMPLE_TRUTH if t.series == key and t.unit == "HU"):
        center, rim = truth.points_mm
        for image, values in zip(images, hu, strict=True):
            column, row = np.rint(plane_of(image).to_pixels([center])[0]).astype(int)
            away = math.dist(center, rim) - 1.5 * float(image.PixelSpacing[0])
            assert away > float(image.PixelSpacing[0])
            around = values[row - 1 : row + 2, column - 1 : column + 2]
            assert np.abs(around - truth.number).max() < 1e-9


@pytest.mark.parametrize("key", ["ct", "prior", "mr"])
def test_centres_of_nodules_and_lesion_are_drawn_where_they_are_said(series: Callable[[str], Series], key: str) -> None:
    images, values = series(key)
    for truth in (t for t in _SPHERES if t.series == key):
        ball = _ball(truth)
        nearest = min(range(len(images)), key=lambda k: abs(plane_of(images[k]).height(truth.points_mm[:1])[0]))
        column, row = np.rint(plane_of(images[nearest]).to_pixels(truth.points_mm[:1])[0]).astype(int)
        tissue = LESION if ball.radii[0] > 10 else NODULE
        wanted, noise = (tissue.signal, 60.0) if key == "mr" else (tissue.hu, 90.0)
        if ball.radii[0] > 2 * float(images[0].PixelSpacing[0]):
            assert abs(values[nearest, row, column] - wanted) < noise


def test_voxels_above_the_half_level_fill_the_volume_of_the_largest_nodule() -> None:
    """Among the voxels within 1.4 mm of the ball: vessels keep 1.5 mm away."""
    truth = TRUTHS["ct-nodule-a-volume"]
    plan = plans()[0]
    voxels = 0
    for image in replace(plan, grid=plan.grid.slab(72, 91)).images():
        plane, rows, columns = plane_of(image), *np.indices((512, 512))
        places = plane.to_patient(np.stack([columns.ravel(), rows.ravel()], axis=1))
        near = np.linalg.norm(places - truth.points_mm[0], axis=1) < 8.4
        solid = image.pixel_array.ravel() - 1024.0 > (LUNG.hu + NODULE.hu) / 2
        voxels += int(np.count_nonzero(near & solid))
    assert voxels * 0.7 * 0.7 * 1.0 == pytest.approx(truth.number, rel=0.01)


def test_exact_layers_hold_the_rods_and_the_water() -> None:
    assert sorted(layer.tissue.hu for layer in exact_layers()) == [-100, 0, 0, 50, 100, 200, 400, 800]


def test_markdown_has_a_row_for_each_truth() -> None:
    lines = sample_table_markdown().splitlines()
    assert len(lines) == len(SAMPLE_TRUTH) + 2
    assert {line.count("|") for line in lines} == {7}
