"""The contract of a measurement kind, held against every line of the table."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.made import random_plane, rotation
from tests.measure.made import REFERENCE, image, measurement, point_counts, spread_points
from viewer_app import resources
from viewer_app.imaging.geometry import Calibration, Floats, Plane, vector
from viewer_app.measure import kinds
from viewer_app.measure.evaluate import evaluate, record
from viewer_app.measure.kind import OPEN_ENDED, Gesture, Images, Kind
from viewer_app.measure.kinds import DRAWN, KINDS
from viewer_app.measure.measurement import Place
from viewer_app.measure.quantity import Dimension, Value
from viewer_app.measure.serial import figures_from_json, figures_to_json
from viewer_app.ui.views.camera import Camera

EVERY = pytest.mark.parametrize("kind", DRAWN.values(), ids=DRAWN)
STORED = np.random.default_rng(0).integers(-1000, 2000, (64, 64)).astype(np.int16)
POWERS = {Dimension.LENGTH: "", Dimension.AREA: "²", Dimension.VOLUME: "³"}


def values_of(kind: Kind, plane: Plane, pixels: Floats, **changes: Any) -> tuple[Value, ...]:
    """Evaluated on a noisy image that lies on the plane."""
    shown = image(plane, STORED, **changes)
    return evaluate(measurement(kind.name, plane, plane.to_patient(pixels)), {REFERENCE: shown})


def assert_same_numbers(one: tuple[Value, ...], other: tuple[Value, ...]) -> None:
    assert [value.key for value in one] == [value.key for value in other]
    for here, there in zip(one, other, strict=True):
        assert here.unit == there.unit
        assert (here.number is None) == (there.number is None)
        if here.number is not None:
            assert here.number == pytest.approx(there.number, rel=1e-9, abs=1e-9)


def test_every_file_of_a_kind_is_in_the_table() -> None:
    assert kinds.__file__ is not None
    files = {path.stem for path in Path(kinds.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == {type(kind).__module__.rpartition(".")[2] for kind in KINDS.values()}


@pytest.mark.parametrize("field", ["name", "title", "shortcut", "icon"])
def test_no_two_kinds_share(field: str) -> None:
    found = [getattr(kind, field) for kind in (DRAWN if field in ("shortcut", "icon") else KINDS).values()]
    assert len(set(found)) == len(found)
    assert all(found)


def test_names_are_the_keys_of_the_table() -> None:
    assert [kind.name for kind in KINDS.values()] == list(KINDS)


@EVERY
def test_identity(kind: Kind) -> None:
    assert kind.name.isidentifier()
    assert kind.name == kind.name.lower()
    assert 1 <= kind.min_points <= kind.max_points
    assert kind.max_points == OPEN_ENDED or kind.max_points <= 8
    assert kind.gesture in Gesture
    keys = [quantity.key for quantity in kind.quantities]
    assert len(set(keys)) == len(keys)
    assert all(quantity.title and quantity.key.isidentifier() for quantity in kind.quantities)
    assert not any(word in quantity.title for quantity in kind.quantities for word in ("mm", "px", "HU"))
    assert resources.path(f"icons/{kind.icon}.svg").exists()


@EVERY
def test_it_answers_every_quantity_with_a_finite_number_or_a_reason(kind: Kind) -> None:
    random = np.random.default_rng(1)
    for count in point_counts(kind):
        for _ in range(50):
            plane = random_plane(random)
            values = values_of(kind, plane, spread_points(kind, plane, random, count))
            assert [value.key for value in values] == [quantity.key for quantity in kind.quantities]
            for value in values:
                assert value.number is None or math.isfinite(value.number)
                assert value.number is not None or value.note


@EVERY
def test_a_figure_with_all_its_points_tells_every_number(kind: Kind) -> None:
    """Not whatever its points, but somewhere: a kind that always has a reason measures nothing."""
    random, plane = np.random.default_rng(16), random_plane(np.random.default_rng(17), row_spacing=1.5)
    found = [values_of(kind, plane, spread_points(kind, plane, random, point_counts(kind)[-1])) for _ in range(50)]
    assert any(all(value.number is not None for value in values) for values in found)


@EVERY
def test_numbers_do_not_change_when_patient_and_plane_move_together(kind: Kind) -> None:
    random = np.random.default_rng(2)
    for count in (*point_counts(kind), *point_counts(kind), *[kind.min_points] * 40):
        plane = random_plane(random)
        pixels = spread_points(kind, plane, random, count)
        turn, shift = rotation(random), random.uniform(-300, 300, 3)
        moved = replace(
            plane,
            origin=vector(turn @ plane.origin + shift),
            row_direction=vector(turn @ plane.row_direction),
            column_direction=vector(turn @ plane.column_direction),
        )
        points = plane.to_patient(pixels) @ turn.T + shift
        there = evaluate(measurement(kind.name, moved, points), {REFERENCE: image(moved, STORED)})
        assert_same_numbers(values_of(kind, plane, pixels), there)


@EVERY
def test_numbers_do_not_change_when_the_image_is_turned_over(kind: Kind) -> None:
    """The same pixels, read out from the other side or across, at the same patient points."""
    random = np.random.default_rng(3)
    for count in [*point_counts(kind)] * 10:
        plane = random_plane(random)
        points = plane.to_patient(spread_points(kind, plane, random, count))
        here = evaluate(measurement(kind.name, plane, points), {REFERENCE: image(plane, STORED)})
        turned = (
            (replace(plane, row_direction=plane.column_direction, column_direction=plane.row_direction,
                     row_spacing=plane.column_spacing, column_spacing=plane.row_spacing), STORED.T),
            (replace(plane, origin=vector(plane.to_patient([(63, 0)])[0]),
                     row_direction=vector(np.negative(plane.row_direction))), STORED[:, ::-1]),
        )  # fmt: skip
        for other, stored in turned:
            there = evaluate(measurement(kind.name, other, points), {REFERENCE: image(other, stored)})
            assert_same_numbers(here, there)


UNCALIBRATED = [
    (Plane.in_pixels(), "px", Calibration.NONE),
    (Plane.unlocated(0.5, 0.5, "mm", Calibration.DETECTOR), "mm", Calibration.DETECTOR),
    (Plane.unlocated(0.5, 0.5, "mm", Calibration.PROJECTION), "mm", Calibration.PROJECTION),
    (random_plane(np.random.default_rng(4)), "mm", Calibration.IMAGE_PLANE),
]


@EVERY
@pytest.mark.parametrize(("plane", "unit", "calibration"), UNCALIBRATED)
def test_units_follow_plane_and_image(kind: Kind, plane: Plane, unit: str, calibration: Calibration) -> None:
    pixels = spread_points(kind, plane, np.random.default_rng(5), kind.min_points)
    for value in values_of(kind, plane, pixels):
        if value.dimension in POWERS:
            assert (value.unit, value.provenance) == (unit + POWERS[value.dimension], calibration.value)
        elif value.dimension is Dimension.PIXEL_VALUE:
            assert value.unit == "HU"
        elif value.dimension is Dimension.ANGLE:
            assert (value.unit, value.provenance) == ("deg", calibration.value)
        else:
            assert value.unit == ""


@EVERY
def test_shapes_are_refused_where_pixels_are_not_known_to_be_square(kind: Kind) -> None:
    plane, random = Plane.in_pixels(), np.random.default_rng(20)
    for count in point_counts(kind):
        pixels = spread_points(kind, plane, random, count)
        square, other = values_of(kind, plane, pixels), values_of(kind, plane, pixels, has_square_pixels=False)
        for here, there in zip(square, other, strict=True):
            if here.dimension in (Dimension.ANGLE, Dimension.RATIO):
                why = here.note if here.number is None else "the pixels are not known to be square"
                assert (there.number, there.note) == (None, why)
            else:
                assert there == here


@EVERY
def test_zoom_rotation_and_flip_of_the_view_change_nothing(kind: Kind) -> None:
    """Points read off the screen, however it is turned and zoomed, are the points; the outline keeps its place."""
    random = np.random.default_rng(21)
    for scale, flipped, turns in itertools.product((0.05, 1.7, 40.0), (False, True), range(4)):
        plane = random_plane(random)
        camera = Camera(scale, (float(random.uniform(-50, 50)), 3.0), (800.0, 600.0), flipped, turns)
        for count in point_counts(kind):
            points = plane.to_patient(spread_points(kind, plane, random, count))
            seen = camera.to_screen(plane.in_plane(points))
            read = plane.to_patient(camera.to_plane(seen) / plane.spacing[::-1])
            shown: Images = {REFERENCE: image(plane, STORED)}
            here, there = (evaluate(measurement(kind.name, plane, each), shown) for each in (points, read))
            assert_same_numbers(here, there)


@EVERY
def test_a_value_whose_unit_the_file_does_not_prove_has_none(kind: Kind) -> None:
    plane = random_plane(np.random.default_rng(7))
    pixels = spread_points(kind, plane, np.random.default_rng(6), kind.min_points)
    shown = image(plane, STORED)
    for value in values_of(kind, plane, pixels, rescale=replace(shown.rescale, unit="")):
        assert "HU" not in value.unit


@EVERY
def test_without_its_image_only_what_needs_no_pixels_has_a_number(kind: Kind) -> None:
    plane = random_plane(np.random.default_rng(8))
    pixels = spread_points(kind, plane, np.random.default_rng(9), kind.min_points)
    loaded = values_of(kind, plane, pixels)
    missing = evaluate(measurement(kind.name, plane, plane.to_patient(pixels)), {})
    for here, there in zip(loaded, missing, strict=True):
        if here.dimension in (Dimension.PIXEL_VALUE, Dimension.COUNT):
            assert there.number is None
            assert there.note
        else:
            assert here == there


@EVERY
def test_a_colour_image_has_no_pixel_values(kind: Kind) -> None:
    plane = random_plane(np.random.default_rng(10))
    pixels = spread_points(kind, plane, np.random.default_rng(11), kind.min_points)
    shown = image(plane, np.zeros((64, 64, 3), dtype=np.uint8))
    for value in evaluate(measurement(kind.name, plane, plane.to_patient(pixels)), {REFERENCE: shown}):
        assert value.dimension is not Dimension.PIXEL_VALUE or value.number is None


def hard_points(kind: Kind, count: int) -> list[Floats]:
    """Points in general position, all in one place, in a line, and far away, in the plane's unit."""
    random = np.random.default_rng(12)
    line = np.arange(count)[:, None] * np.array([[3.0, 0.0]])
    far = random.uniform(-1e6, 1e6, (count, 2))
    return [random.uniform(0, 100, (count, 2)), np.zeros((count, 2)), np.full((count, 2), 7.25), line, far]


