"""C14, C45: measured on a reconstructed plane, in closed form on the ramp."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import ArrayLike

from tests.imaging.sampler.made import centre, volume_of
from tests.made import rotation
from tests.measure.made import NOW, spread_points
from viewer_app.imaging.cuts import Cut, SlabMode
from viewer_app.imaging.geometry import Floats, Plane, vector
from viewer_app.imaging.mpr import VoxelGrid, plane_of
from viewer_app.imaging.sampler.planes import sample_heights
from viewer_app.imaging.sampling import values_at
from viewer_app.imaging.volume import Volume
from viewer_app.measure.evaluate import evaluate, record
from viewer_app.measure.kind import Kind
from viewer_app.measure.kinds import DRAWN, KINDS
from viewer_app.measure.measurement import Figure, Measurement, Place, Reconstruction
from viewer_app.measure.present import plane_words
from viewer_app.measure.quantity import Dimension, Value
from viewer_app.measure.sections import section
from viewer_app.phantom.ramp import RAMPS, ramp

SERIES = "2.25.5"
THIN = Reconstruction(SERIES, 0)


def oblique(volume: Volume, seed: int = 14) -> Plane:
    """The plane of an oblique view through the middle of the volume."""
    row, column, _ = rotation(np.random.default_rng(seed))
    return plane_of(Cut(vector(centre(volume)), vector(row), vector(column)), VoxelGrid.of(volume.stack))


def drawn(kind: str, plane: Plane, points: ArrayLike, made: Reconstruction = THIN) -> Measurement:
    figure = Figure(plane, tuple(vector(point) for point in np.asarray(points)), None, made)
    return Measurement("uid", kind, (figure,), "", "", "", NOW, NOW)


def values_of(volume: Volume, measurement: Measurement) -> Mapping[str, Value]:
    (figure,) = measurement.figures
    assert figure.reconstruction is not None
    assert figure.source is not None
    image = section(volume, measurement, figure.reconstruction, figure.plane)
    return {value.key: value for value in evaluate(measurement, {figure.source: image})}


def about_the_middle(plane: Plane, volume: Volume, offsets: ArrayLike) -> Floats:
    """Patient points at in-plane offsets (n, 2) in mm from the middle of the volume."""
    middle = plane.in_plane(centre(volume))
    return plane.to_patient((middle + np.asarray(offsets, dtype=np.float64)) / plane.spacing[::-1])


@pytest.mark.parametrize("name", RAMPS)
def test_a_distance_is_that_of_its_patient_points(name: str) -> None:
    volume = volume_of(ramp(name).images)
    for seed in range(10):
        plane = oblique(volume, seed)
        points = about_the_middle(plane, volume, [(0.0, 0.0), (3.0, 4.0)])
        length = values_of(volume, drawn("distance", plane, points))["length"]
        assert length.number == pytest.approx(5.0, abs=1e-9)
        assert (length.unit, length.provenance, length.note) == ("mm", "image plane", "")


@pytest.mark.parametrize("name", RAMPS)
def test_a_probe_tells_the_trilinear_value_of_its_pixel(name: str) -> None:
    truth = ramp(name)
    volume = volume_of(truth.images)
    for seed in range(10):
        plane = oblique(volume, seed)
        (point,) = about_the_middle(plane, volume, [(0.31, -0.27)])
        found = values_of(volume, drawn("probe", plane, [point]))
        pixel = plane.to_patient(np.floor(plane.to_pixels([point]) + 0.5))
        assert found["value"].number == pytest.approx(float(truth.values_at(pixel)[0]), abs=1e-9)
        assert found["value"].number == pytest.approx(float(values_at(volume, pixel)[0]), abs=1e-9)
        assert (found["value"].unit, found["value"].provenance) == ("HU", "interpolated")
        assert found["mean"].provenance == "interpolated"


def test_the_disc_of_a_probe_is_made_of_the_pixels_of_the_plane() -> None:
    """Every pixel centre nearer than 2.5 mm, at its trilinear value: with those, mean and SD are known."""
    truth = ramp("tilted by 15")
    volume = volume_of(truth.images)
    plane = oblique(volume)
    (point,) = about_the_middle(plane, volume, [(0.11, 0.07)])
    found = values_of(volume, drawn("probe", plane, [point]))
    around = np.stack(np.meshgrid(np.arange(-20, 21), np.arange(-20, 21)), axis=-1).reshape(-1, 2)
    pixels = plane.to_patient(np.rint(plane.to_pixels([point])) + around)
    inside = pixels[np.linalg.norm(pixels - point, axis=1) < 2.5]
    values = truth.values_at(inside)
    assert found["count"].number == len(inside)
    assert found["mean"].number == pytest.approx(values.mean(), abs=1e-9)
    assert found["sd"].number == pytest.approx(values.std(ddof=1), abs=1e-9)


@pytest.mark.parametrize(("mode", "end"), [(SlabMode.MAXIMUM, 1), (SlabMode.MINIMUM, -1), (SlabMode.MEAN, 0)])
def test_a_probe_on_a_slab_tells_what_the_slab_projects(mode: SlabMode, end: int) -> None:
    truth = ramp("oblique")
    volume = volume_of(truth.images)
    plane = oblique(volume)
    (point,) = about_the_middle(plane, volume, [(0.0, 0.0)])
    found = values_of(volume, drawn("probe", plane, [point], Reconstruction(SERIES, 0, 4.0, mode)))
    pixel = plane.to_patient(np.floor(plane.to_pixels([point]) + 0.5))
    growth = abs(float(np.dot(truth.gradient, plane.normal))) * sample_heights(volume, plane, 4.0)[-1]
    assert found["value"].number == pytest.approx(float(truth.values_at(pixel)[0]) + end * growth, abs=1e-9)
    assert found["value"].provenance == f"projected, {mode.value} 4 mm"


def test_a_probe_outside_the_volume_has_no_number() -> None:
    volume = volume_of(ramp().images)
    plane = oblique(volume)
    found = values_of(volume, drawn("probe", plane, about_the_middle(plane, volume, [(500.0, 0.0)])))
    assert found["value"].number is None
    assert found["value"].note
    assert found["mean"].number is None


@pytest.mark.parametrize("kind", DRAWN.values(), ids=DRAWN)
def test_every_kind_tells_the_same_of_an_acquired_plane_drawn_on_as_a_reconstructed_one(kind: Kind) -> None:
    """Of a slice's own pixels nothing is interpolated: but for the provenance the numbers are those of the image."""
    volume = volume_of(ramp("oblique").images)
    image = volume.image(4)
    finer = replace(image.plane, row_spacing=0.75 * 20 / 64, column_spacing=0.5 * 24 / 64)
    spread = finer.to_patient(spread_points(kind, finer, np.random.default_rng(3), kind.min_points))
    middle = finer.to_patient([(32.0, 32.0)])
    points = middle + 0.4 * (spread - middle)
    there = values_of(volume, drawn(kind.name, image.plane, points))
    own = drawn(kind.name, image.plane, points)
    here = evaluate(own, {own.figures[0].source: image})  # type: ignore[dict-item]  # a drawn figure has a source
    for value in here:
        assert there[value.key].unit == value.unit
        if value.number is None or value.dimension is Dimension.COUNT:
            assert there[value.key].number == value.number
        else:
            assert there[value.key].number == pytest.approx(value.number, rel=1e-9, abs=1e-9)


def test_what_is_said_beside_it() -> None:
    volume = volume_of(ramp().images)
    plane = oblique(volume)
    slab = Reconstruction(SERIES, 0, 10.0, SlabMode.MEAN)
    points = about_the_middle(plane, volume, [(0.0, 0.0), (1.0, 1.0)])
    expected = {("distance", THIN): "", ("probe", THIN): "interpolated"}
    expected |= {(kind, slab): "projected, mean 10 mm" for kind in ("distance", "probe")}
    for (kind, made), words in expected.items():
        measurement = drawn(kind, plane, points[: KINDS[kind].max_points], made)
        image = section(volume, measurement, made, plane)
        assert plane_words(record(measurement, {(made, plane): image}, Place(0, -1))) == words
    acquired = replace(drawn("probe", plane, points[:1]), figures=(Figure(plane, (vector(points[0]),), None),))
    assert plane_words(record(acquired, {}, Place(0, -1))) == ""
