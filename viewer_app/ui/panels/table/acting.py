"""What is done to the selected measurements: naming and deleting, each one step of the history; copying; menus."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from viewer_app.session import edits
from viewer_app.session.label_sets import LabelSets
from viewer_app.session.workspace import Workspace
from viewer_app.ui.clipboard import copy_table
from viewer_app.ui.panels.label_dialog import LabelDialog
from viewer_app.ui.panels.table.columns import BY_KEY
from viewer_app.ui.panels.table.copying import as_html, as_text
from viewer_app.ui.panels.table.finding import add_columns, add_groupings, add_orders
from viewer_app.ui.panels.table.model import MeasurementModel
from viewer_app.ui.panels.table.view import MeasurementView


class Acting(QObject):
    """Belongs to a view; `wide_wanted` asks for more room, or less, `columns_changed` for it to be remembered."""

    wide_wanted = Signal()
    columns_changed = Signal()

    def __init__(
        self, workspace: Workspace, model: MeasurementModel, view: MeasurementView, labels: LabelSets, window: QWidget
    ) -> None:
        super().__init__(view)
        self._workspace = workspace
        self._model = model
        self._view = view
        self._labels = labels
        self._window = window
        model.renamed.connect(self.name)
        view.customContextMenuRequested.connect(self._show_menu)
        view.header().customContextMenuRequested.connect(self._show_columns)

    def name(self, uid: str, label: str) -> None:
        """Give a measurement a label, and all that are selected with it the same."""
        study, chosen = self._workspace.study, self._own
        if study is None:
            return
        if uid in chosen and len(chosen) > 1:
            edits.relabel(study, chosen, label)
        else:
            study.measuring.rename(uid, label)

    def name_chosen(self, label: str) -> None:
        """Give all that are selected a label."""
        if self._workspace.study is not None and self._own:
            edits.relabel(self._workspace.study, self._own, label)

    def delete(self) -> None:
        """Delete what is selected, as one step; what is of a prior stays."""
        if self._workspace.study is not None and self._own:
            edits.remove_many(self._workspace.study, self._own)

    def delete_all(self) -> None:
        """Delete all measurements of the study, whatever is found or selected, as one step; no prior's."""
        study = self._workspace.study
        if study is not None and study.measurements.records:
            edits.remove_all(study)
            self._workspace.noticed.emit("All measurements are deleted; Ctrl+Z brings them back.")

    def copy(self) -> None:
        """Copy what is selected, else all that is shown, as a table; with the columns of the wide table."""
        rows = self._view.chosen_rows or self._model.rows
        keys = [*self._view.shown_keys]
        if any(row.prior for row in rows) and "study" not in keys:
            keys.append("study")
        columns = [BY_KEY[key] for key in keys]
        copy_table(as_text(rows, columns), as_html(rows, columns))

    def edit_labels(self) -> None:
        """Let the user change the label sets."""
        dialog = LabelDialog(self._labels, self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def table_menu(self) -> QMenu:
        """What holds for the whole table."""
        menu = QMenu(self._window)
        menu.aboutToHide.connect(menu.deleteLater)
        add_groupings(menu, self._model)
        add_orders(menu, self._model)
        add_columns(menu.addMenu("Columns of the wide table"), self._view, self.columns_changed.emit)
        menu.addSeparator()
        _add(menu, "Narrow table" if self._view.is_wide else "Wide table", self.wide_wanted.emit)
        _add(menu, "Copy as table", self.copy)
        _add(menu, "Label sets …", self.edit_labels)
        menu.addSeparator()
        study = self._workspace.study
        delete = _add(menu, "Delete all measurements", self.delete_all)
        delete.setEnabled(study is not None and bool(study.measurements.records))
        return menu

    def row_menu(self) -> QMenu:
        """What can be done to the selected rows."""
        menu = QMenu(self._window)
        menu.aboutToHide.connect(menu.deleteLater)
        rows, own = self._view.chosen_rows, self._own
        go = _add(menu, "Go to it", lambda: self._view.picked.emit(rows[0].uid), "Return")
        go.setEnabled(len(rows) == 1)
        name = _add(menu, "Name …", lambda: self._view.rename(own[-1]), "F2")
        name.setEnabled(bool(own))
        self._add_labels(menu).setEnabled(bool(own))
        _add(menu, "Copy as table", self.copy, QKeySequence.StandardKey.Copy)
        menu.addSeparator()
        delete = _add(menu, "Delete" if len(own) < 2 else f"Delete {len(own)}", self.delete, "Del")
        delete.setEnabled(bool(own))
        return menu

    @property
    def _own(self) -> list[str]:
        return [row.uid for row in self._view.chosen_rows if not row.prior]

    def _add_labels(self, menu: QMenu) -> QMenu:
        inner = menu.addMenu("Label")
        for found in self._labels.sets:
            of_set = inner.addMenu(found.title)
            for label in found.labels:
                _add(of_set, label, partial(self.name_chosen, label))
        inner.addSeparator()
        _add(inner, "No label", lambda: self.name_chosen(""))
        _add(inner, "Label sets …", self.edit_labels)
        return inner

    def _show_menu(self, at: QPoint) -> None:
        index = self._view.indexAt(at)
        menu = self.row_menu() if index.isValid() and self._view.chosen_rows else self.table_menu()
        menu.popup(self._view.viewport().mapToGlobal(at))

    def _show_columns(self, at: QPoint) -> None:
        menu = QMenu(self._window)
        menu.aboutToHide.connect(menu.deleteLater)
        add_columns(menu, self._view, self.columns_changed.emit)
        menu.popup(self._view.header().mapToGlobal(at))


def _add(
    menu: QMenu, title: str, call: Callable[[], object], key: str | QKeySequence.StandardKey | None = None
) -> QAction:
    action = menu.addAction(title.replace("&", "&&"))
    action.triggered.connect(lambda _=False: call())
    if key is not None:
        action.setShortcut(QKeySequence(key))
    return action
