"""Snapping to an edge: a blurred step at a known place between pixels, found whatever its direction and blur."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.measure.made import UPRIGHT, image
from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.edge_snap import REACH, edge_near

_ERF = np.vectorize(math.erf)
_MIDDLE = np.array([31.0, 30.0])


def step(turn: float, offset: float, blur: float, row_spacing: float = 1.0, height: float = 1000.0) -> PlanarImage:
    """A step of `height`, blurred by a Gaussian of `blur` (mm), `offset` mm from the middle along `turn` (radians)."""
    rows, columns = np.indices((64, 64))
    normal = math.cos(turn), math.sin(turn)
    far = (columns - _MIDDLE[0]) * normal[0] + (rows - _MIDDLE[1]) * row_spacing * normal[1] - offset
    values = height / 2 * (1 + _ERF(far / (blur * math.sqrt(2))))
    return image(replace(UPRIGHT, row_spacing=row_spacing), values)


def off(found: tuple[float, float] | None, turn: float, offset: float, row_spacing: float = 1.0) -> float:
    """How far a found place is from the edge, in mm."""
    assert found is not None
    across, down = (np.asarray(found) - _MIDDLE) * (1.0, row_spacing)
    return abs(float(across) * math.cos(turn) + float(down) * math.sin(turn) - offset)


@pytest.mark.parametrize("turn", np.radians([0, 17, 45, 73, 90, 151, 240, 305]))
@pytest.mark.parametrize("blur", [0.6, 1.0, 1.5])
def test_a_blurred_step_is_found_between_pixels(turn: float, blur: float) -> None:
    for offset in np.linspace(-0.5, 0.5, 11):
        shown = step(turn, float(offset), blur)
        for beside in (-1.4, 0.0, 1.1):
            at = _MIDDLE + (offset + beside) * np.array([math.cos(turn), math.sin(turn)])
            assert off(edge_near(shown, (float(at[0]), float(at[1]))), turn, float(offset)) < 0.02


@pytest.mark.parametrize("turn", np.radians([0, 30, 60, 90]))
def test_where_pixels_are_not_square_the_edge_is_where_it_is_in_mm(turn: float) -> None:
    for offset in np.linspace(-0.4, 0.4, 5):
        shown = step(turn, float(offset), 1.6, row_spacing=1.5)
        assert off(edge_near(shown, (31.4, 30.2)), turn, float(offset), 1.5) < 0.03


def test_along_the_edge_the_place_stays() -> None:
    shown = step(0.0, 0.3, 1.0)
    for row in np.linspace(28, 32, 9):
        found = edge_near(shown, (30.0, float(row)))
        assert found == pytest.approx((31.3, row), abs=0.02)


def test_neither_sign_nor_height_nor_slope_of_the_values_matters() -> None:
    shown = step(0.4, 0.2, 1.0, height=5.0)
    turned = replace(shown, stored=3 - 7 * shown.modality_values())
    assert edge_near(turned, (31.0, 30.0)) == pytest.approx(edge_near(shown, (31.0, 30.0)), abs=1e-9)


def test_nothing_stands_out_where_there_is_no_edge() -> None:
    flat, noise = np.zeros((64, 64)), np.random.default_rng(1).normal(0, 20, (64, 64))
    ramp = np.add.outer(np.arange(64.0), np.arange(64.0))
    for values in (flat, ramp):
        assert edge_near(image(UPRIGHT, values), (31.2, 30.4)) is None
    places = [(x, y) for x in range(12, 52) for y in range(12, 52)]
    assert sum(edge_near(image(UPRIGHT, noise), at) is not None for at in places) < 0.15 * len(places)


def test_it_reaches_a_few_pixels_and_no_farther() -> None:
    shown = step(0.0, 0.0, 1.0)
    assert edge_near(shown, (31.0 + REACH + 0.6, 30.0)) is None
    assert edge_near(shown, (31.0 + REACH - 0.6, 30.0)) is not None


def test_padding_borders_and_colours_are_no_edges() -> None:
    shown = step(0.0, 0.0, 1.0)
    padded: Floats = np.where(np.indices((64, 64))[1] < 31, -2000.0, 40.0)
    assert edge_near(image(UPRIGHT, padded, padding=(-2000.0, -2000.0)), (31.0, 30.0)) is None
    assert edge_near(shown, (-40.0, 30.0)) is None
    assert edge_near(shown, (0.0, 0.0)) is None
    colour = image(UPRIGHT, np.zeros((64, 64, 3), dtype=np.uint8))
    assert edge_near(colour, (31.0, 30.0)) is None
