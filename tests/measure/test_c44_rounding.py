"""C44: the stored double is shown half to even with its unit, and nothing is rounded before."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viewer_app.measure.present import MINUS, THIN_SPACE, caution, decimals, details, headline, shown
from viewer_app.measure.quantity import Dimension, Value

LENGTH, ANGLE, PIXELS, COUNT = Dimension.LENGTH, Dimension.ANGLE, Dimension.PIXEL_VALUE, Dimension.COUNT


def value(number: float | None, unit: str = "mm", dimension: Dimension = LENGTH, **changes: str) -> Value:
    return Value(changes.get("key", "length"), "Length", dimension, number, unit, "", changes.get("note", ""))


KNOWN = [
    (value(29.0), f"29.0{THIN_SPACE}mm"),
    (value(0.25), f"0.2{THIN_SPACE}mm"),
    (value(0.75), f"0.8{THIN_SPACE}mm"),
    (value(-0.04), f"0.0{THIN_SPACE}mm"),
    (value(12345678.25, "px"), f"12345678.2{THIN_SPACE}px"),
    (value(35.5377, "deg", ANGLE), "35.5°"),
    (value(-1000.0, "HU", PIXELS), f"{MINUS}1000{THIN_SPACE}HU"),
    (value(0.5, "HU", PIXELS), f"0{THIN_SPACE}HU"),
    (value(1.5, "HU", PIXELS), f"2{THIN_SPACE}HU"),
    (value(-0.5, "HU", PIXELS), f"0{THIN_SPACE}HU"),
    (value(3.14159, "", PIXELS), "3.14"),
    (value(21.0, "", COUNT), "21"),
    (value(None), "–"),
]


@pytest.mark.parametrize(("given_value", "text"), KNOWN)
def test_known_values(given_value: Value, text: str) -> None:
    assert shown(given_value) == text


@settings(max_examples=2000, deadline=None)
@given(
    number=st.one_of(st.floats(-1e9, 1e9), st.integers(-4000, 4000).map(lambda n: n / 8)),
    unit=st.sampled_from(["mm", "px", "deg", "HU", "mm²", "px²", "", "Bq/ml"]),
)
def test_shown_is_the_stored_number_rounded_half_to_even(number: float, unit: str) -> None:
    found = value(number, unit)
    text = shown(found).replace(MINUS, "-").split(THIN_SPACE)[0].rstrip("°")
    exact = Decimal(number).quantize(Decimal(1).scaleb(-decimals(found)), ROUND_HALF_EVEN)
    assert Decimal(text) == exact
    assert not text.startswith("-0.0") or exact != 0


def test_a_unit_is_never_lost() -> None:
    for unit in ("mm", "px", "HU", "Bq/ml", "mm²"):
        assert shown(value(1.0, unit)).endswith(THIN_SPACE + unit)


def test_headline_details_and_caution() -> None:
    values = [
        value(41.0, "HU", PIXELS, key="value"),
        value(40.6, "HU", PIXELS, key="mean", note="only 5 pixels"),
        value(None, "HU", PIXELS, key="sd"),
        value(5.0, "", COUNT, key="count"),
    ]
    assert headline(values) == f"41{THIN_SPACE}HU"
    assert details(values) == f"mean 41{THIN_SPACE}HU · n 5"
    assert caution(values) == "only 5 pixels"
    assert caution(values[:1]) == ""
