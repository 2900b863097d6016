"""What a number is called and what unit it has, in codes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from viewer_app.measure.kinds import KINDS
from viewer_app.measure.quantity import Value

SCHEME = "99CALIPER"
"""The codes for which DICOM has none."""

_LONGEST_CODE = 16
_UNSAID = re.compile(r"[^!-z|~]")
_UNITS: Mapping[str, Code] = {
    "": Code("1", "UCUM", "no units"),
    "mm": Code("mm", "UCUM", "millimeter"),
    "mm²": Code("mm2", "UCUM", "square millimeter"),
    "mm³": Code("mm3", "UCUM", "cubic millimeter"),
    "ml": Code("ml", "UCUM", "milliliter"),
    "deg": Code("deg", "UCUM", "degree"),
    "px": Code("{pixels}", "UCUM", "pixels"),
    "px²": Code("{pixels2}", "UCUM", "square pixels"),
    "HU": Code("[hnsf'U]", "UCUM", "Hounsfield unit"),
    "SUVbw": Code("{SUVbw}g/ml", "UCUM", "Standardized Uptake Value body weight"),
    "%": Code("%", "UCUM", "Percent"),
    "g/ml": Code("g/ml", "UCUM", "gram per milliliter"),
    "mg/ml": Code("mg/ml", "UCUM", "milligram per milliliter"),
    "Bq/ml": Code("Bq/ml", "UCUM", "Becquerel per milliliter"),
}


def unit_code(unit: str) -> Code:
    """UCUM for a unit; one that UCUM does not know is an annotation, which claims no dimension."""
    return _UNITS.get(unit) or Code(f"{{{_ascii(unit)[: _LONGEST_CODE - 2]}}}", "UCUM", unit)


def concept_of(kind: str, value: Value) -> Code:
    """The concept a kind's table names for a value; where it names none, one of Caliper's own."""
    quantities = KINDS[kind].quantities if kind in KINDS else ()
    named = next((each.code for each in quantities if each.key == value.key), None)
    return named or Code(_ascii(value.key)[:_LONGEST_CODE] or "value", SCHEME, value.title or value.key)


def beside(value: Value) -> str:
    """All that stands beside a number: where its unit is from, how far it may be off, what is to be known."""
    margin = f"May be off by {value.uncertainty:.3g} {value.unit}." if value.uncertainty is not None else ""
    origin = f"Unit from: {value.provenance}." if value.provenance else ""
    return " ".join(filter(None, (origin, margin, f"Note: {value.note}." if value.note else "")))


def _ascii(words: str) -> str:
    return _UNSAID.sub("", unicodedata.normalize("NFKD", words))


IMAGING_PROCEDURE = Code("363679005", "SCT", "Imaging procedure")
ENGLISH = Code("en", "RFC5646", "English")
DCM = codes.DCM
