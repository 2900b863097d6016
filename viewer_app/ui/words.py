"""Names, dates, numbers and windows as they are written on the screen. No Qt."""

from __future__ import annotations

import math

from viewer_app.imaging.headers import Patient, Rescale, Window
from viewer_app.measure.present import MINUS, THIN_SPACE, pixel_decimals, rounded

SEPARATOR = " · "
POINTER_GAP = "   "
"""What stands between place and value under the pointer."""
_FEWEST_DIGITS, _MOST_DECIMALS = 4, 6


def person_name(name: str) -> str:
    """A DICOM person name for reading: "Family, Given Middle" (PS3.5 6.2.1); other alphabets are kept after it."""
    groups = [group for group in name.split("=") if group.strip("^ ")]
    shown = []
    for group in groups:
        family, *rest = [part.strip() for part in group.split("^")]
        given = " ".join(part for part in rest if part)
        shown.append(", ".join(part for part in (family, given) if part))
    return " · ".join(shown)


def date_text(date: str) -> str:
    """DICOM's YYYYMMDD as YYYY-MM-DD; anything else as it is."""
    return f"{date[:4]}-{date[4:6]}-{date[6:]}" if len(date) == 8 and date.isdigit() else date


def time_text(time: str) -> str:
    """DICOM's HHMMSS as HH:MM."""
    return f"{time[:2]}:{time[2:4]}" if len(time) >= 4 and time[:4].isdigit() else ""


def patient_line(patient: Patient) -> str:
    """ID, birth date and sex on one line."""
    return joined(patient.patient_id, date_text(patient.birth_date), patient.sex)


def number_text(value: float, decimals: int = 0) -> str:
    """A number with a real minus sign, and zero without one."""
    return format(value, f"z.{decimals}f").replace("-", MINUS)


def identity_lines(patient: Patient, *, hidden: bool) -> tuple[str, ...]:
    """Who it is; nothing about it where patients are hidden."""
    if hidden:
        return ("Patient hidden",)
    return person_name(patient.name) or "No patient name", patient_line(patient)


def pointer_text(point: tuple[float, float, float], *, located: bool, value: float | None, rescale: Rescale) -> str:
    """What lies under the pointer: patient coordinates in mm and the value there."""
    parts = []
    if located:
        parts.append("  ".join(f"{axis} {number_text(number, 1)}" for axis, number in zip("xyz", point, strict=True)))
    if value is not None:
        shown = rounded(value, pixel_decimals(value, rescale.unit))
        parts.append(f"{shown}{THIN_SPACE}{rescale.unit}".strip())
    return POINTER_GAP.join(parts)


def window_text(window: Window | None) -> str:
    """Width, centre and name of a window; a VOI LUT of the file by its name."""
    if window is None:
        return ""
    if window.lookup is not None:
        return f"VOI LUT {window.explanation}".strip()
    decimals = 0 if window.width >= 10 else max(2, 1 - math.floor(math.log10(window.width)))
    text = f"W {number_text(window.width, decimals)} L {number_text(window.center, decimals)}"
    return f"{text} {window.explanation}".strip()


def measure_text(written: str, unit: str, before: str = "") -> str:
    """ "TR 500 ms" of a number as DICOM writes it; "" of anything that is not one finite number."""
    try:
        number = math.nan if "_" in written else float(written)
    except ValueError:
        return ""
    if not math.isfinite(number):
        return ""
    return f"{before}{short_number(number)}{THIN_SPACE}{unit}".rstrip()


def positive_text(written: str, unit: str, before: str = "") -> str:
    """The same, "" also of zero and below: what scanners write where they do not know."""
    told = measure_text(written, unit, before)
    return told if told and float(written) > 0 else ""


def short_number(number: float) -> str:
    """With four digits that count, more where its whole part has them, and no zeros at the end."""
    whole = math.floor(math.log10(abs(number))) + 1 if number else 1
    decimals = min(_MOST_DECIMALS, max(0, _FEWEST_DIGITS - whole))
    shown = number_text(number, decimals)
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def joined(*parts: str) -> str:
    """The parts that say something, on one line."""
    return SEPARATOR.join(part for part in parts if part)


def capitalized(words: str) -> str:
    """The words with a capital at their beginning."""
    return words[:1].upper() + words[1:]
