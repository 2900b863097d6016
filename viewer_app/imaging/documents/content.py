"""The content tree of a structured report, item after item (PS3.3 C.17.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pydicom.config import IGNORE
from pydicom.uid import UID

from viewer_app.imaging.documents.line import Line, LineKind
from viewer_app.imaging.documents.words import code_text, date_text, number_text, person_text, time_text
from viewer_app.imaging.tagtree import TagTree

_CONCEPT, _CONTENT, _VALUE_TYPE, _RELATIONSHIP = 0x0040A043, 0x0040A730, 0x0040A040, 0x0040A010
_BY_REFERENCE = 0x0040DB73
_TEXT, _CODE, _DATETIME, _DATE, _TIME, _PERSON, _UID = (
    0x0040A160, 0x0040A168, 0x0040A120, 0x0040A121, 0x0040A122, 0x0040A123, 0x0040A124,
)  # fmt: skip
_REFERENCES, _CLASS, _INSTANCE, _FRAMES, _SEGMENTS = 0x00081199, 0x00081150, 0x00081155, 0x00081160, 0x0062000B
_GRAPHIC_TYPE, _GRAPHIC_DATA, _RANGE_TYPE = 0x00700023, 0x00700022, 0x0040A130
_BYTES_OF_FLOAT = 4
# What a relationship adds to a reader's understanding; CONTAINS and the properties speak for themselves.
_RELATIONSHIPS = {"INFERRED FROM": "inferred from", "SELECTED FROM": "selected from"}

Names = Mapping[str, str]


def content_lines(tree: TagTree, names: Names) -> Iterator[Line]:
    """The lines of the content below the title. Sequences nest at most as deep as a `TagTree` does."""
    yield from _children(tree, -1, 0, names)


def _children(tree: TagTree, index: int, depth: int, names: Names) -> Iterator[Line]:
    for item in tree.items(index, _CONTENT):
        line = _line(tree, item, depth, names)
        yield line
        yield from _children(tree, item, depth + 1, names)


def _line(tree: TagTree, item: int, depth: int, names: Names) -> Line:
    label = _label(tree, item)
    kind = tree.text(item, _VALUE_TYPE)
    if tree.below(item, _BY_REFERENCE) is not None:
        return Line(depth, label, _referenced(tree, tree.text(item, _BY_REFERENCE)))
    if kind == "CONTAINER":
        return Line(depth, label or "Section", kind=LineKind.HEADING)
    tell = _VALUES.get(kind)
    if tell is None:
        told = f"{kind} item" if kind else "an item that cannot be read"
        return Line(depth, label, f"{told}, not shown; see its tags", LineKind.WARNING)
    return Line(depth, label, tell(tree, item, names) or "–", identifying=kind == "PNAME")


def _label(tree: TagTree, item: int) -> str:
    concept = code_text(tree, item, _CONCEPT)
    relationship = _RELATIONSHIPS.get(tree.text(item, _RELATIONSHIP), "")
    return f"{concept} ({relationship})" if concept and relationship else concept or relationship.capitalize()


def _referenced(tree: TagTree, identifier: str) -> str:
    """What a relationship by reference points to: places in the tree, from 1 at the root (PS3.3 C.17.3.2.5)."""
    index = -1
    for place in identifier.split("\\")[1:]:
        items = tree.items(index, _CONTENT)
        if not place.isdecimal() or not 0 < int(place) <= len(items):
            return f"item {identifier.replace(chr(92), '.')}, which is not there"
        index = items[int(place) - 1]
    name = code_text(tree, index, _CONCEPT) or tree.text(index, _VALUE_TYPE)
    return f"see item {identifier.replace(chr(92), '.')}, {name}"


def _objects(tree: TagTree, item: int, names: Names) -> str:
    """Images and other objects referred to, by the names they have in the opened study."""
    return "; ".join(_object(tree, reference, names) for reference in tree.items(item, _REFERENCES))


def _object(tree: TagTree, reference: int, names: Names) -> str:
    uid = tree.text(reference, _INSTANCE).partition(" ")[0]
    parts = [names.get(uid) or f"{_class_name(tree.text(reference, _CLASS))} that is not opened here"]
    for tag, word in ((_FRAMES, "frame"), (_SEGMENTS, "segment")):
        numbers = tree.text(reference, tag).replace("\\", ", ")
        if numbers:
            parts.append(f"{word}{'s' if ',' in numbers else ''} {numbers}")
    return ", ".join(parts)


def _class_name(value: str) -> str:
    uid = value.partition(" ")[0]
    name = UID(uid, validation_mode=IGNORE).name
    return "an object" if not uid or name == uid else name.removesuffix(" Storage")


def _shape(size: int) -> Callable[[TagTree, int, Names], str]:
    """A graphic of points of `size` coordinates, in words: "polyline, 5 points"."""

    def told(tree: TagTree, item: int, names: Names) -> str:
        data = tree.below(item, _GRAPHIC_DATA)
        count = (tree.nodes[data].length or 0) // (size * _BYTES_OF_FLOAT) if data is not None else 0
        kind = tree.text(item, _GRAPHIC_TYPE).lower() or "graphic"
        return f"{kind}, {count} {'point' if count == 1 else 'points'}{' in the patient' if size == 3 else ''}"

    return told


_VALUES: Mapping[str, Callable[[TagTree, int, Names], str]] = {
    "TEXT": lambda tree, item, names: tree.text(item, _TEXT),
    "CODE": lambda tree, item, names: code_text(tree, item, _CODE),
    "NUM": lambda tree, item, names: number_text(tree, item),
    "DATETIME": lambda tree, item, names: date_text(tree.text(item, _DATETIME)),
    "DATE": lambda tree, item, names: date_text(tree.text(item, _DATE)),
    "TIME": lambda tree, item, names: time_text(tree.text(item, _TIME)),
    "PNAME": lambda tree, item, names: person_text(tree.text(item, _PERSON)),
    "UIDREF": lambda tree, item, names: tree.text(item, _UID),
    "IMAGE": _objects,
    "COMPOSITE": _objects,
    "WAVEFORM": _objects,
    "SCOORD": _shape(2),
    "SCOORD3D": _shape(3),
    "TCOORD": lambda tree, item, names: tree.text(item, _RANGE_TYPE).lower() or "a range of time",
}
