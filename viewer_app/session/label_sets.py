"""Ready labels for measurements: those that are shipped, and the user's own instead of them, set by set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from viewer_app import resources
from viewer_app.errors import CaliperError
from viewer_app.session.own_file import OwnFile

_FILE = "label_sets.json"
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class LabelSet:
    """Labels in the order in which they are offered. `key` tells sets apart and never changes."""

    key: str
    title: str
    labels: tuple[str, ...]


class LabelSets(QObject):
    """The sets in force, and the user's own in a file of `folder`."""

    changed = Signal()
    """There are other sets from now on."""

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = OwnFile(folder / _FILE, "label sets")
        own, self.problem = self._file.read(_parsed)
        self._sets = merged(own or {})

    @property
    def sets(self) -> tuple[LabelSet, ...]:
        """All sets, the shipped ones first."""
        return self._sets

    def beginning(self, text: str) -> tuple[str, ...]:
        """The labels of all sets of which a word begins so, each once; all of them for ""."""
        wanted = text.strip().casefold()
        every = dict.fromkeys(label for found in self._sets for label in found.labels)
        return tuple(label for label in every if f" {wanted}" in f" {label.casefold()}")

    def replace(self, sets: Iterable[LabelSet]) -> None:
        """Use `sets` from now on, and keep what differs from the shipped ones.

        Raises:
            CaliperError: a set is unusable (nothing changes then), or the file could not be
                written (the sets are in force all the same).
        """
        wanted = tuple(sets)
        if fault := fault_of(wanted):
            raise CaliperError(*fault)
        self._sets = wanted
        self.changed.emit()
        self._file.write(_own(wanted))


def shipped() -> tuple[LabelSet, ...]:
    """The sets of the resources."""
    return tuple(_set(key, found) for key, found in resources.table(_FILE).items())


def merged(own: Mapping[str, LabelSet | None]) -> tuple[LabelSet, ...]:
    """The shipped sets with the user's own instead of them; None stands for one that was removed."""
    found: dict[str, LabelSet | None] = {each.key: each for each in shipped()}
    return tuple(each for each in (found | dict(own)).values() if each is not None)


def fault_of(sets: Sequence[LabelSet]) -> tuple[str, str] | None:
    """What is wrong with the sets, and what to do; None where nothing is."""
    keys = Counter(each.key for each in sets)
    titles = Counter(each.title.casefold() for each in sets)
    for each in sets:
        labels = Counter(label.casefold() for label in each.labels)
        twice = next((label for label in each.labels if labels[label.casefold()] > 1), "")
        checks = (
            (_is_usable(each.title), "A label set has no title, or a very long one.", "Write 1 to 64 letters."),
            (
                keys[each.key] == 1 and titles[each.title.casefold()] == 1,
                f"Two label sets are named “{each.title}”.",
                "Name one of them otherwise.",
            ),
            (bool(each.labels), f"“{each.title}” has no labels.", "Write one, or remove the set."),
            (not twice, f"“{each.title}” has “{twice}” twice.", "Remove one of them."),
            (
                all(map(_is_usable, each.labels)),
                f"“{each.title}” has an empty label, or a very long one.",
                "Write 1 to 64 letters.",
            ),
        )
        for holds, what, advice in checks:
            if not holds:
                return what, advice
    return None


def _is_usable(text: str) -> bool:
    return 0 < len(text) <= _LONGEST and text == text.strip() and text.isprintable()


def _own(sets: Sequence[LabelSet]) -> dict[str, dict[str, Any] | None]:
    """What the file holds: the sets that differ from the shipped ones, removed ones as None."""
    ours, theirs = ({each.key: each for each in group} for group in (sets, shipped()))
    changed = [key for key in dict.fromkeys((*theirs, *ours)) if ours.get(key) != theirs.get(key)]
    return {key: _as_json(ours[key]) if key in ours else None for key in changed}


def _as_json(found: LabelSet) -> dict[str, Any]:
    return {"title": found.title, "labels": list(found.labels)}


def _parsed(data: object) -> dict[str, LabelSet | None]:
    """The user's file; ValueError where anything in it is not as Caliper writes it."""
    if not isinstance(data, dict):
        raise ValueError("no table of label sets")
    try:
        own = {key: None if found is None else _set(key, found) for key, found in data.items()}
    except (KeyError, TypeError) as error:
        raise ValueError("no table of label sets") from error
    if fault_of(merged(own)):
        raise ValueError("unusable label sets")
    return own


def _set(key: str, found: Mapping[str, Any]) -> LabelSet:
    title, labels = found["title"], found["labels"]
    if not isinstance(labels, list) or not all(isinstance(text, str) for text in (title, *labels)):
        raise TypeError("labels are texts")
    return LabelSet(key, title, tuple(labels))
