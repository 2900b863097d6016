"""Colours of marks: readable, kept by the data, the same wherever the same thing is measured."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations, pairwise

import pytest

from tests.store.samples import record
from viewer_app.measure.coloring import COLORS, ColorBy, color_of, is_color
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.serial import data_to_json, record_from_json, record_to_json
from viewer_app.ui.palette import DARK, LIGHT

DRAWN = record().measurement


def parts(color: str) -> tuple[float, float, float]:
    red, green, blue = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def luminance(color: str) -> float:
    """Relative luminance of WCAG 2.1."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("color", COLORS.values())
def test_colours_stand_out_from_the_seam_every_mark_has(color: str) -> None:
    """The seam makes them readable on any image (WCAG asks 4.5 of text)."""
    assert is_color(color)
    assert min(contrast(color, palette.halo[:7]) for palette in (DARK, LIGHT)) >= 7


def test_no_colour_is_taken_for_another_or_for_the_selected_one() -> None:
    for one, other in combinations((*COLORS.values(), DARK.mark_selected), 2):
        assert sum((a - b) ** 2 for a, b in zip(parts(one), parts(other), strict=True)) ** 0.5 > 0.15, (one, other)


def test_a_chosen_colour_goes_before_any_rule() -> None:
    chosen = replace(DRAWN, color="#6fdc78")
    assert {color_of(chosen, by) for by in ColorBy} == {"#6fdc78"}
    assert color_of(DRAWN, ColorBy.NOTHING) == ""


def test_kinds_side_by_side_differ() -> None:
    found = [color_of(replace(DRAWN, kind=kind), ColorBy.KIND) for kind in KINDS]
    assert all(one != other for one, other in pairwise(found))
    assert color_of(replace(DRAWN, kind="of a newer Caliper"), ColorBy.KIND) == ""


def test_one_label_has_one_colour_and_numbered_ones_differ() -> None:
    def of(label: str) -> str:
        return color_of(replace(DRAWN, label=label), ColorBy.LABEL)

    assert of("") == of("  ") == ""
    assert of("Liver") == of(" liver ") == of("LIVER")
    assert len({of(f"Target {number}") for number in range(1, 6)}) == 5
    assert of("9" * 5000) in COLORS.values()
    assert of("12") in COLORS.values()


@pytest.mark.parametrize("text", ["", "red", "#FFFFFF", "#12345", "#1234567", "#12345g", "#123456\n", None, 7])
def test_what_is_no_colour(text: object) -> None:
    assert not is_color(text)


@pytest.mark.parametrize("color", ["", "#ff8fc7"])
def test_a_record_round_trips_with_its_colour(color: str) -> None:
    made = record()
    made = replace(made, measurement=replace(made.measurement, color=color))
    assert record_from_json(json.loads(json.dumps(record_to_json(made)))) == made
    assert ("color" in data_to_json(made)) == bool(color)


@pytest.mark.parametrize("color", ["red", 7, 0, None, ["#ff8fc7"], {}])
def test_a_garbled_colour_is_refused(color: object) -> None:
    data = record_to_json(record())
    data["data"]["color"] = color
    with pytest.raises(ValueError, match="colour"):
        record_from_json(data)
