"""The numbers of the pixels of a region, with what is to be said about them (C28-C30)."""

from __future__ import annotations

from pydicom.sr.codedict import codes

from viewer_app.measure.kind import Number
from viewer_app.measure.quantity import Dimension, Quantity
from viewer_app.measure.statistics import Statistics

FEW_PIXELS = 10

MOMENTS = (
    Quantity("mean", "Mean", Dimension.PIXEL_VALUE, codes.SCT.Mean),
    Quantity("sd", "SD", Dimension.PIXEL_VALUE, codes.SCT.StandardDeviation),
    Quantity("minimum", "Minimum", Dimension.PIXEL_VALUE, codes.SCT.Minimum),
    Quantity("maximum", "Maximum", Dimension.PIXEL_VALUE, codes.SCT.Maximum),
)
ORDERS = (
    Quantity("median", "Median", Dimension.PIXEL_VALUE, codes.SCT.Median),
    Quantity("percentile_5", "5th percentile", Dimension.PIXEL_VALUE, codes.SCT.FifthPercentile),
    Quantity("percentile_25", "25th percentile", Dimension.PIXEL_VALUE),
    Quantity("percentile_75", "75th percentile", Dimension.PIXEL_VALUE),
    Quantity("percentile_95", "95th percentile", Dimension.PIXEL_VALUE, codes.SCT.NinetyFifthPercentile),
)
COUNT = Quantity("count", "Pixels", Dimension.COUNT)
COUNTS = (
    COUNT,
    Quantity("outside", "Pixels outside the image", Dimension.COUNT),
    Quantity("excluded", "Pixels left out (no value)", Dimension.COUNT),
)
"""Pixels that were used; that the region has beyond the image (C30); that lie inside but have no value (C24): padding
and NaN, and on a reconstructed plane what lies outside of the stack."""

TOO_FAR = "reaches too far beyond the image to be counted"


def pixel_numbers(found: Statistics, drawn: int | None, region: str, remark: str = "") -> dict[str, Number]:
    """The numbers of `MOMENTS`, `ORDERS` and `COUNTS`; `region` is what notes call it, `remark` goes ahead of them.

    `drawn` is how many pixels the region has inside and outside the image, None where nobody can count them.
    """
    outside = None if drawn is None else drawn - found.count - found.excluded
    note = "; ".join(part for part in (remark, _note(found, drawn, outside, region)) if part)
    values = (
        *((quantity.key, getattr(found, quantity.key)) for quantity in (*MOMENTS, *ORDERS)),
        ("count", float(found.count)),
        ("outside", None if outside is None else float(outside)),
        ("excluded", float(found.excluded)),
    )
    numbers = {key: Number(value, note) for key, value in values}
    return numbers | {"sd": Number(found.sd, note or ("" if found.sd is not None else "one pixel only"))}


def _note(found: Statistics, drawn: int | None, outside: int | None, region: str) -> str:
    """Why the numbers are to be read with care."""
    if not found.count:
        return "no pixel inside"
    notes = (
        (found.count < FEW_PIXELS, f"only {found.count} {'pixel' if found.count == 1 else 'pixels'}"),
        (outside is None, f"the {region} {TOO_FAR}"),
        (bool(outside), f"{_percent((outside or 0) / (drawn or 1))} of the {region} is outside the image"),
        (found.excluded > 0, f"{found.excluded} without a value left out"),
    )
    return "; ".join(note for applies, note in notes if applies)


def _percent(share: float) -> str:
    """A share between nothing and all, never rounded to either."""
    return "less than 1%" if share < 0.01 else "more than 99%" if share > 0.99 else f"{share:.0%}"
