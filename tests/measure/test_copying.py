"""C10, C41: a copied mark lies at the same place in the patient, to the last bit that counts, or it is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from tests.measure.made import REFERENCE, UPRIGHT, measured, measurement
from viewer_app.errors import CaliperError
from viewer_app.imaging.geometry import Calibration, Floats, Plane, vector
from viewer_app.imaging.headers import Rescale
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.copying import Spot, figure_on
from viewer_app.measure.measurement import Measurement, Reference

OTHER = Reference("2.25.50", "2.25.60")
POINTS = ((10.25, 20.5, 0.0), (40.0, 60.75, 0.0))


def spot(plane: Plane, reference: Reference = OTHER, shape: tuple[int, int] = (512, 512)) -> Spot:
    return Spot(reference, plane, shape)


def turned(axis: Sequence[float], degrees: float, plane: Plane = UPRIGHT, **changes: Any) -> Plane:
    """The plane turned about a patient axis, by Rodrigues' formula."""
    x, y, z = np.asarray(axis) / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.radians(degrees)
    matrix: Floats = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * (cross @ cross)

    def turn(direction: ArrayLike) -> tuple[float, float, float]:
        return vector(matrix @ np.asarray(direction))

    return replace(
        plane, row_direction=turn(plane.row_direction), column_direction=turn(plane.column_direction), **changes
    )


def on(plane: Plane, points: ArrayLike = POINTS) -> Measurement:
    return measurement("distance", plane, points)


def test_points_go_along_the_normal_onto_the_other_plane() -> None:
    moved = figure_on(on(UPRIGHT), spot(replace(UPRIGHT, origin=(-100.0, -100.0, 7.5), row_spacing=0.3)))
    assert np.allclose(moved.points, [(x, y, 7.5) for x, y, _ in POINTS], rtol=0, atol=1e-12)
    assert moved.reference == OTHER
    assert np.allclose(moved.plane.height(moved.points), 0, atol=1e-12)


@given(
    degrees=st.floats(-180, 180),
    spin=st.floats(-180, 180),
    origin=st.tuples(*[st.floats(-30, 0)] * 3),
    spacing=st.tuples(st.floats(0.1, 1), st.floats(0.1, 1)),
    flip=st.booleans(),
)
def test_a_length_is_the_same_on_any_parallel_plane(
    degrees: float, spin: float, origin: tuple[float, ...], spacing: tuple[float, float], flip: bool
) -> None:
    """G10: turned in its plane, flipped, of other spacing: the mm are those of the first image."""
    first = turned((1.0, 2.0, -0.5), degrees)
    drawn = on(first, first.to_patient([(10.0, 20.0), (40.0, 61.0)]))
    second = turned(first.normal, spin, first, origin=vector(origin), row_spacing=spacing[0], column_spacing=spacing[1])
    if flip:
        second = replace(second, row_direction=vector(np.negative(second.row_direction)))
    try:
        moved = figure_on(drawn, spot(second))
    except CaliperError as error:
        assert "beside" in error.what
        return
    length = measured_length(moved.plane, moved.points)
    assert length == pytest.approx(np.hypot(30.0, 41.0), rel=1e-12)
    across = np.cross(np.subtract(moved.points, drawn.figures[0].points), first.normal)
    assert np.abs(across).max() < 1e-11  # moved along the normal only


def measured_length(plane: Plane, points: ArrayLike) -> float:
    shown = PlanarImage(plane, np.zeros((64, 64)), Rescale(unit="HU"))
    number = measured("distance", shown, plane.to_pixels(points))["length"].number
    assert number is not None
    return number


def test_the_same_place_keeps_every_bit() -> None:
    plane = turned((1.0, 1.0, 0.3), 33.0)
    drawn = on(plane, plane.to_patient([(1 / 3, 2 / 7), (9.9, 5.1)]))
    assert figure_on(drawn, spot(plane)).points == drawn.figures[0].points


