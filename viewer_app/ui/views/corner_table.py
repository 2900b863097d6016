"""Which fields stand in which corner: `resources/corner_text.json`, checked when it is read. No Qt."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Any

from viewer_app import resources
from viewer_app.errors import BadTable

CORNERS = ("top_left", "top_right", "bottom_left", "bottom_right")
_DEFAULT, _MODALITIES = "default", "modalities"

Lines = tuple[tuple[str, ...], ...]
"""Lines from top to bottom, each of names of fields."""
Layout = Mapping[str, Lines]
"""The lines of each of `CORNERS`."""


class Density(Enum):
    """How much is written into the corners."""

    FULL = "full"
    MINIMAL = "minimal"
    NONE = "none"

    @property
    def next(self) -> Density:
        """The density after this one, round and round."""
        members = list(Density)
        return members[(members.index(self) + 1) % len(members)]


_EMPTY: Layout = MappingProxyType(dict.fromkeys(CORNERS, ()))
_WRITTEN = (Density.FULL, Density.MINIMAL)


@dataclass(frozen=True)
class CornerTable:
    """The layouts by modality, and the fields that outlast others in a small viewport, the last to go first."""

    priority: tuple[str, ...]
    default: Mapping[Density, Layout]
    by_modality: Mapping[str, Mapping[Density, Layout]] = field(default_factory=dict)

    def layout(self, modality: str, density: Density) -> Layout:
        """Of images of a modality; nothing at all in the density "none"."""
        return self.by_modality.get(modality, self.default).get(density, _EMPTY)

    def rank(self, fields: Collection[str]) -> int:
        """Of a line, by its best field: 0 is the last to go."""
        return min((self.priority.index(name) for name in fields if name in self.priority), default=len(self.priority))


def load(table: Any, known: Collection[str]) -> CornerTable:
    """A parsed table of corner text, whose fields must be among `known`.

    Raises:
        BadTable: says what in it is not understood.
    """
    _keys(table, ("priority", "groups"), "the table")
    groups = table.get("groups", {})
    _keys(groups, None, "the groups")
    default = _group(groups.get(_DEFAULT, {}), _DEFAULT, {}, known)
    by_modality: dict[str, Mapping[Density, Layout]] = {}
    for name, group in groups.items():
        if name != _DEFAULT:
            layouts = _group(group, name, default, known)
            for modality in _names(group.get(_MODALITIES, []), f"{name}, {_MODALITIES}"):
                if modality in by_modality:
                    raise _bad(f"{modality} stands in two groups")
                by_modality[modality] = layouts
    return CornerTable(_fields(table.get("priority", []), "priority", known), default, by_modality)


def _group(group: Any, name: str, default: Mapping[Density, Layout], known: Collection[str]) -> dict[Density, Layout]:
    """Both layouts of a group; a corner it does not name is that of the default group."""
    _keys(group, (_MODALITIES, *(density.value for density in _WRITTEN)), name)
    found: dict[Density, Layout] = {}
    for density in _WRITTEN:
        corners = group.get(density.value, {})
        where = f"{name}, {density.value}"
        _keys(corners, CORNERS, where)
        own = {corner: _lines(lines, f"{where}, {corner}", known) for corner, lines in corners.items()}
        found[density] = MappingProxyType({**default.get(density, _EMPTY), **own})
    return found


def _lines(lines: Any, where: str, known: Collection[str]) -> Lines:
    if not isinstance(lines, list):
        raise _bad(f"{where} is not a list of lines")
    return tuple(_fields(line, where, known) for line in lines)


def _fields(names: Any, where: str, known: Collection[str]) -> tuple[str, ...]:
    found = _names(names, where)
    for name in found:
        if name not in known:
            raise _bad(f"there is no field {name!r} ({where}); the fields are {', '.join(sorted(known))}")
    return found


def _names(names: Any, where: str) -> tuple[str, ...]:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise _bad(f"{where} is not a list of names")
    return tuple(names)


def _keys(found: Any, allowed: Collection[str] | None, where: str) -> None:
    if not isinstance(found, dict):
        raise _bad(f"{where} is not a JSON object")
    for key in found:
        if allowed is not None and key not in allowed:
            raise _bad(f"{key!r} is not known in {where}, only {', '.join(allowed)}")


def _bad(what: str) -> BadTable:
    return BadTable(
        f"The table of corner text is not usable: {what}.", "Correct it, or take it away for Caliper's own."
    )


@cache
def own_table(known: frozenset[str]) -> CornerTable:
    """The table Caliper ships."""
    return load(resources.table("corner_text.json"), known)
