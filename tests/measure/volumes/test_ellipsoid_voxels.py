"""The voxels inside an ellipsoid of three diameters: closed forms, brute force, SimpleITK, and what is refused."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
import SimpleITK as sitk
from numpy.typing import ArrayLike

from tests.made import rotation
from tests.measure.volumes.made import ball, centres, empty_stack, loaded, valued
from viewer_app.errors import VolumeError
from viewer_app.imaging.geometry import Floats, vector
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.volume import Volume
from viewer_app.measure.evaluate import counterparts, evaluate
from viewer_app.measure.histogram import volume_histogram
from viewer_app.measure.kinds.ellipsoid import Ellipsoid
from viewer_app.measure.measurement import Figure, Measurement, Place, Record, Reference
from viewer_app.measure.plotting import plot_of
from viewer_app.measure.quantity import Value
from viewer_app.measure.region import RULE_VERSION
from viewer_app.measure.volumes import StackGrid, body_of, body_region, voxels_about
from viewer_app.phantom.ramp import RAMPS, ramp
from viewer_app.phantom.solids import SOLID_HU, solid

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
UPRIGHT = np.eye(3)


def ends(center: ArrayLike, half: ArrayLike, axes: Floats = UPRIGHT) -> Floats:
    """Both ends of the three diameters along the columns of `axes`, (6, 3)."""
    ways = (axes * np.asarray(half)).T
    return np.stack([np.asarray(center) - ways, np.asarray(center) + ways], axis=1).reshape(6, 3)


def drawn(stack: Stack, points: Floats, index: int = 0) -> Measurement:
    """An ellipsoid whose diameters have a figure each on a slice of the stack."""
    image = stack.images[index]
    on = Reference(stack.info.series_uid, image.sop_instance_uid, image.frame.number)
    pairs = points.reshape(3, 2, 3)
    figures = tuple(Figure(image.plane, (vector(one), vector(other)), on) for one, other in pairs)
    return Measurement("2.25.9", "ellipsoid", figures, "", "", "R", NOW, NOW)


def told(volume: Volume, points: Floats) -> dict[str, Value]:
    return {value.key: value for value in evaluate(drawn(volume.stack, points), {}, volume=volume)}


def brute(stack: Stack, center: ArrayLike, half: ArrayLike, axes: Floats) -> Floats:
    """(slices, rows, columns): the centres inside, one by one, of axes that stand at right angles."""
    shape = StackGrid.of(stack).shape
    slices = [((centres(stack, k) - np.asarray(center)) @ axes / np.asarray(half)) ** 2 for k in range(shape[0])]
    return np.reshape([one.sum(axis=1) < 1.0 for one in slices], shape)


@pytest.mark.parametrize("name", RAMPS)
def test_on_a_ramp_the_mean_is_that_at_the_centre(name: str) -> None:
    """A body about a voxel: its mean and median are the value there; its SD is |half axes x gradient| / √5."""
    made = ramp(name)
    volume = loaded(made.images)
    plane = volume.stack.images[6].plane
    ((x, y, z),) = plane.to_patient([(11.0, 9.0)])
    half, axes = (4.0, 4.5, 6.5), np.column_stack([plane.row_direction, plane.column_direction, plane.normal])
    found = told(volume, ends((x, y, z), half, axes))
    truth = float(made.values_at([(x, y, z)])[0])
    assert found["mean"].number == pytest.approx(truth, rel=1e-12)
    assert found["median"].number == pytest.approx(truth, rel=1e-12)
    spread = float(np.linalg.norm(np.asarray(half) * (np.asarray(made.gradient) @ axes))) / math.sqrt(5.0)
    assert found["sd"].number == pytest.approx(spread, rel=0.03)
    assert found["mean"].unit == "HU"
    assert found["mean"].note == ""
    assert found["volume"].number == pytest.approx(math.pi / 6 * 8 * 9 * 13 / 1000, rel=1e-12)
    assert found["volume"].unit == "ml"


def test_a_turned_one_has_the_voxels_of_brute_force_and_the_statistics_of_simpleitk() -> None:
    random = np.random.default_rng(3)
    volume = valued(random.integers(0, 4000, (20, 40, 36)), step_mm=1.7, spacing=(0.8, 0.6))
    shape = StackGrid.of(volume.stack).shape
    values = np.stack([volume.image(k).modality_values() for k in range(shape[0])])
    for _ in range(10):
        axes, half = rotation(random), random.uniform(3.0, 8.0, 3)
        center = np.array([10.0, 15.0, -16.0]) + random.uniform(-3, 3, 3)
        points = ends(center, half, axes)
        region, _ = body_region(volume.stack, body_of(points))
        mask = brute(volume.stack, center, half, axes)
        assert (region.mask() == mask).all()
        theirs = sitk.LabelStatisticsImageFilter()
        theirs.Execute(sitk.GetImageFromArray(values), sitk.GetImageFromArray(mask.astype(np.uint8)))
        found, chosen = told(volume, points), values[mask]
        truth = {"mean": theirs.GetMean(1), "sd": theirs.GetSigma(1), "minimum": theirs.GetMinimum(1),
                 "maximum": theirs.GetMaximum(1), "count": theirs.GetCount(1), "median": np.median(chosen),
                 **{f"percentile_{share}": np.percentile(chosen, share) for share in (5, 25, 75, 95)}}  # fmt: skip
        for key, number in truth.items():
            assert found[key].number == pytest.approx(number, rel=1e-9), key
        inside = volume_histogram(drawn(volume.stack, points), volume)
        assert inside.counts == tuple(np.histogram(chosen, inside.edges)[0].tolist())
        assert voxels_about(volume.stack, points) == pytest.approx(chosen.size, rel=0.1)


@pytest.mark.parametrize("name", ["sphere", "tilted box"])
def test_three_equal_diameters_are_the_ball_of_a_brush(name: str) -> None:
    stack = loaded(solid(name)).stack
    center = (0.13, -0.21, 0.37)
    region, notes = body_region(stack, body_of(ends(center, (9.0, 9.0, 9.0))))
    assert region == ball(stack, center, 9.0)
    assert notes == ()


def test_leaning_diameters_become_the_nearest_right_angles() -> None:
    """Two that lean by the same angle towards each other are turned apart by the half of it each."""
    lean = math.radians(8.0)
    directions = np.array([(1.0, 0.0, 0.0), (math.sin(lean), math.cos(lean), 0.0), (0.0, 0.0, 1.0)])
    body = body_of(ends((1.0, 2.0, 3.0), (5.0, 4.0, 3.0), directions.T))
    c, s = math.cos(lean / 2), math.sin(lean / 2)
    assert body.axes == pytest.approx(np.array([(c, s, 0.0), (-s, c, 0.0), (0.0, 0.0, 1.0)]), abs=1e-12)
    assert body.center == pytest.approx([1.0, 2.0, 3.0])
    assert body.half == pytest.approx([5.0, 4.0, 3.0])
    assert body.reach((1.0, 0.0, 0.0)) == pytest.approx(math.hypot(5.0 * c, 4.0 * s))


def leaning(degrees: float) -> Floats:
    lean = math.radians(degrees)
    directions = np.array([(1.0, 0.0, 0.0), (math.sin(lean), math.cos(lean), 0.0), (0.0, 0.0, 1.0)])
    return ends((0.0, 0.0, 0.0), (5.0, 4.0, 3.0), directions.T)


def apart(mm: float) -> Floats:
    points = ends((0.0, 0.0, 0.0), (5.0, 4.0, 3.0))
    points[4:] += (mm, 0.0, 0.0)
    return points


@pytest.mark.parametrize("taken", [leaning(19.9), leaning(-19.9), apart(2.99)])
def test_what_is_nearly_an_ellipsoid_is_one(taken: Floats) -> None:
    assert body_of(taken).half == pytest.approx([5.0, 4.0, 3.0])


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (leaning(20.1), "more than 20° off a right angle"),
        (leaning(-20.1), "more than 20° off a right angle"),
        (leaning(89.0), "more than 20° off a right angle"),
        (apart(3.01), "too far apart"),
    ],
)
def test_what_is_no_ellipsoid_keeps_its_volume_and_says_why(given: Floats, why: str) -> None:
    volume = loaded(solid("sphere"))
    found = told(volume, given)
    assert found["volume"].number == pytest.approx(math.pi / 6 * 10 * 8 * 6 / 1000, rel=1e-12)
    assert [found[key].number for key in ("mean", "median", "count")] == [None] * 3
    assert why in found["mean"].note
    assert found["mean"].note.endswith("no statistics.")
    assert why in volume_histogram(drawn(volume.stack, given), volume).note


def test_what_reaches_out_of_the_images_says_so() -> None:
    volume = loaded(solid("sphere"))
    for center in ((17.0, 0.0, 0.0), (0.0, 0.0, 19.0), (0.0, -15.0, 0.0)):
        found = told(volume, ends(center, (5.0, 4.0, 3.0)))
        assert found["mean"].note == "part of it lies outside the images"
        assert found["count"].number
    nothing = told(volume, ends((0.0, 0.0, 90.0), (5.0, 4.0, 3.0)))
    assert nothing["mean"].number is None
    assert "no voxel" in nothing["mean"].note


def test_only_stacks_with_all_their_slices_are_counted() -> None:
    body = body_of(ends((6.0, 6.0, -10.0), (4.0, 4.0, 5.0)))
    heights = [-2.0 * k for k in range(12)]
    whole = empty_stack((12, 20, 20), heights)
    assert body_region(whole, body)[0].count > 0
    lacking = empty_stack((11, 20, 20), [*heights[:4], *heights[5:]])
    with pytest.raises(VolumeError, match="Slices are missing inside of it: no statistics"):
        body_region(lacking, body)
    below = body_of(ends((6.0, 6.0, -17.0), (4.0, 4.0, 3.0)))
    assert body_region(lacking, below)[0].count == body_region(whole, below)[0].count
    for stack in (empty_stack((1, 20, 20), [0.0]), empty_stack((3, 20, 20), [0.0, 0.0, 0.0])):
        with pytest.raises(VolumeError, match="no stack to count voxels in"):
            body_region(stack, body)


def test_another_frame_of_reference_is_refused_and_another_series_is_told() -> None:
    volume = loaded(solid("sphere"))
    mark = drawn(volume.stack, ends((0.0, 0.0, 0.0), (5.0, 4.0, 3.0)))
    first, second, third = mark.figures
    assert third.reference is not None
    of_other = replace(third, reference=replace(third.reference, sop_instance_uid="2.25.77"))
    values = {one.key: one for one in evaluate(replace(mark, figures=(first, second, of_other)), {}, volume=volume)}
    assert values["mean"].number == SOLID_HU
    assert values["mean"].note == "of the voxels of the series of the first diameter"
    elsewhere = replace(third, plane=replace(third.plane, frame_of_reference_uid="2.25.78"))
    values = {one.key: one for one in evaluate(replace(mark, figures=(first, second, elsewhere)), {}, volume=volume)}
    assert values["mean"].number is None
    assert "space of one series" in values["mean"].note
    assert values["volume"].number is not None


def test_before_all_images_are_there_only_the_diameters_have_numbers() -> None:
    stack = loaded(solid("sphere")).stack
    values = evaluate(drawn(stack, ends((0.0, 0.0, 0.0), (5.0, 4.0, 3.0))), {})
    assert [value.key for value in values] == [quantity.key for quantity in Ellipsoid.quantities]
    assert [value.number for value in values[1:4]] == [10.0, 8.0, 6.0]
    assert {value.note for value in values[4:]} == {"not all images of the series are here"}


def test_one_stored_in_mm3_without_statistics_is_still_the_same() -> None:
    volume = loaded(solid("sphere"))
    mark = drawn(volume.stack, ends((0.1, 0.2, 0.3), (5.0, 4.0, 3.0)))
    now = evaluate(mark, {}, volume=volume)
    mm3 = math.pi / 6.0 * math.prod([one.number or 0.0 for one in now[1:4]])
    old = (replace(now[0], number=mm3, unit="mm³"), *now[1:4])
    pairs = counterparts(now, old)
    assert pairs is not None
    assert [one.number for one, _ in pairs] == [other.number for _, other in pairs]
    assert {one.unit for one, _ in pairs} == {"ml", "mm"}
    other = counterparts(now, (replace(old[0], number=mm3 + 1), *old[1:]))
    assert other is not None
    assert other[0][0].number != other[0][1].number
    assert counterparts(now, old[:3]) is None
    assert counterparts(now[:3], old) is None
    plot = plot_of(Record(mark, old, Place(0, 0), RULE_VERSION), {}, volume=volume)
    assert plot.summary is not None
    assert plot.summary.mean == SOLID_HU
