"""Which of many records are looked at for a reconstructed plane: all that lie on it, and few others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from tests.made import rotation
from viewer_app.imaging.geometry import Plane, vector
from viewer_app.measure.lying import lies_on
from viewer_app.measure.measurement import Figure, Measurement, Place, Reconstruction, Record
from viewer_app.session.history import Change
from viewer_app.session.measurements import Measurements

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def record(number: int, *figures: Figure) -> Record:
    when = NOW + timedelta(seconds=number)
    drawn = Measurement(f"2.25.{number}", "distance", figures, "", "", "R", when, when)
    return Record(drawn, (), Place(0, 0), 1)


def figure(plane: Plane) -> Figure:
    points = tuple(map(vector, plane.to_patient([(3.0, 4.0), (9.0, 2.0)])))
    return Figure(plane, points, None, reconstruction=Reconstruction("1.2", 0))


def test_all_that_lie_on_a_plane_are_found_and_few_others() -> None:
    random, kept = np.random.default_rng(45), Measurements()
    turns = [rotation(random) for _ in range(3)]
    planes = [
        Plane(vector(turn[2] * height), vector(turn[0]), vector(turn[1]), 0.7, 0.7)
        for turn in turns
        for height in np.arange(-20, 20, 0.3)
    ]
    kept.load(record(number, figure(plane), figure(planes[-1 - number])) for number, plane in enumerate(planes))
    for plane in planes[::17]:
        near = kept.near(plane, 0.5)
        on = [one for one in kept.records if any(lies_on(each, plane, 1.0) for each in one.measurement.figures)]
        assert {one.measurement.uid for one in on} <= {one.measurement.uid for one in near}
        assert 2 <= len(near) < len(planes) / 5
        assert list(near) == sorted(near, key=lambda one: one.measurement.created_at)


def test_what_is_drawn_and_deleted_later_is_known() -> None:
    kept = Measurements()
    plane = Plane((0.0, 0.0, 5.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), 1.0, 1.0)
    assert kept.near(plane, 0.5) == ()
    one = record(1, figure(plane))
    kept.carry_out([Change(None, one)])
    assert kept.near(plane, 0.5) == (one,)
    kept.carry_out([Change(one, None)])
    assert kept.near(plane, 0.5) == ()
