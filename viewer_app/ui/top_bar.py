"""Top: who is open, one row of tools, undo and the rest at the right."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolBar, QToolButton, QVBoxLayout, QWidget

from viewer_app.imaging.headers import Patient, StudyInfo
from viewer_app.measure.kinds import DRAWN
from viewer_app.ui import style
from viewer_app.ui.actions import ACTIONS, TOOLS, VOLUME_TOOLS
from viewer_app.ui.kind_row import KindRow
from viewer_app.ui.link_button import LinkButton
from viewer_app.ui.views.corner_text import date_text, patient_line, person_name
from viewer_app.ui.widgets import ElidedLabel
from viewer_app.ui.widgets.plain import tool_tip

_ICON_PX = 20
_IDENTITY_PX = (120, 350)
_FIRST_TOOLS = 4
# Measuring tools are folded before who is open gets less than this.
_READABLE_PX = 150
_IDENTITY_MARGIN_PX = 8
_OPEN = ("open_folder", "open_file", "open_server")
_ARRANGE = ("layout", "mpr", "cine")
_RIGHT = ("undo", "redo", "report")


class TopBar(QToolBar):
    """The tool row. It shows actions; what they do is the table's matter."""

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget) -> None:
        super().__init__("Tools", parent)
        self.setObjectName("tools")
        self.setMovable(False)
        self.setIconSize(QSize(_ICON_PX, _ICON_PX))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._name, self._details = ElidedLabel("title"), ElidedLabel("secondary")
        self._actions = actions
        self.menus: dict[str, QMenu] = {}
        self._dress()
        self._holder = self._identity()
        self.addWidget(self._holder)
        self._row(_OPEN)
        self.addSeparator()
        measuring = (*DRAWN, *(spec.name for spec in VOLUME_TOOLS))
        self._row(tuple(spec.name for spec in TOOLS if spec.name not in measuring))
        self.addSeparator()
        self.kinds = KindRow([actions[name] for name in measuring], _ICON_PX)
        self.addWidget(self.kinds)
        self.addSeparator()
        self._row(_ARRANGE)
        self.link = LinkButton(actions, _ICON_PX)
        self.addWidget(self.link)
        self.addWidget(_spring())
        self._row(_RIGHT)
        self.addSeparator()
        self.addWidget(self._menu_button())
        self._tools = QActionGroup(self)
        for spec in TOOLS:
            self._tools.addAction(actions[spec.name])

    def show_identity(self, patient: Patient | None, info: StudyInfo | None, modalities: str, *, hidden: bool) -> None:
        """Who and what is open."""
        if patient is None or info is None:
            self._name.set_full_text("Caliper")
            self._details.set_full_text("Nothing is open")
        elif hidden:
            self._name.set_full_text("Patient hidden")
            self._details.set_full_text(f"{modalities} {date_text(info.date)}")
        else:
            self._name.set_full_text(person_name(patient.name) or "No patient name")
            study = f"{modalities} {date_text(info.date)}".strip()
            self._details.set_full_text(" · ".join(part for part in (patient_line(patient), study) if part))
        self._fit_identity()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow window shortens who is open and folds measuring tools into a menu; it keeps every other button."""
        super().resizeEvent(event)
        self._fit_identity()

    def _fit_identity(self) -> None:
        least, most = _IDENTITY_PX
        wish = max(label.sizeHint().width() for label in (self._name, self._details)) + 2 * _IDENTITY_MARGIN_PX
        others = self._needed() - self._holder.width() - self.kinds.width()
        # Who it is comes before the last of the tools, which are in their menu as well.
        free = self.width() - others
        self.kinds.fit(max(free - min(wish, most), min(free - _READABLE_PX, self.kinds.width_of(_FIRST_TOOLS))))
        room = self.width() - others - self.kinds.width()
        self._holder.setFixedWidth(max(min(wish, most, room), least))

    def _needed(self) -> int:
        layout = self.layout()
        if layout is not None:
            layout.invalidate()
        return self.sizeHint().width()

    def _identity(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(_IDENTITY_MARGIN_PX, 0, _IDENTITY_MARGIN_PX, 0)
        column.setSpacing(1)
        column.addWidget(self._name)
        column.addWidget(self._details)
        holder.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        return holder

    def _dress(self) -> None:
        palette = style.current_palette()
        for spec in ACTIONS:
            action = self._actions[spec.name]
            if spec.icon:
                action.setIcon(style.icon(spec.icon, palette, size=_ICON_PX))
            key = action.shortcut().toString()
            action.setToolTip(tool_tip(f"{spec.title} ({key})" if key else spec.title))

    def _row(self, names: tuple[str, ...]) -> None:
        for name in names:
            self.addAction(self._actions[name])

    def _menu_button(self) -> QToolButton:
        button = QToolButton()
        button.setIcon(style.icon("settings", style.current_palette(), size=_ICON_PX))
        button.setToolTip("All commands")
        button.setAccessibleName("All commands")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        groups = dict.fromkeys(spec.group for spec in ACTIONS)
        for group in groups:
            inner = self.menus[group] = menu.addMenu(group)
            inner.addActions([self._actions[spec.name] for spec in ACTIONS if spec.group == group])
        button.setMenu(menu)
        return button


def _spring() -> QWidget:
    spring = QWidget()
    spring.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    return spring
