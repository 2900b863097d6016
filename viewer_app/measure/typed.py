"""A length as a person types it, to millimetres."""

from __future__ import annotations

import re

from viewer_app.errors import CaliperError

_MM = {"mm": 1.0, "cm": 10.0}
_LENGTH = re.compile(r"(\d+(?:[.,]\d+)?|[.,]\d+)\s*([a-z]+)")
# Half of the world writes 1500 so, the other half one and a half.
_THOUSANDS = re.compile(r"\d{1,3}[.,]\d{3}")
_HOW = "Type a number and mm or cm, as 50 mm or 2.5 cm."


def typed_mm(text: str) -> float:
    """The length in mm: "50 mm", "5 cm", "2,5 cm". CaliperError for what could be read in two ways, or in none."""
    found = _LENGTH.fullmatch(text.strip().lower())
    if found is None:
        has_no_unit = text.strip().replace(",", ".").replace(".", "", 1).isdecimal()
        raise CaliperError("Is that mm or cm?" if has_no_unit else "This is no length.", _HOW)
    number, unit = found.groups()
    if unit not in _MM:
        raise CaliperError(f"A length in {unit} is not understood.", _HOW)
    if _THOUSANDS.fullmatch(number) and not number.startswith("0"):
        raise CaliperError(f"{number} can be read in two ways.", "Leave out what parts thousands, or a digit.")
    return float(number.replace(",", ".")) * _MM[unit]
