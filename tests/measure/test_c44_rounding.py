"""C44: the stored double is shown half to even with its unit, and nothing is rounded before."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.report import samples
from tests.report.reading import sheet
from viewer_app.imaging.headers import Rescale
from viewer_app.measure.present import MINUS, THIN_SPACE, caution, decimals, details, headline, shown
from viewer_app.measure.quantity import Dimension, Value
from viewer_app.report.workbook import workbook
from viewer_app.ui.views.corner_text import pointer_text

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
    (value(67.0, "", PIXELS), "67"),
    (value(-67.0, "", PIXELS), f"{MINUS}67"),
    (value(0.0, "SUVbw", PIXELS), f"0{THIN_SPACE}SUVbw"),
    (value(99.995, "", PIXELS), "100.00"),
    (value(0.0012, "mm2/s", PIXELS), f"0.00120{THIN_SPACE}mm2/s"),
    (value(0.0995, "", PIXELS), "0.0995"),
    (value(0.09999, "", PIXELS), "0.1000"),
    (value(0.1, "", PIXELS), "0.10"),
    (value(-0.03125, "", PIXELS), f"{MINUS}0.0312"),
    (value(1.234e-9, "m2/s", PIXELS), f"1.23E{MINUS}09{THIN_SPACE}m2/s"),
    (value(0.0012, "mm", PIXELS), f"0.00120{THIN_SPACE}mm"),
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
    dimension=st.sampled_from(Dimension),
)
def test_shown_is_the_stored_number_rounded_half_to_even(number: float, unit: str, dimension: Dimension) -> None:
    found = value(number, unit, dimension)
    text = shown(found).replace(MINUS, "-").split(THIN_SPACE)[0].rstrip("°")
    places = decimals(found)
    if places is None:
        exact = Context(prec=3, rounding=ROUND_HALF_EVEN).create_decimal(number)
    else:
        exact = Decimal(number).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    assert Decimal(text) == exact
    assert not text.startswith("-0.0") or exact != 0


small = st.floats(1e-30, 0.1, exclude_max=True)


@settings(max_examples=1000, deadline=None)
@given(number=st.one_of(small, small.map(lambda n: -n)), unit=st.sampled_from(["", "mm2/s", "mm", "SUVbw"]))
def test_a_small_pixel_value_keeps_three_digits(number: float, unit: str) -> None:
    found = value(number, unit, PIXELS)
    text = shown(found).replace(MINUS, "-").split(THIN_SPACE)[0]
    assert abs(Decimal(text) - Decimal(number)) <= abs(Decimal(number)) * Decimal("0.00501")
    assert len(text.partition("E")[0].lstrip("-0.").replace(".", "")) >= 3


@given(st.integers(-99, 99), st.sampled_from(["", "HU", "Bq/ml"]))
def test_a_whole_pixel_value_has_no_decimals(number: int, unit: str) -> None:
    assert shown(value(float(number), unit, PIXELS)).split(THIN_SPACE)[0].replace(MINUS, "-") == str(number)


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["", "mm2/s", "HU"]))
def test_under_the_pointer_stands_what_a_probe_says(number: float, unit: str) -> None:
    said = pointer_text((0.0, 0.0, 0.0), located=False, value=number, rescale=Rescale(unit=unit))
    assert said == shown(value(number, unit, PIXELS))


@pytest.mark.parametrize(("number", "text"), [(0.0012, "0.00000"), (67.0, "0"), (2.5, "0.00"), (1e-9, "0.00E+00")])
def test_excel_shows_as_many_decimals(number: float, text: str) -> None:
    made = samples.report(samples.record("probe", value(number, "mm2/s", PIXELS)))
    cell = sheet(workbook(made))[0]["Value"]
    assert (cell.value, cell.number_format) == (number, text)
    summary = sheet(workbook(made), "Summary")[0]["Mean"]
    assert (summary.value, summary.number_format) == (number, text)


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
