"""The tree of the tag browser: what is open, chosen and scrolled to stays so from image to image."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QHeaderView, QTreeView, QWidget

from viewer_app.imaging.tagtree import TagTree
from viewer_app.ui.panels.tag_model import LENGTH, NAME, TAG, VR, TagModel

_MOST_OPENED = 5000
_INDENT_PX = 14
_WIDEST_TAG_PX = 420
_LETTERS = ((TAG, 20), (NAME, 38), (VR, 9), (LENGTH, 13))

Path = tuple[tuple[int, int], ...]


class TagView(QTreeView):
    """Shows a `TagTree`, or what is found in it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tags = TagModel(self)
        self._open: set[Path] = set()
        self.setModel(self.tags)
        self.setAccessibleName("Tags")
        self.setUniformRowHeights(True)
        self.setIndentation(_INDENT_PX)
        self.expanded.connect(lambda _: self._make_room())
        self.setAllColumnsShowFocus(True)
        self.setSelectionMode(QTreeView.SelectionMode.ExtendedSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header = self.header()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        letter = self.fontMetrics().averageCharWidth()
        for column, letters in _LETTERS:
            header.resizeSection(column, letter * letters)

    @property
    def current_node(self) -> int:
        """The node of the row that has the keyboard, -1 for none."""
        return self.tags.node_at(self.currentIndex())

    @property
    def chosen_nodes(self) -> list[int]:
        """The nodes of the chosen rows, in the order of the file."""
        return sorted({self.tags.node_at(index) for index in self.selectionModel().selectedRows()})

    def show_tree(self, tree: TagTree, words: str, *, hidden: bool) -> None:
        """Show `tree`, or of it what matches `words`, opened; after a search, the chosen row is scrolled to."""
        chosen = self.tags.tree.path(self.current_node)
        place, was_searching = self.verticalScrollBar().value(), self.tags.found is not None
        self._remember_open()
        self.tags.show_tree(tree, words, hidden=hidden)
        if self.tags.found is None:
            for path in self._open:
                self.setExpanded(self.tags.index_of(tree.at(path)), True)
        elif self.tags.shown_count <= _MOST_OPENED:
            self.expandAll()
        self._choose(chosen)
        self.verticalScrollBar().setValue(place)
        self._make_room()
        if was_searching and self.currentIndex().isValid():
            self.scrollTo(self.currentIndex(), QTreeView.ScrollHint.PositionAtCenter)

    def go_to_first_found(self) -> None:
        """Give the keyboard to the first row that was found."""
        nodes = self.tags.found or []
        if nodes:
            self.setCurrentIndex(self.tags.index_of(nodes[0]))
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _make_room(self) -> None:
        """The tags of opened sequences are indented: none in sight is cut off."""
        wanted = min(self.sizeHintForColumn(TAG), _WIDEST_TAG_PX)
        if wanted > self.columnWidth(TAG):
            self.setColumnWidth(TAG, wanted)

    def _choose(self, path: Path) -> None:
        index = self.tags.index_of(self.tags.tree.at(path))
        if index.isValid():
            flags = QItemSelectionModel.SelectionFlag
            self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def _remember_open(self) -> None:
        """What a person has opened; what a search opens is not remembered."""
        if self.tags.found is None:
            tree = self.tags.tree
            self._open = {
                tree.path(node) for node in tree.children if node >= 0 and self.isExpanded(self.tags.index_of(node))
            }
