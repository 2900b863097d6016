"""Window presets: those that are shipped, and the user's own instead of them, modality by modality."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from viewer_app import resources
from viewer_app.errors import CaliperError
from viewer_app.imaging.headers import Window
from viewer_app.imaging.values.suv import SUV_UNIT
from viewer_app.session.own_file import OwnFile

KEYS = tuple("23456789")
_FILE = "window_presets.json"
_LONGEST_NAME = 40
_LARGEST = 1e9
# LINEAR has no narrower window (PS3.3 C.11.2.1.2.1), and HU are windowed so.
_IN_WHOLE_NUMBERS = frozenset({"CT", "HU"})


@dataclass(frozen=True, slots=True)
class Preset:
    """`modality` is a Modality (PS3.3 C.7.3.1.1.1) or the unit SUVbw; `key` one of `KEYS`, "" for none."""

    modality: str
    key: str
    name: str
    center: float
    width: float

    @property
    def window(self) -> Window:
        """LINEAR for HU, which are whole numbers; LINEAR_EXACT for others, whose half unit means nothing."""
        function = "LINEAR" if self.modality in _IN_WHOLE_NUMBERS else "LINEAR_EXACT"
        return Window(self.center, self.width, self.name, function)


class WindowPresets(QObject):
    """The presets in force, and the user's own in a file of `folder`."""

    changed = Signal()
    """There are other presets from now on."""

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = OwnFile(folder / _FILE, "window presets")
        own, self.problem = self._file.read(_parsed)
        self._rows = merged(own or ())

    @property
    def rows(self) -> tuple[Preset, ...]:
        """All presets, by modality."""
        return self._rows

    def of(self, modality: str, unit: str) -> tuple[Preset, ...]:
        """The presets for values of a unit: of the unit where there are any, else of the modality.

        What was written for other values of PET never serves SUV.
        """
        found = tuple(row for row in self._rows if unit and row.modality == unit)
        return found if found or unit == SUV_UNIT else tuple(row for row in self._rows if row.modality == modality)

    def replace(self, rows: Iterable[Preset]) -> None:
        """Use `rows` from now on, and keep what differs from the shipped ones.

        Raises:
            CaliperError: a row is unusable (nothing changes then), or the file could not be
                written (the rows are in force all the same).
        """
        wanted = tuple(rows)
        if faults := faults_of(wanted):
            raise CaliperError(*next(iter(faults.values())))
        self._rows = wanted
        self.changed.emit()
        self._file.write(_own(self._rows))


def shipped() -> tuple[Preset, ...]:
    """The presets of the resources."""
    return _rows(resources.table(_FILE))


def merged(own: Sequence[tuple[str, tuple[Preset, ...]]]) -> tuple[Preset, ...]:
    """The shipped presets with the user's own instead of them, for the modalities of which there are any."""
    found = _by_modality(shipped()) | dict(own)
    return tuple(row for rows in found.values() for row in rows)


def faults_of(rows: Sequence[Preset]) -> Mapping[int, tuple[str, str]]:
    """What is wrong with which row, by its index: what, and what to do; empty where nothing is."""
    keys = Counter((row.modality, row.key) for row in rows if row.key)
    names = Counter((row.modality, row.name.casefold()) for row in rows)
    found = {}
    for index, row in enumerate(rows):
        fault = _fault(row)
        if fault is None and keys[row.modality, row.key] > 1:
            fault = (f"Key {row.key} is used twice for {row.modality}.", "Give one of them another key, or none.")
        if fault is None and names[row.modality, row.name.casefold()] > 1:
            fault = (f"Two presets of {row.modality} are named “{row.name}”.", "Name one of them otherwise.")
        if fault is not None:
            found[index] = fault
    return found


def _fault(row: Preset) -> tuple[str, str] | None:
    least = 1.0 if row.modality in _IN_WHOLE_NUMBERS else 0.0
    wide_enough = row.width >= least and row.width > 0
    checks = (
        (
            row.modality == SUV_UNIT or (row.modality.isascii() and row.modality.isalnum() and len(row.modality) <= 16),
            "A preset has no modality.",
            f"Write one as CT or MR, or {SUV_UNIT} for PET in SUV.",
        ),
        (0 < len(row.name) <= _LONGEST_NAME, "A preset has no name, or a very long one.", "Write 1 to 40 letters."),
        (row.key in ("", *KEYS), f"“{row.key}” cannot be the key of a preset.", "Choose 2 to 9, or none."),
        (
            math.isfinite(row.center) and abs(row.center) <= _LARGEST,
            f"The centre of “{row.name}” is no usable number.",
            "Write a number such as 40, −600 or 2.5.",
        ),
        (
            math.isfinite(row.width) and wide_enough and row.width <= _LARGEST,
            f"The width of “{row.name}” is no usable number.",
            f"Write a number {'of at least 1' if least else 'above 0'}, such as 400{'' if least else ' or 2.5'}.",
        ),
    )
    return next(((what, advice) for holds, what, advice in checks if not holds), None)


def _own(rows: Sequence[Preset]) -> dict[str, list[dict[str, Any]]]:
    """What the file holds: the modalities that differ from the shipped ones, none left included."""
    ours, theirs = _by_modality(rows), _by_modality(shipped())
    names = dict.fromkeys((*theirs, *ours))
    return {name: [_as_json(row) for row in ours.get(name, ())] for name in names if ours.get(name) != theirs.get(name)}


def _as_json(row: Preset) -> dict[str, Any]:
    return {"key": row.key, "name": row.name, "center": row.center, "width": row.width}


def _by_modality(rows: Iterable[Preset]) -> dict[str, tuple[Preset, ...]]:
    found: dict[str, tuple[Preset, ...]] = {}
    for row in rows:
        found[row.modality] = (*found.get(row.modality, ()), row)
    return found


def _parsed(data: object) -> list[tuple[str, tuple[Preset, ...]]]:
    """The user's file; ValueError where anything in it is not as Caliper writes it."""
    if not isinstance(data, dict):
        raise ValueError("no table of presets")
    try:
        found = [(str(name), _rows({str(name): rows})) for name, rows in data.items()]
    except (KeyError, TypeError, OverflowError) as error:
        raise ValueError("no table of presets") from error
    if faults_of([row for _, rows in found for row in rows]):
        raise ValueError("unusable presets")
    return found


def _rows(table: Mapping[str, Sequence[Mapping[str, Any]]]) -> tuple[Preset, ...]:
    return tuple(
        Preset(modality, str(row["key"]), str(row["name"]), float(row["center"]), float(row["width"]))
        for modality, rows in table.items()
        for row in rows
    )
