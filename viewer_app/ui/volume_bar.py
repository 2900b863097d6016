"""How volumes are painted: size and range of the brush, clean-up, and what is under way; shown with their tools."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from viewer_app.measure.present import THIN_SPACE
from viewer_app.progress import Step
from viewer_app.session.workspace import Workspace
from viewer_app.ui.tools.brush import LARGEST_MM, SMALLEST_MM, Brush, Limit
from viewer_app.ui.views.manner import Manner
from viewer_app.ui.volumes import Volumes
from viewer_app.ui.widgets.plain import tool_tip

_LIMITS = {True: tuple(Limit), False: (Limit.AROUND, Limit.TYPED)}
"""What there is to choose from: for the brush, and for a seed, which never grows through all values."""

_HOW_TO_PAINT = "Right button or Alt erases; Ctrl+wheel sizes."
_HOW_TO_GROW = "Click inside the finding."
_FAR = 1e6
_ON_IT = ("volume_largest", "volume_no_small", "volume_fill", "volume_fill_slices")
_CONTOURS = ("volume_contours", "volume_between_contours", "ellipsoid", "volume_update", "volumes_side_by_side")


class VolumeBar(QFrame):
    """Shows and sets a `Brush`; its owner places it where it takes no room from the images, so that these stay."""

    def __init__(self, workspace: Workspace, manner: Manner, volumes: Volumes, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self._workspace, self._manner, self._volumes = workspace, manner, volumes
        self._brush: Brush = manner.brush
        self.diameter = _spin("Size of the brush", SMALLEST_MM, LARGEST_MM, f"{THIN_SPACE}mm")
        self.reach = _chooser("Whether the brush goes through slices", ["2D: this slice", "3D: a ball"])
        self.limit = _chooser("Which values are painted", [])
        self.tolerance = _spin("Range around the first value", 0.0, _FAR, prefix="± ")
        self.low, self.high = _spin("Lowest value", -_FAR, _FAR), _spin("Highest value", -_FAR, _FAR)
        self.told = QLabel()
        self.told.setProperty("role", "secondary")
        self.told.setWordWrap(True)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.new = QPushButton("New volume")
        self.clean = QPushButton("Clean up")
        self.clean.setMenu(_menu(self, actions))
        self.cancel = QPushButton("Cancel")
        self._step: Step | None = None
        self._arrange()
        self._connect()
        self._show()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        for widget in (self.diameter, self.reach, self.limit, self.tolerance):
            column.addWidget(widget)
        column.addLayout(_row(self.low, self.high))
        column.addWidget(self.told)
        column.addWidget(self.cancel)
        column.addLayout(_row(self.new, self.clean))

    def _connect(self) -> None:
        changes: tuple[tuple[QDoubleSpinBox, str], ...] = (
            (self.diameter, "diameter_mm"),
            (self.tolerance, "tolerance"),
            (self.low, "low"),
            (self.high, "high"),
        )
        for spin, name in changes:
            spin.valueChanged.connect(self._setter(name))
        self.reach.activated.connect(lambda place: self._set(in_3d=place == 1))
        self.limit.activated.connect(lambda place: self._set(limit=_LIMITS[self._brush.paints][place]))
        self.new.clicked.connect(self._volumes.begin_new)
        self.cancel.clicked.connect(self._volumes.cancel)
        self._brush.changed.connect(self._show)
        self._workspace.study_changed.connect(self._show)
        self._manner.selected_changed.connect(lambda uid: self._show())
        self._volumes.stepped.connect(self._show_step)

    def _setter(self, name: str) -> Callable[[float], None]:
        return lambda value: self._set(**{name: value})

    def _set(self, **changes: object) -> None:
        self._brush.set(replace(self._brush.painting, **changes))  # type: ignore[arg-type]  # by the names of fields

    def _show_step(self, step: Step | None) -> None:
        self._step = step
        self._show()

    def _show(self) -> None:
        painting, brush = self._brush.painting, self._brush
        numbers = (self.diameter, painting.diameter_mm), (self.tolerance, painting.tolerance)
        for spin, value in (*numbers, (self.low, painting.low), (self.high, painting.high)):
            with QSignalBlocker(spin):
                spin.setValue(value)
        self.reach.setCurrentIndex(int(painting.in_3d))
        self._show_limit(painting.limit)
        typed = painting.limit is Limit.TYPED
        for widget, seen in (
            (self.diameter, brush.paints),
            (self.reach, brush.paints),
            (self.tolerance, painting.limit is Limit.AROUND or (not typed and not brush.paints)),
            (self.low, typed),
            (self.high, typed),
            (self.cancel, self._step is not None),
        ):
            widget.setVisible(seen)
        self.told.setText(self._sentence())
        self.setVisible(self._workspace.study is not None and (brush.is_held or self._step is not None))

    def _show_limit(self, limit: Limit) -> None:
        """Only what the tool in hand can do: a seed that is not told otherwise grows around its value."""
        choices = _LIMITS[self._brush.paints]
        words = [each.value for each in choices]
        if [self.limit.itemText(place) for place in range(self.limit.count())] != words:
            self.limit.clear()
            self.limit.addItems(words)
        self.limit.setCurrentIndex(choices.index(limit if limit in choices else Limit.AROUND))

    def _sentence(self) -> str:
        if self._step is not None:
            far = f" {self._step.done} of {self._step.total} slices" if self._step.total > 1 else ""
            return f"{self._step.text}{far} …"
        opened = self._workspace.study
        found = opened.measurements.get(self._manner.current) if opened is not None else None
        if found is None or found.measurement.region is None:
            goal = "Begins a new volume."
        else:
            goal = f"Adds to {found.measurement.label or 'the selected volume'}."
        return f"{goal} {_HOW_TO_PAINT if self._brush.paints else _HOW_TO_GROW}"


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget, 1)
    return row


def _spin(name: str, low: float, high: float, suffix: str = "", prefix: str = "") -> QDoubleSpinBox:
    made = QDoubleSpinBox()
    made.setRange(low, high)
    made.setDecimals(1)
    made.setSuffix(suffix)
    made.setPrefix(prefix)
    made.setKeyboardTracking(False)
    made.setAccessibleName(name)
    made.setToolTip(tool_tip(name))
    return made


def _chooser(name: str, choices: list[str]) -> QComboBox:
    made = QComboBox()
    made.addItems(choices)
    made.setAccessibleName(name)
    made.setToolTip(tool_tip(name))
    return made


def _menu(parent: QWidget, actions: Mapping[str, QAction]) -> QMenu:
    menu = QMenu(parent)
    menu.addActions([actions[name] for name in _ON_IT])
    menu.addSeparator()
    menu.addActions([actions[name] for name in _CONTOURS])
    return menu