@EVERY
@pytest.mark.parametrize("mm_per_pixel", [1e-3, 0.7, 100.0])
def test_the_outline_is_finite_whatever_the_points(kind: Kind, mm_per_pixel: float) -> None:
    # The points of a kind that joins places lie in figures of their own, each drawn alone.
    for count in (*point_counts(kind), *([1] if kind.gesture is Gesture.PLACES else [])):
        for points in hard_points(kind, count):
            outline = kind.outline(points, mm_per_pixel)
            assert outline.lines
            for line in (*outline.lines, *outline.helpers):
                assert line.ndim == 2
                assert line.shape[0] >= 2  # the hit test measures to its steps
                assert line.shape[1] == 2
                assert np.isfinite(line).all()


@EVERY
def test_degenerate_points_never_raise_and_never_tell_infinity(kind: Kind) -> None:
    plane = random_plane(np.random.default_rng(13))
    for count in point_counts(kind):
        for points in hard_points(kind, count):
            for value in values_of(kind, plane, points):
                assert value.number is None or math.isfinite(value.number)


@EVERY
def test_moving_a_point_moves_it(kind: Kind) -> None:
    random = np.random.default_rng(14)
    plane = random_plane(random)
    for count in point_counts(kind):
        points = tuple(vector(point) for point in plane.to_patient(spread_points(kind, plane, random, count)))
        for index in range(count):
            to = vector(plane.to_patient(random.uniform(12, 52, 2))[0])
            moved = kind.move_point(points, index, to)
            assert len(moved) == count
            assert moved[index] == to
            assert moved != points
            np.testing.assert_allclose(kind.move_point(moved, index, to), moved, rtol=0, atol=1e-9)
        assert points == tuple(vector(point) for point in points)


@EVERY
def test_a_record_comes_back_from_json_and_evaluates_to_the_same_bits(kind: Kind) -> None:
    random = np.random.default_rng(15)
    for count in [*point_counts(kind)] * 15:
        plane = random_plane(random)
        shown: Images = {REFERENCE: image(plane, STORED)}
        drawn = measurement(kind.name, plane, plane.to_patient(spread_points(kind, plane, random, count)))
        made = record(drawn, shown, Place(0, 2))
        written = json.dumps(figures_to_json(kind.name, drawn.figures, made.values, made.rule_version))
        figures, values, rule_version = figures_from_json(json.loads(written))
        again = replace(made, measurement=replace(drawn, figures=figures), values=values, rule_version=rule_version)
        assert again == made
        assert evaluate(again.measurement, shown) == made.values
