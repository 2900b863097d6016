"""Codes, numbers, dates and names of a content item as words."""

from __future__ import annotations

from viewer_app.imaging.tagtree import TagTree

_MEANING, _VALUE, _LONG_VALUE, _URN, _SCHEME = 0x00080104, 0x00080100, 0x00080119, 0x00080120, 0x00080102
_MEASURED, _NUMBER, _UNITS, _QUALIFIER = 0x0040A300, 0x0040A30A, 0x004008EA, 0x0040A301
_THIN_SPACE = "\u2009"
_RAISED = str.maketrans("23", "²³")
_AREAS = frozenset({"mm2", "mm3", "cm2", "cm3", "m2", "m3"})
_HOUNSFIELD = "[hnsf'U]"


def code_text(tree: TagTree, index: int, tag: int) -> str:
    """The meaning of the first code of the sequence `tag` in an item (PS3.3 8.8), else its value; "" for none."""
    for item in tree.items(index, tag):
        return next(filter(None, (tree.text(item, part) for part in (_MEANING, _VALUE, _LONG_VALUE, _URN))), "")
    return ""


def number_text(tree: TagTree, index: int) -> str:
    """A NUM item: number and unit as written (PS3.3 C.18.1); without a number, the reason."""
    told = []
    for item in tree.items(index, _MEASURED):
        number = tree.text(item, _NUMBER).strip()
        told.append(f"{number}{_THIN_SPACE}{_unit(tree, item)}".strip(_THIN_SPACE) if number else "no value")
    reason = code_text(tree, index, _QUALIFIER)
    return " · ".join(filter(None, ["; ".join(told) or "no value", reason]))


def _unit(tree: TagTree, item: int) -> str:
    """UCUM's own sign where it is one a reader knows, else its meaning."""
    units = tree.items(item, _UNITS)
    code = tree.text(units[0], _VALUE) if units else ""
    if code in ("1", _HOUNSFIELD):
        return "HU" if code == _HOUNSFIELD else ""
    if code in _AREAS:
        return code.translate(_RAISED)
    plain = code and not set(code) & set("[]{}") and tree.text(units[0], _SCHEME) == "UCUM"
    return code if plain else code_text(tree, item, _UNITS)


def date_text(value: str) -> str:
    """A DA or DT value for reading: "2020-01-31", "2020-01-31 14:05:09 +0100"; anything else as it is."""
    digits, sign, offset = value.strip(), "", ""
    for mark in "+-":
        if mark in digits:
            digits, sign, offset = digits.partition(mark)
    digits = digits.partition(".")[0]
    if len(digits) < 8 or not digits.isdecimal():
        return value.strip()
    day = f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"
    return " ".join(filter(None, [day, time_text(digits[8:]), f"{sign}{offset}"]))


def time_text(value: str) -> str:
    """A TM value for reading: "14:05:09"."""
    digits = value.strip().partition(".")[0]
    return ":".join(digits[start : start + 2] for start in range(0, len(digits), 2)) if digits.isdecimal() else value


def person_text(name: str) -> str:
    """A person name for reading: "Family, Given Middle" (PS3.5 6.2.1); other alphabets are kept after it."""
    shown = []
    for group in name.split("="):
        family, *rest = [part.strip() for part in group.split("^")]
        shown.append(", ".join(filter(None, [family, " ".join(filter(None, rest))])))
    return " · ".join(filter(None, shown))
