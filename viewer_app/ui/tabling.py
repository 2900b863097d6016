"""Joins the table of measurements with the images: one selection, ways there and back."""

from __future__ import annotations

from PySide6.QtCore import QObject

from viewer_app.ui.commands import Commands
from viewer_app.ui.panels.measurement_panel import MeasurementPanel
from viewer_app.ui.sides import Sides
from viewer_app.ui.views.viewports import Viewports


class Tabling(QObject):
    """Owned by the window."""

    def __init__(
        self, panel: MeasurementPanel, viewports: Viewports, commands: Commands, sides: Sides, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._panel = panel
        self._viewports = viewports
        self._sides = sides
        table = panel.table
        table.picked.connect(commands.going.go_to)
        table.chosen.connect(self._choose)
        table.left.connect(self._leave)
        table.wide_wanted.connect(sides.toggle_wide)
        commands.table_wanted.connect(self.show)
        commands.wide_table_wanted.connect(sides.toggle_wide)

    def show(self) -> None:
        """Give the table the keyboard, wherever it is."""
        self._sides.show_measurements()
        self._panel.show_table()
        self._panel.table.take_focus()

    def _choose(self, uids: list[str]) -> None:
        self._viewports.manner.select_many(uids)

    def _leave(self) -> None:
        self._viewports.active.setFocus()
