"""The tag tree as Qt's views want it: rows made when they are looked at, all text plain."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from viewer_app.imaging.tagtree import TagNode, TagTree, shown_value
from viewer_app.imaging.tagtree.node import ITEM
from viewer_app.ui.widgets.plain import one_line

COLUMNS = ("Tag", "Name", "VR", "Length", "Value")
TAG, NAME, VR, LENGTH, VALUE = range(len(COLUMNS))
_LONGEST_CELL = 300
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_EMPTY = TagTree(())

Index = QModelIndex | QPersistentModelIndex


class TagModel(QAbstractItemModel):
    """All nodes of a tree, or those that are found and what they lie in."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tree = _EMPTY
        self.hidden = False
        self.found: list[int] | None = None
        self._rows: dict[int, list[int]] = {}
        self._places: dict[int, int] = {}

    def show_tree(self, tree: TagTree, words: str, *, hidden: bool) -> None:
        """Show `tree`, or of it what matches `words` unless they are blank."""
        self.beginResetModel()
        self.tree, self.hidden = tree, hidden
        self.found = tree.find(words, hidden=hidden) if words.strip() else None
        self._rows = tree.children if self.found is None else _with_ancestors(tree, self.found)
        self._places = {node: place for nodes in self._rows.values() for place, node in enumerate(nodes)}
        self.endResetModel()

    def node_at(self, index: Index) -> int:
        """The node a row shows, -1 for none."""
        return index.internalId() if index.isValid() else -1

    def index_of(self, node: int | None) -> QModelIndex:
        """Where a node is shown; an invalid index where it is not."""
        if node is None or node not in self._places:
            return QModelIndex()
        return self.createIndex(self._places[node], 0, node)

    @property
    def shown_count(self) -> int:
        """How many rows there are, open or not."""
        return len(self._places)

    # -- Qt -------------------------------------------------------------------------------------------

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008 - Qt's own signature
        """The index of a cell."""
        nodes = self._rows.get(self.node_at(parent), [])
        if not (0 <= row < len(nodes) and 0 <= column < len(COLUMNS)):
            return QModelIndex()
        return self.createIndex(row, column, nodes[row])

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]  # QObject.parent() without arguments
        """What the row lies in."""
        if not index.isValid():
            return QModelIndex()
        above = self.tree.parents[index.internalId()]
        return QModelIndex() if above < 0 else self.createIndex(self._places[above], 0, above)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many rows lie in a row."""
        return 0 if parent.column() > 0 else len(self._rows.get(self.node_at(parent), ()))

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Five."""
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The titles of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section == LENGTH:
            return _RIGHT
        return COLUMNS[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The text of a cell."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == LENGTH:
            return _RIGHT
        return self._text(index.internalId(), index.column()) if role == Qt.ItemDataRole.DisplayRole else None

    def _text(self, place: int, column: int) -> str:
        node = self.tree.nodes[place]
        if node.tag == ITEM:
            return node.name if column == TAG else ""
        if column == VALUE:
            return self._value(place, node)
        if column == LENGTH:
            return "undefined" if node.length is None else f"{node.length:,}"
        return (node.number, node.name, node.vr)[column]

    def _value(self, place: int, node: TagNode) -> str:
        if node.vr == "SQ" or (place in self.tree.children and not node.value):
            count = len(self.tree.children.get(place, ()))
            return "1 item" if count == 1 else f"{count:,} items" if count else "empty"
        text = shown_value(node, hidden=self.hidden)[:_LONGEST_CELL]
        return one_line(text)


def _with_ancestors(tree: TagTree, found: list[int]) -> dict[int, list[int]]:
    """The rows by what they lie in: what is found, and everything above it."""
    wanted: set[int] = set()
    for hit in found:
        node = hit
        while node >= 0 and node not in wanted:
            wanted.add(node)
            node = tree.parents[node]
    rows: dict[int, list[int]] = {}
    for node in sorted(wanted):
        rows.setdefault(tree.parents[node], []).append(node)
    return rows
