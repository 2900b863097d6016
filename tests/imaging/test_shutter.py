"""Display shutters (PS3.3 C.7.6.11): what is blanked, pixel by pixel."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import Dataset

from viewer_app.imaging.headers import Shutter
from viewer_app.imaging.reading.groups import Groups
from viewer_app.imaging.reading.shutter import frame_shutter, unseen

_ROWS, _COLUMNS = 40, 60


def veiled(greys: NDArray[np.uint8], shutter: Shutter, aspect: float = 1.0) -> NDArray[np.uint8]:
    """Greys (rows, columns) or RGB as they are shown."""
    hidden = unseen(shutter, greys.shape[0], greys.shape[1], aspect)
    return np.where(hidden.reshape(*hidden.shape, *(1,) * (greys.ndim - 2)), np.uint8(shutter.grey), greys)


def _seen(shutter: Shutter, aspect: float = 1.0) -> set[tuple[int, int]]:
    """(row, column) from 1 of what is still seen of a white image."""
    shown = veiled(np.full((_ROWS, _COLUMNS), 255, np.uint8), shutter, aspect)
    return {(int(row) + 1, int(column) + 1) for row, column in np.argwhere(shown == 255)}


def _dataset(**values: object) -> Dataset:
    dataset = Dataset()
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset


_RECTANGLE = {
    "ShutterLeftVerticalEdge": 11,
    "ShutterRightVerticalEdge": 20,
    "ShutterUpperHorizontalEdge": 5,
    "ShutterLowerHorizontalEdge": 30,
}


def _found(dataset: Dataset) -> Shutter:
    shutter = frame_shutter(Groups(dataset), 1)
    assert shutter is not None
    return shutter


def test_rectangle_edges_are_seen() -> None:
    shutter = _found(_dataset(ShutterShape="RECTANGULAR", **_RECTANGLE))
    assert _seen(shutter) == {(row, column) for row in range(5, 31) for column in range(11, 21)}


@pytest.mark.parametrize("aspect", [1.0, 2.0])
def test_circle_is_round_in_the_patient(aspect: float) -> None:
    shutter = _found(_dataset(ShutterShape="CIRCULAR", CenterOfCircularShutter=[20, 30], RadiusOfCircularShutter=12))
    expected = {
        (row, column)
        for row in range(1, _ROWS + 1)
        for column in range(1, _COLUMNS + 1)
        if (aspect * (row - 20)) ** 2 + (column - 30) ** 2 <= 144
    }
    assert _seen(shutter, aspect) == expected


def test_polygon_is_closed_by_itself() -> None:
    vertices = [0.5, 0.5, 0.5, 20.5, 20.5, 0.5]
    dataset = _dataset(ShutterShape="POLYGONAL")
    dataset.VerticesOfThePolygonalShutter = [int(value * 2) for value in vertices]  # 1\1\1\41\41\1
    seen = _seen(_found(dataset))
    inside = {(row, column) for row in range(1, 41) for column in range(1, 41) if row + column < 42}
    assert {point for point in seen if sum(point) != 42} == inside


def test_several_shapes_leave_what_is_in_all() -> None:
    both = _found(
        _dataset(
            ShutterShape=["RECTANGULAR", "CIRCULAR"],
            CenterOfCircularShutter=[20, 30],
            RadiusOfCircularShutter=12,
            ShutterPresentationValue=0x8000,
            **_RECTANGLE,
        )
    )
    circle = Shutter(both.shapes[1:])
    rectangle = Shutter(both.shapes[:1])
    assert _seen(both) == _seen(circle) & _seen(rectangle)
    assert veiled(np.full((_ROWS, _COLUMNS), 255, np.uint8), both)[0, 0] == 0x80


def test_colour_images_are_blanked_too() -> None:
    shutter = _found(_dataset(ShutterShape="RECTANGULAR", **_RECTANGLE))
    shown = veiled(np.full((_ROWS, _COLUMNS, 3), 200, np.uint8), shutter)
    assert shown[10, 12].tolist() == [200, 200, 200]
    assert shown[0, 0].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"ShutterShape": "RECTANGULAR"},
        {"ShutterShape": "RECTANGULAR", **_RECTANGLE, "ShutterRightVerticalEdge": 3},
        {"ShutterShape": "CIRCULAR", "CenterOfCircularShutter": [20, 30], "RadiusOfCircularShutter": 0},
        {"ShutterShape": "POLYGONAL", "VerticesOfThePolygonalShutter": [1, 1, 5, 5]},
        {"ShutterShape": "BITMAP"},
    ],
)
def test_an_unusable_shutter_hides_nothing(values: dict[str, object]) -> None:
    assert frame_shutter(Groups(_dataset(**values)), 1) is None


def test_shutter_of_one_frame() -> None:
    item = _dataset(ShutterShape="RECTANGULAR", **_RECTANGLE)
    group, dataset = Dataset(), Dataset()
    group.FrameDisplayShutterSequence = [item]
    dataset.PerFrameFunctionalGroupsSequence = [Dataset(), group]
    assert frame_shutter(Groups(dataset), 1) is None
    assert frame_shutter(Groups(dataset), 2) is not None
