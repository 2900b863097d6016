"""When frames were taken (PS3.3 C.7.6.5): even steps, a vector of steps, and what is not usable."""

from __future__ import annotations

import math

import pytest
from pydicom import Dataset

from tests.cases import case
from viewer_app.imaging.reading.cine import cine_of
from viewer_app.progress import Watch
from viewer_app.sources import FolderSource

TIME, VECTOR = 0x00181063, 0x00181065


def _dataset(**values: object) -> Dataset:
    dataset = Dataset()
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"FrameTime": "40"}, [0, 0.04, 0.08, 0.12]),
        ({"FrameTimeVector": ["0", "40", "50", "10.5"]}, [0, 0.04, 0.09, 0.1005]),
        ({"FrameTimeVector": ["7", "40", "50", "10"]}, [0, 0.04, 0.09, 0.1]),
        ({"FrameTime": "40", "FrameTimeVector": ["0", "10", "10", "10"]}, [0, 0.04, 0.08, 0.12]),
        (
            {"FrameTime": "40", "FrameTimeVector": ["0", "10", "10", "10"], "FrameIncrementPointer": VECTOR},
            [0, 0.01, 0.02, 0.03],
        ),
        ({"FrameTime": "40", "FrameIncrementPointer": TIME, "CineRate": "12"}, [0, 0.04, 0.08, 0.12]),
    ],
)
def test_seconds_since_the_first_frame(values: dict[str, object], expected: list[float]) -> None:
    cine = cine_of(_dataset(**values), 4)
    assert cine is not None
    assert [cine.seconds(number) for number in range(1, 5)] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"FrameTime": "0"},
        {"FrameTime": "-3"},
        {"FrameTimeVector": ["0", "40"]},
        {"FrameTimeVector": ["0", "-1", "2", "3"]},
        {"FrameTimeVector": ["0", "0", "0", "0"]},
    ],
)
def test_no_times_where_the_file_gives_none(values: dict[str, object]) -> None:
    assert cine_of(_dataset(**values), 4) is None


def test_a_rate_alone_is_a_wish_but_no_time() -> None:
    cine = cine_of(_dataset(CineRate="30"), 4)
    assert cine is not None
    assert (cine.display_rate, cine.is_timed) == (30, False)


def test_one_frame_is_no_cine() -> None:
    assert cine_of(_dataset(FrameTime="40"), 1) is None


@pytest.mark.parametrize(
    ("values", "rate"),
    [
        ({"CineRate": "12"}, 12),
        ({"CineRate": "12", "RecommendedDisplayFrameRate": "25"}, 25),
        ({"CineRate": "0"}, None),
        ({}, None),
    ],
)
def test_display_rate(values: dict[str, object], rate: float | None) -> None:
    cine = cine_of(_dataset(FrameTime="40", **values), 4)
    assert cine is not None
    assert cine.display_rate == rate


@pytest.mark.real_data
def test_a_real_cine() -> None:
    source = FolderSource(case("us-cine-deid") / "ultrasounds" / "GREYSCALE_CINE.dcm")
    (study,) = source.find(Watch()).studies
    (instance,) = study.instances
    assert instance.cine is not None
    assert math.isclose(instance.cine.seconds(27), 26 * 33.333 / 1000)
    assert instance.cine.display_rate == 30
