"""The records of the tag browser: nodes in the order of the file, each with its depth."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from viewer_app.imaging.tagtree.hiding import shown_value

ITEM = 0xFFFEE000

# "0028,0030", "(0028,0030)", "00280030", "0028 0030", and the beginning of it: "0028", "0028,00".
_NUMBER = re.compile(r"\(?([0-9a-f]{4})[, ]? ?([0-9a-f]{0,4})\)?")


@dataclass(frozen=True, slots=True)
class TagNode:
    """One element, or one item of a sequence.

    `length` is in bytes, None where the file leaves it undefined; `offset` is the place of the value in the data set's
    stream. `value` is text for reading, of a long or binary value its beginning or size. `identifying` is set where
    the value can tell who the patient is. An item has the tag `ITEM` and no VR.
    """

    depth: int
    tag: int
    vr: str
    length: int | None
    keyword: str
    name: str
    value: str
    offset: int = 0
    identifying: bool = False

    @property
    def number(self) -> str:
        """The tag as "(0028,0030)"; "" for an item."""
        return "" if self.tag == ITEM else f"({self.tag >> 16:04X},{self.tag & 0xFFFF:04X})"


@dataclass(frozen=True)
class TagTree:
    """All nodes in the order of the file. `syntax` says how it is written, `notes` where reading stopped, and why."""

    nodes: tuple[TagNode, ...]
    syntax: str = ""
    notes: tuple[str, ...] = ()

    @cached_property
    def parents(self) -> tuple[int, ...]:
        """For every node the index of the one it lies in, -1 at the top."""
        found: list[int] = []
        path: list[int] = []
        for index, node in enumerate(self.nodes):
            del path[node.depth :]
            found.append(path[-1] if path else -1)
            path.append(index)
        return tuple(found)

    @cached_property
    def children(self) -> dict[int, list[int]]:
        """For every node that has any, the indices of what lies in it; -1 for the top."""
        found: dict[int, list[int]] = {}
        for index, parent in enumerate(self.parents):
            found.setdefault(parent, []).append(index)
        return found

    def prepared(self) -> TagTree:
        """The same tree, its `parents` and `children` worked out: for the thread that read it."""
        _ = self.children
        return self

    def below(self, index: int, tag: int) -> int | None:
        """The element `tag` directly in the item `index` (-1: the data set); None where it is not there."""
        return next((child for child in self.children.get(index, ()) if self.nodes[child].tag == tag), None)

    def text(self, index: int, tag: int) -> str:
        """The value of the element `tag` directly in the item `index`; "" where it is not there."""
        found = self.below(index, tag)
        return "" if found is None else self.nodes[found].value

    def items(self, index: int, tag: int) -> list[int]:
        """The items of the sequence `tag` directly in the item `index`."""
        found = self.below(index, tag)
        return [] if found is None else self.children.get(found, [])

    def path(self, index: int) -> tuple[tuple[int, int], ...]:
        """What leads to a node: tag and place among its equals, from the top. The same in another image's tree."""
        steps: list[tuple[int, int]] = []
        while index >= 0:
            siblings = self.children[self.parents[index]]
            tag = self.nodes[index].tag
            # Only items repeat among their siblings.
            steps.append((tag, siblings.index(index) if tag == ITEM else 0))
            index = self.parents[index]
        return tuple(reversed(steps))

    def at(self, path: tuple[tuple[int, int], ...]) -> int | None:
        """The node a path of this or another tree leads to, None where there is none."""
        index = -1
        for tag, place in path:
            equals = [child for child in self.children.get(index, ()) if self.nodes[child].tag == tag]
            if place >= len(equals):
                return None
            index = equals[place]
        return index if path else None

    def veiled(self, tells: Callable[[str], bool]) -> TagTree:
        """This tree with each value that `tells` who the patient is marked as identifying."""
        nodes = tuple(
            replace(node, identifying=True) if not node.identifying and tells(node.value) else node
            for node in self.nodes
        )
        return replace(self, nodes=nodes)

    def find(self, words: str, *, hidden: bool = False) -> list[int]:
        """The nodes that match a tag number or its beginning, or hold every word in keyword, name or value.

        With `hidden`, what is hidden is not searched either.
        """
        number = _NUMBER.fullmatch(words.strip().lower())
        start = "".join(number.groups()) if number else None
        parts = words.casefold().split()
        if not parts:
            return []
        return [
            index
            for index, node in enumerate(self.nodes)
            if (start is not None and node.tag != ITEM and f"{node.tag:08x}".startswith(start))
            or _holds(node, parts, hidden=hidden)
        ]

    def as_text(self, indices: list[int] | None = None, *, hidden: bool = False) -> str:
        """The nodes (all, or those of `indices`) as lines: tag, VR, length, name and value, sequences indented."""
        chosen = range(len(self.nodes)) if indices is None else indices
        return "\n".join(_line(self.nodes[index], hidden=hidden) for index in chosen)


def _holds(node: TagNode, parts: list[str], *, hidden: bool) -> bool:
    text = f"{node.keyword}\n{node.name}\n{shown_value(node, hidden=hidden)}".casefold()
    return all(part in text for part in parts)


def _line(node: TagNode, *, hidden: bool) -> str:
    indent = "  " * node.depth
    if node.tag == ITEM:
        return f"{indent}{node.name}"
    length = "undefined" if node.length is None else str(node.length)
    value = shown_value(node, hidden=hidden).replace("\n", f"\n{indent}    ")
    return f"{indent}{node.number} {node.vr} {length} {node.name}: {value}".rstrip()
