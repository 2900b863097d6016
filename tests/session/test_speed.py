"""Bytes a second over a window of time, by a clock that the test turns."""

from __future__ import annotations

import pytest

from viewer_app.session.speed import Speed


class Clock:
    """Seconds, as they are set."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def speed(clock: Clock) -> Speed:
    return Speed(clock)


def test_nothing_is_said_before_there_is_something_to_measure(clock: Clock, speed: Speed) -> None:
    assert speed.tell(1000) is None
    clock.now += 0.1
    assert speed.tell(2000) is None


@pytest.mark.parametrize("step_s", [0.1, 0.25, 1.0])
def test_an_even_stream_has_its_rate(clock: Clock, speed: Speed, step_s: float) -> None:
    told = None
    for count in range(60):
        told = speed.tell(round(count * step_s * 5_000_000))
        clock.now += step_s
    assert told == pytest.approx(5_000_000, rel=1e-6)


def test_what_stands_still_comes_down_to_nothing(clock: Clock, speed: Speed) -> None:
    for done in (0, 5_000_000):
        speed.tell(done)
        clock.now += 1.0
    rates = []
    for _ in range(5):
        rates.append(speed.tell(5_000_000))
        clock.now += 1.0
    assert rates == sorted((rate or 0.0 for rate in rates), reverse=True)
    assert rates[-1] == 0


def test_another_load_begins_anew(clock: Clock, speed: Speed) -> None:
    speed.tell(9_000_000)
    clock.now += 1.0
    assert speed.tell(0) is None
    clock.now += 1.0
    assert speed.tell(2_000_000) == pytest.approx(2_000_000)
