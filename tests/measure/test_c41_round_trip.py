"""C41: a measurement comes back from JSON to the last bit, and belongs to its image and frame."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.made import random_plane
from tests.measure.made import REFERENCE
from viewer_app.imaging.cuts import SlabMode
from viewer_app.imaging.geometry import Calibration, Plane, vector
from viewer_app.imaging.headers import Window
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Figure, Reconstruction, Reference
from viewer_app.measure.quantity import Dimension, Value
from viewer_app.measure.seen import Seen, seen_from_json, seen_to_json
from viewer_app.measure.serial import figures_from_json, figures_to_json


def any_double(random: np.random.Generator) -> float:
    """Any finite double, by its bits: subnormal, huge and negative zero included."""
    while True:
        (number,) = struct.unpack("<d", random.bytes(8))
        if np.isfinite(number):
            return float(number)


def any_plane(random: np.random.Generator) -> Plane:
    if random.random() < 0.2:
        return Plane.in_pixels()
    if random.random() < 0.2:
        return Plane.unlocated(any_double(random), any_double(random), "mm", Calibration.DETECTOR)
    return random_plane(random, origin=vector([any_double(random) for _ in range(3)]))


def any_figure(random: np.random.Generator) -> Figure:
    count = int(random.integers(1, 5))
    points = tuple(vector([any_double(random) for _ in range(3)]) for _ in range(count))
    uid = f"2.25.{random.integers(1, 2**62)}"
    reference = None if random.random() < 0.2 else Reference(uid, f"{uid}.1", int(random.integers(1, 2000)))
    reconstruction = None
    if reference is None:
        mode = list(SlabMode)[int(random.integers(3))]
        reconstruction = Reconstruction(uid, int(random.integers(0, 40)), any_double(random), mode)
    return Figure(any_plane(random), points, reference, reconstruction)


def any_value(random: np.random.Generator) -> Value:
    number = None if random.random() < 0.1 else any_double(random)
    dimension = list(Dimension)[int(random.integers(len(Dimension)))]
    return Value(
        "key", "Tïtle", dimension, number, str(random.choice(["mm", "px", "HU", ""])), "image plane", "½ “note”"
    )


def bits(thing: Any) -> Any:
    """The same tree with every float as its bytes, so that -0.0 is not 0.0."""
    if isinstance(thing, float):
        return struct.pack("<d", thing)
    if isinstance(thing, dict):
        return {key: bits(value) for key, value in thing.items()}
    return [bits(value) for value in thing] if isinstance(thing, list | tuple) else thing


def test_ten_thousand_random_measurements() -> None:
    random = np.random.default_rng(41)
    kinds = list(KINDS)
    for number in range(10_000):
        figures = tuple(any_figure(random) for _ in range(int(random.integers(1, 3))))
        values = tuple(any_value(random) for _ in range(int(random.integers(1, 4))))
        written = figures_to_json(kinds[number % len(kinds)], figures, values, number)
        text = json.dumps(written, allow_nan=False)
        read = figures_from_json(json.loads(text))
        assert read == (figures, values, number)
        assert bits(figures_to_json(kinds[number % len(kinds)], *read)) == bits(written)


def test_what_was_stored_before_there_were_reconstructions_reads_as_before() -> None:
    figure = Figure(Plane.in_pixels(), ((1.0, 2.0, 0.0),), REFERENCE)
    written = figures_to_json("distance", [figure], (), 1)
    assert "reconstruction" not in written["figures"][0]
    assert figures_from_json(written) == ((figure,), (), 1)


@pytest.mark.parametrize(
    ("garbled", "told"),
    [({}, "lack"), ({"series_uid": "2.25.1", "stack": 0, "slab_mm": 1.0, "slab_mode": "median"}, "median")],
)
def test_a_garbled_reconstruction_is_refused(garbled: dict[str, Any], told: str) -> None:
    figure = Figure(Plane.in_pixels(), ((1.0, 2.0, 0.0),), None, Reconstruction("2.25.1", 0))
    written = figures_to_json("distance", [figure], (), 1)
    written["figures"][0]["reconstruction"] = garbled
    with pytest.raises(ValueError, match=told):
        figures_from_json(written)


def test_the_unit_of_points_is_in_their_name() -> None:
    located = random_plane(np.random.default_rng(1))
    for plane, name in ((located, "points_mm"), (Plane.in_pixels(), "points_px")):
        (figure,) = figures_to_json("distance", [Figure(plane, ((1.0, 2.0, 3.0),), REFERENCE)], (), 1)["figures"]
        assert [key for key in figure if key.startswith("points")] == [name]


def good() -> dict[str, Any]:
    plane = random_plane(np.random.default_rng(1))
    value = Value("length", "Length", Dimension.LENGTH, 1.5, "mm")
    return figures_to_json("distance", [Figure(plane, ((1.0, 2.0, 3.0),), REFERENCE)], (value,), 1)


def spoiled(change: Any) -> dict[str, Any]:
    data = good()
    change(data)
    return data


SPOILED = {
    "another format": lambda data: data.update(format=2),
    "no format": lambda data: data.pop("format"),
    "no figures": lambda data: data.pop("figures"),
    "no plane": lambda data: data["figures"][0].pop("plane"),
    "points of another unit": lambda data: data["figures"][0].update(points_px=data["figures"][0].pop("points_mm")),
    "a point of two": lambda data: data["figures"][0].update(points_mm=[[1, 2]]),
    "a point that is none": lambda data: data["figures"][0].update(points_mm=[[1, 2, "x"]]),
    "a point of nan": lambda data: data["figures"][0].update(points_mm=[[1, 2, float("nan")]]),
    "an unknown unit": lambda data: data["figures"][0]["plane"].update(unit="cm"),
    "an unknown calibration": lambda data: data["figures"][0]["plane"].update(calibration="guess"),
    "an unknown dimension": lambda data: data["values"][0].update(dimension="weight"),
    "one spacing": lambda data: data["figures"][0]["plane"].update(spacing=[1.0]),
    "a number that is text": lambda data: data["values"][0].update(number="many"),
    "values that are none": lambda data: data.update(values=None),
    "a figure that is a list": lambda data: data.update(figures=[[]]),
}


@pytest.mark.parametrize("change", SPOILED.values(), ids=SPOILED)
def test_what_we_did_not_write_is_refused(change: Any) -> None:
    assert figures_from_json(json.loads(json.dumps(good())))
    with pytest.raises(ValueError):
        figures_from_json(spoiled(change))


def test_a_measurement_belongs_to_its_frame() -> None:
    other = replace(REFERENCE, frame=REFERENCE.frame + 1)
    assert other != REFERENCE
    assert len({REFERENCE, other, replace(REFERENCE, sop_instance_uid="2.25.8")}) == 3


SEEN = Seen(Window(40.0, 400.0, "soft", "LINEAR_EXACT"), 2.5, (1.0, -2.0, 3.5))


def test_the_view_a_mark_was_drawn_in_comes_back_and_a_damaged_one_is_none() -> None:
    for seen in (SEEN, Seen(), Seen(window=SEEN.window), Seen(inverted=True), Seen(inverted=False)):
        assert seen_from_json({"seen": json.loads(json.dumps(seen_to_json(seen)))}) == seen
    assert seen_from_json({}) is None
    whole = seen_to_json(SEEN)
    without = {name: part for name, part in whole.items() if name != "inverted"}  # as the first ones were kept
    assert seen_from_json({"seen": without}) == SEEN
    spoiled_views: list[dict[str, Any]] = [
        {"scale": -1},
        {"scale": "2"},
        {"center": [1, 2]},
        {"center": 3},
        {"inverted": 1},
    ]
    for bad in ({"width": 0.0}, {"function": "CUBIC"}, {"explanation": 1}, {"center": float("nan")}):
        spoiled_views.append({"window": whole["window"] | bad})
    for view in (*spoiled_views, {"window": {}}, {"window": 7}):
        assert seen_from_json({"seen": whole | view}) is None