@pytest.mark.parametrize(("degrees", "goes"), [(0.0, True), (0.09, True), (0.11, False), (15.0, False), (180.0, True)])
def test_only_parallel_images_take_a_mark(degrees: float, goes: bool) -> None:
    other = turned((1.0, 0.0, 0.0), degrees, origin=(0.0, 250.0, 3.0) if degrees == 180 else (0.0, 0.0, 3.0))
    if goes:
        moved = figure_on(on(UPRIGHT), spot(other))
        assert measured_length(other, moved.points) == pytest.approx(np.hypot(29.75, 40.25), rel=2e-6)
    else:
        with pytest.raises(CaliperError, match="not parallel"):
            figure_on(on(UPRIGHT), spot(other))


def test_another_frame_of_reference_is_another_place() -> None:
    with pytest.raises(CaliperError, match="Frame of Reference"):
        figure_on(on(UPRIGHT), spot(replace(UPRIGHT, frame_of_reference_uid="2.25.2")))
    with pytest.raises(CaliperError, match="Frame of Reference"):
        figure_on(on(UPRIGHT), spot(replace(UPRIGHT, frame_of_reference_uid="")))


def test_a_frame_of_reference_without_a_name_is_that_of_the_series() -> None:
    nameless = replace(UPRIGHT, frame_of_reference_uid="")
    below = replace(nameless, origin=(0.0, 0.0, 5.0))
    with pytest.raises(CaliperError, match="Frame of Reference"):
        figure_on(on(nameless), spot(below))
    same_series = replace(OTHER, series_uid=REFERENCE.series_uid)
    assert figure_on(on(nameless), spot(below, same_series)).points[0] == pytest.approx((10.25, 20.5, 5.0))


@pytest.mark.parametrize(
    "plane", [Plane.in_pixels(), Plane.unlocated(0.2, 0.2, "mm", Calibration.DETECTOR)], ids=["px", "detector"]
)
def test_images_without_a_place_take_marks_of_their_own_file_only(plane: Plane) -> None:
    frame = Reference(REFERENCE.series_uid, REFERENCE.sop_instance_uid, 9)
    assert figure_on(on(plane), spot(plane, frame)).points == on(plane).figures[0].points
    others = (OTHER, replace(frame, sop_instance_uid="2.25.7"))
    for target in (*(spot(plane, other) for other in others), spot(replace(plane, row_spacing=0.5), frame)):
        with pytest.raises(CaliperError, match="do not say where"):
            figure_on(on(plane), target)
    for mixed in ((UPRIGHT, plane), (plane, UPRIGHT)):
        with pytest.raises(CaliperError, match="do not say where"):
            figure_on(on(mixed[0]), spot(mixed[1], frame))


@pytest.mark.parametrize(("shift", "goes"), [((0, 0), True), ((-9.7, 0), True), ((-9.9, 0), False), ((0, -50), False)])
def test_a_mark_beside_the_image_is_refused(shift: tuple[float, float], goes: bool) -> None:
    """One that is partly on it stays: what is drawn may reach over the edge. The edge is half a pixel outside."""
    points = np.array([(5.2, 5.0, 0.0), (9.3, 9.0, 0.0)]) + np.array([*shift, 0.0])
    target = spot(replace(UPRIGHT, origin=(0.0, 0.0, 1.0)), shape=(20, 10))
    if goes:
        assert len(figure_on(on(UPRIGHT, points), target).points) == 2
    else:
        with pytest.raises(CaliperError, match="beside"):
            figure_on(on(UPRIGHT, points), target)


def test_a_mark_on_several_images_is_refused() -> None:
    drawn = on(UPRIGHT)
    several = replace(drawn, figures=drawn.figures * 2)
    with pytest.raises(CaliperError, match="several images") as refusal:
        figure_on(several, spot(UPRIGHT))
    assert refusal.value.advice
