"""What the menu of a right click on a mark offers, and the question to which slices copies go."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QColor, QIcon, QPixmap
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QMenu, QSpinBox, QVBoxLayout, QWidget

from viewer_app.measure.coloring import COLORS
from viewer_app.measure.kinds import is_by_voxels
from viewer_app.ui.marking import Marking, Stretch
from viewer_app.ui.volumes import CLEANINGS

_SWATCH = QSize(14, 14)
_FIRST, _COPIES, _LAST = (
    ("rename",),
    ("duplicate_next", "duplicate_previous", "propagate"),
    ("label_back", "jump_to_mark", "delete"),
)


def fill_mark_menu(menu: QMenu, actions: Mapping[str, QAction], marking: Marking) -> None:
    """Put in what can be done with the selected marks."""
    menu.addActions([actions[name] for name in _FIRST])
    menu.addMenu(_color_menu(menu, marking))
    menu.addSeparator()
    if any(map(is_by_voxels, marking.marks)):
        menu.addActions([actions[name] for name in _of_volume(marking)])
    else:
        copy = menu.addAction(f"Copy marks\t{actions['copy_view'].shortcut().toString()}")
        copy.triggered.connect(marking.copy)
        menu.addActions([actions[name] for name in _COPIES])
    menu.addSeparator()
    menu.addActions([actions[name] for name in _LAST])
    for number in _other_ends(marking):
        end = menu.addAction(f"Jump to end {number + 1}")
        end.triggered.connect(lambda _=False, number=number: marking.jump(number))
    actions["label_back"].setEnabled(any(mark.label_offset is not None for mark in marking.marks))
    actions["propagate"].setEnabled(marking.stretch is not None)


def _other_ends(marking: Marking) -> range:
    marks = marking.marks
    return range(1, len(marks[-1].figures) if marks and not is_by_voxels(marks[-1]) else 0)


def _of_volume(marking: Marking) -> tuple[str, ...]:
    """What can be done with the current volume: clean up what was painted, update what was made of marks."""
    current = marking.marks[-1]
    own = tuple(CLEANINGS) if current.region is not None else ("volume_update",) if current.made_of else ()
    return *own, "volumes_side_by_side"


def _color_menu(menu: QMenu, marking: Marking) -> QMenu:
    """The colours of marks; that of all selected ones is checked."""
    colors = QMenu("Colour", menu)
    checked = QActionGroup(colors)
    own = {mark.color for mark in marking.marks}
    for name, color in (("As the others", ""), *COLORS.items()):
        action = colors.addAction(_swatch(color), name) if color else colors.addAction(name)
        action.setCheckable(True)
        checked.addAction(action)
        action.setChecked(own == {color})
        action.triggered.connect(lambda _=False, color=color: marking.restyle(color))
    return colors


def _swatch(color: str) -> QIcon:
    picture = QPixmap(_SWATCH)
    picture.fill(QColor(color))
    return QIcon(picture)


class PropagateDialog(QDialog):
    """Asks for the first and the last image, by number; `wanted` is called with both."""

    def __init__(self, stretch: Stretch, wanted: Callable[[int, int], object], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Copy over slices")
        self.first, self.last = _number(stretch, stretch.own), _number(stretch, stretch.images)
        form = QFormLayout()
        form.addRow("From image", self.first)
        form.addRow("To image", self.last)
        told = QLabel(
            f"The mark lies on image {stretch.own} of {stretch.images}. Copies keep its place in the patient."
        )
        told.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Ok).setText("Copy")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.accepted.connect(lambda: wanted(self.first.value(), self.last.value()))
        column = QVBoxLayout(self)
        column.addWidget(told)
        column.addLayout(form)
        column.addWidget(buttons)


def _number(stretch: Stretch, value: int) -> QSpinBox:
    field = QSpinBox()
    field.setRange(1, stretch.images)
    field.setValue(value)
    return field
